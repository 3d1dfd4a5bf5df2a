#include "media_decode.h"
#include "media_errors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace selfsame::media {
namespace {

// More than this share of damaged packets, and what is left is not worth having.
constexpr double kDamageAllowed = 0.05;

const char* noun(AVMediaType type) { return type == AVMEDIA_TYPE_AUDIO ? "sound" : "moving pictures"; }

// The picture of a record cover is a stream of its own, and none of moving pictures.
bool usable(const AVStream& stream, AVMediaType type) {
    return stream.codecpar->codec_type == type && !(stream.disposition & AV_DISPOSITION_ATTACHED_PIC);
}

// Headers of these say all there is to know of a sound; looking for more would decode its begin once more.
bool described(const AVFormatContext& format, AVMediaType type) {
    if (type != AVMEDIA_TYPE_AUDIO || format.nb_streams != 1)
        return false;
    auto known = false;
    for (auto name : {"wav", "flac", "ogg"})
        known |= std::strcmp(format.iformat->name, name) == 0;
    auto& stream = *format.streams[0];
    auto& sound = *stream.codecpar;
    return known && sound.codec_type == type && sound.sample_rate > 0 && sound.ch_layout.nb_channels > 0 && stream.duration > 0 &&
        (sound.codec_id == AV_CODEC_ID_VORBIS || sound.codec_id == AV_CODEC_ID_FLAC || sound.bit_rate > 0);
}

// Multiplied before it is divided: 4800 / 96000 is 0.05 exactly, 4800 * (1 / 96000) is not.
double seconds(int64_t ticks, AVRational base) { return static_cast<double>(ticks) * base.num / base.den; }

void copy_name(char (&out)[32], const char* name) { std::snprintf(out, sizeof out, "%s", name ? name : "?"); }

} // namespace

StreamDecoder::StreamDecoder(const char* path, const uint8_t* bytes, int64_t length, AVMediaType type, int64_t max_pixels)
    : input_(path, bytes, length), type_(type), max_pixels_(max_pixels) {
    open();
}

void StreamDecoder::open() {
    decoder_.reset();
    format_.reset();
    format_ = input_.open();
    if (auto code = described(*format_, type_) ? 0 : avformat_find_stream_info(format_.get(), nullptr); code < 0)
        refuse(SS_MEDIA_CORRUPT, "its streams cannot be read: %s", reason_of(code));
    auto found = av_find_best_stream(format_.get(), type_, -1, -1, nullptr, 0);
    if (found < 0 || !usable(*format_->streams[found], type_))
        refuse(SS_MEDIA_NO_STREAM, "the file (%s) has no %s", format_->iformat->name, noun(type_));
    stream_ = format_->streams[found];
    has_other_ = false;
    for (unsigned i = 0; i < format_->nb_streams; i++) {
        auto& other = *format_->streams[i];
        has_other_ |= usable(other, type_ == AVMEDIA_TYPE_AUDIO ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO);
        if (&other != stream_)
            other.discard = AVDISCARD_ALL;
    }

    auto& parameters = *stream_->codecpar;
    auto codec = avcodec_find_decoder(parameters.codec_id);
    if (!codec)
        refuse(SS_MEDIA_UNSUPPORTED, "this build of FFmpeg has no decoder for %s", avcodec_get_name(parameters.codec_id));
    decoder_ = owned<Context>(avcodec_alloc_context3(codec));
    if (avcodec_parameters_to_context(decoder_.get(), &parameters) < 0)
        throw std::bad_alloc();
    decoder_->pkt_timebase = stream_->time_base;
    decoder_->thread_count = 1; // files are decoded side by side, one a thread
    decoder_->max_pixels = max_pixels_;
    if (auto code = avcodec_open2(decoder_.get(), codec, nullptr); code < 0)
        refuse(SS_MEDIA_CORRUPT, "the %s decoder refused the stream: %s", codec->name, reason_of(code));

    if (std::strcmp(format_->iformat->name, "wav") == 0 && decoder_->bit_rate > 0)
        if (auto bytes = input_.promised_wav_bytes(); bytes > 0)
            promised_ = static_cast<double>(bytes) * 8 / static_cast<double>(decoder_->bit_rate);

    drained_ = has_first_ = has_packet_ = false;
    packets_ = damaged_ = 0;
    skipped_ = INT64_MIN;
    fresh_ = knows_origin();
    if (fresh_)
        return;
    decode_first();
    auto stamp = frame_->best_effort_timestamp;
    origin_ = stamp != AV_NOPTS_VALUE ? stamp : stream_->start_time != AV_NOPTS_VALUE ? stream_->start_time : 0;
    av_frame_unref(first_.get());
    av_frame_move_ref(first_.get(), frame_.get());
    has_first_ = true;
}

// The time of the first picture, where container and first packet agree on it: who seeks next need not decode that picture.
bool StreamDecoder::knows_origin() {
    if (type_ != AVMEDIA_TYPE_VIDEO || stream_->start_time == AV_NOPTS_VALUE || read() < 0)
        return false;
    has_packet_ = true;
    origin_ = stream_->start_time;
    return packet_->pts == origin_ && (packet_->flags & AV_PKT_FLAG_KEY) && !(packet_->flags & (AV_PKT_FLAG_DISCARD | AV_PKT_FLAG_CORRUPT));
}

void StreamDecoder::decode_first() {
    if (!receive())
        refuse(SS_MEDIA_CORRUPT, "the %s in it cannot be decoded: %s", noun(type_),
            damaged_ > 0 ? reason_of(AVERROR_INVALIDDATA) : "it ends before the first frame");
}

bool StreamDecoder::next() {
    av_frame_unref(frame_.get());
    if (has_first_) {
        has_first_ = false;
        av_frame_move_ref(frame_.get(), first_.get());
        return true;
    }
    if (fresh_) {
        fresh_ = false;
        decode_first();
        return true;
    }
    return receive();
}

bool StreamDecoder::receive() {
    while (true) {
        auto code = avcodec_receive_frame(decoder_.get(), frame_.get());
        if (code >= 0)
            return true;
        if (code == AVERROR(ENOMEM))
            throw std::bad_alloc();
        if (code == AVERROR_EOF || (drained_ && code == AVERROR(EAGAIN)))
            break;
        if (code != AVERROR(EAGAIN)) {
            damaged_++;
            if (drained_)
                break;
        }
        feed();
    }
    if (damaged_ > 1 && static_cast<double>(damaged_) > kDamageAllowed * static_cast<double>(packets_))
        refuse(SS_MEDIA_CORRUPT, "%lld of its %lld packets cannot be decoded: %s", static_cast<long long>(damaged_),
            static_cast<long long>(packets_), reason_of(AVERROR_INVALIDDATA));
    return false;
}

// The stream's next packet, to packet_; negative where there is none.
int StreamDecoder::read() {
    if (std::exchange(has_packet_, false))
        return 0;
    while (true) {
        av_packet_unref(packet_.get());
        auto code = av_read_frame(format_.get(), packet_.get());
        if (code == AVERROR(ENOMEM))
            throw std::bad_alloc();
        if (code != AVERROR(EAGAIN) && (code < 0 || packet_->stream_index == stream_->index))
            return code;
    }
}

// Hands the decoder one packet, or the news that there are no more.
void StreamDecoder::feed() {
    if (auto code = read(); code < 0) {
        if (code != AVERROR_EOF)
            damaged_++;
        drained_ = true;
        avcodec_send_packet(decoder_.get(), nullptr);
        return;
    }
    packets_++;
    decoder_->skip_frame = shown_before() < skipped_ ? AVDISCARD_NONREF : AVDISCARD_DEFAULT;
    auto code = avcodec_send_packet(decoder_.get(), packet_.get());
    av_packet_unref(packet_.get());
    if (code == AVERROR(ENOMEM))
        throw std::bad_alloc();
    if (code < 0)
        damaged_++;
}

// When the packet's picture is shown; where it does not say, the latest time that reordering leaves.
int64_t StreamDecoder::shown_before() const {
    auto& p = *packet_;
    return p.pts != AV_NOPTS_VALUE ? p.pts
        : p.dts != AV_NOPTS_VALUE && p.duration > 0 ? p.dts + (decoder_->has_b_frames + 1) * p.duration : INT64_MAX;
}

double StreamDecoder::time() const {
    auto stamp = frame_->best_effort_timestamp;
    return stamp == AV_NOPTS_VALUE ? -1 : std::max(0.0, seconds(stamp - origin_, stream_->time_base));
}

void StreamDecoder::seek(double time) {
    auto stamp = origin_ + static_cast<int64_t>(std::floor(time / av_q2d(stream_->time_base)));
    if (time <= 0 || av_seek_frame(format_.get(), stream_->index, stamp, AVSEEK_FLAG_BACKWARD) < 0)
        return rewind();
    avcodec_flush_buffers(decoder_.get());
    has_first_ = drained_ = has_packet_ = fresh_ = false;
}

void StreamDecoder::skip_before(double time) {
    skipped_ = time > 0 ? origin_ + static_cast<int64_t>(std::floor(time / av_q2d(stream_->time_base))) : INT64_MIN;
}

void StreamDecoder::rewind() {
    if (has_first_ || fresh_)
        return;
    open();
}

double StreamDecoder::rate() const {
    if (type_ == AVMEDIA_TYPE_AUDIO)
        return decoder_->sample_rate;
    auto guess = av_guess_frame_rate(format_.get(), stream_, nullptr);
    return guess.num > 0 && guess.den > 0 ? av_q2d(guess) : 0;
}

void StreamDecoder::describe(ss_media_stream_info& info) const {
    info = {};
    info.rate = rate();
    info.duration = promised_ > 0 ? promised_
        : stream_->duration > 0 ? seconds(stream_->duration, stream_->time_base)
        : format_->duration > 0 && format_->duration != AV_NOPTS_VALUE ? static_cast<double>(format_->duration) / AV_TIME_BASE : -1;
    auto guessed = promised_ < 0 && (info.duration < 0 || format_->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE);
    auto stored = type_ == AVMEDIA_TYPE_VIDEO && stream_->nb_frames > 0;
    info.count = stored ? stream_->nb_frames : info.duration < 0 || info.rate == 0 ? -1 : std::llround(info.duration * info.rate);
    info.exact = guessed ? 0 : type_ == AVMEDIA_TYPE_AUDIO || stored ? 2 : 1;
    info.channels = type_ == AVMEDIA_TYPE_AUDIO ? decoder_->ch_layout.nb_channels : 0;
    info.width = decoder_->width;
    info.height = decoder_->height;
    info.has_other = has_other_;
    copy_name(info.codec, avcodec_get_name(decoder_->codec_id));
    copy_name(info.container, format_->iformat->name);
}

void StreamDecoder::measure(ss_media_stream_info& info) {
    rewind();
    describe(info);
    // The packets that a first frame took are read already.
    auto taken = packets_, count = packets_;
    int64_t length = 0, end = INT64_MIN;
    while (read() >= 0) {
        count++;
        length += packet_->duration;
        if (packet_->pts != AV_NOPTS_VALUE)
            end = std::max(end, packet_->pts + packet_->duration);
    }
    if (end > origin_)
        info.duration = seconds(end - origin_, stream_->time_base);
    else if (type_ == AVMEDIA_TYPE_VIDEO)
        info.duration = info.rate > 0 ? static_cast<double>(count) / info.rate : -1;
    else if (count > taken)
        info.duration = seconds(length, stream_->time_base) * static_cast<double>(count) / static_cast<double>(count - taken);
    info.count = type_ == AVMEDIA_TYPE_VIDEO ? count : std::llround(info.duration * info.rate);
    info.exact = 2;
    open();
}

} // namespace selfsame::media
