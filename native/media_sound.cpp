#include "media_sound.h"
#include "media_errors.h"

#include <algorithm>
#include <cmath>

namespace selfsame::media {
namespace {

constexpr int kMostChannels = 64;

// Codecs that build on what came before need a little of it first: MP3's bit reservoir, Opus' and AAC's overlap.
constexpr double kPreroll = 0.5;

template <class T> void widen(const AVFrame& f, int channels, bool planar, float scale, float offset, float* out) {
    for (auto c = 0; c < channels; c++) {
        auto source = reinterpret_cast<const T*>(f.extended_data[planar ? c : 0]) + (planar ? 0 : c);
        auto step = planar ? 1 : channels;
        auto target = out + static_cast<int64_t>(c) * f.nb_samples;
        for (auto i = 0; i < f.nb_samples; i++)
            target[i] = static_cast<float>(source[static_cast<int64_t>(i) * step]) * scale + offset;
    }
}

// (channels, samples), -1..1 for whole numbers.
void to_planes(const AVFrame& f, int channels, float* out) {
    auto planar = av_sample_fmt_is_planar(static_cast<AVSampleFormat>(f.format));
    switch (av_get_packed_sample_fmt(static_cast<AVSampleFormat>(f.format))) {
    case AV_SAMPLE_FMT_U8: return widen<uint8_t>(f, channels, planar, 1.f / 128, -1, out);
    case AV_SAMPLE_FMT_S16: return widen<int16_t>(f, channels, planar, 1.f / 32768, 0, out);
    case AV_SAMPLE_FMT_S32: return widen<int32_t>(f, channels, planar, 1.f / 2147483648.f, 0, out);
    case AV_SAMPLE_FMT_S64: return widen<int64_t>(f, channels, planar, 1.f / 9223372036854775808.f, 0, out);
    case AV_SAMPLE_FMT_FLT: return widen<float>(f, channels, planar, 1, 0, out);
    case AV_SAMPLE_FMT_DBL: return widen<double>(f, channels, planar, 1, 0, out);
    default: refuse(SS_MEDIA_UNSUPPORTED, "its samples are of a kind that is not read here");
    }
}

// In place: the mean of all channels as the first one.
void mix(float* planes, int channels, int64_t length) {
    auto share = 1.f / static_cast<float>(channels);
    for (int64_t i = 0; i < length; i++) {
        auto sum = planes[i];
        for (auto c = 1; c < channels; c++)
            sum += planes[c * length + i];
        planes[i] = sum * share;
    }
}

} // namespace

SoundReader::SoundReader(StreamDecoder& decoder, bool mono)
    : decoder_(decoder), channels_(decoder.decoder().ch_layout.nb_channels), rate_(decoder.decoder().sample_rate), mono_(mono) {
    if (channels_ < 1 || channels_ > kMostChannels || rate_ < 1)
        refuse(SS_MEDIA_UNSUPPORTED, "it has %d channels at %d Hz; 1 to %d channels at a positive rate are read", channels_, rate_, kMostChannels);
}

bool SoundReader::fill() {
    position_ += length_;
    length_ = taken_ = 0;
    if (!decoder_.next()) {
        check_complete();
        return false;
    }
    accept();
    return true;
}

void SoundReader::accept() {
    auto& f = decoder_.frame();
    auto at = static_cast<double>(position_) / rate_;
    if (f.sample_rate != rate_)
        refuse(SS_MEDIA_UNSUPPORTED, "its sample rate changes from %d to %d Hz after %.2f s", rate_, f.sample_rate, at);
    auto channels = f.ch_layout.nb_channels;
    if (channels < 1 || channels > kMostChannels)
        refuse(SS_MEDIA_CORRUPT, "it has %d channels after %.2f s", channels, at);
    length_ = f.nb_samples;
    frame_.resize(static_cast<size_t>(length_) * static_cast<size_t>(std::max(channels, channels_)));
    to_planes(f, channels, frame_.data());
    auto format = av_get_packed_sample_fmt(static_cast<AVSampleFormat>(f.format));
    if (format == AV_SAMPLE_FMT_FLT || format == AV_SAMPLE_FMT_DBL) {
        float sum = 0; // 0 * x is not a number where x is infinite or not one
        for (int64_t i = 0; i < length_ * channels; i++)
            sum += 0 * frame_[static_cast<size_t>(i)];
        if (sum != 0)
            refuse(SS_MEDIA_CORRUPT, "it holds values that are no finite numbers after %.2f s", at);
    }
    if (channels != channels_) {
        mix(frame_.data(), channels, length_);
        for (auto c = 1; c < channels_; c++)
            std::copy_n(frame_.begin(), length_, frame_.begin() + c * length_);
    }
    if (mono_ && channels_ > 1)
        mix(frame_.data(), channels_, length_);
}

// A file cut off in the middle says so only by what its header promised.
void SoundReader::check_complete() {
    ss_media_stream_info info;
    decoder_.describe(info);
    if (!from_begin_ || !info.exact || info.duration < 0)
        return;
    auto got = static_cast<double>(position_) / rate_;
    if (got < info.duration - std::max(0.1, 0.02 * info.duration))
        refuse(SS_MEDIA_CORRUPT, "it is truncated: its header promises %.2f s of sound, it ends after %.2f s", info.duration, got);
}

int64_t SoundReader::read(float* out, int64_t stride, int64_t capacity) {
    int64_t done = 0;
    while (done < capacity) {
        if (taken_ == length_) {
            if (!fill())
                break;
            continue;
        }
        auto count = std::min(length_ - taken_, capacity - done);
        for (auto c = 0; c < (mono_ ? 1 : channels_); c++)
            std::copy_n(frame_.data() + c * length_ + taken_, count, out + c * stride + done);
        taken_ += count;
        done += count;
    }
    return done;
}

void SoundReader::seek(double time) {
    auto target = static_cast<int64_t>(std::llround(std::max(0.0, time) * rate_));
    auto jump = static_cast<double>(target) / rate_ - kPreroll;
    position_ = length_ = taken_ = 0;
    from_begin_ = jump <= 0;
    if (!from_begin_) {
        decoder_.seek(jump);
        auto landed = decoder_.next() ? decoder_.time() : -1;
        from_begin_ = landed < 0 || std::llround(landed * rate_) > target; // the container cannot tell where it is
        if (!from_begin_) {
            position_ = std::llround(landed * rate_);
            accept();
        }
    }
    if (from_begin_)
        decoder_.rewind();
    while (position_ + length_ <= target)
        if (!fill())
            return;
    taken_ = target - position_;
}

} // namespace selfsame::media
