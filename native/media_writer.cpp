#include "media_writer.h"
#include "media_errors.h"
#include "media_ffmpeg.h"
#include "media_output.h"
#include "media_pixels.h"
#include "media_stream.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

using namespace selfsame::media;

struct ss_media_writer {
    ss_media_writer(const char* path, const ss_media_write_request& request);

    void sound(const float* samples, int64_t stride, int64_t count);
    void picture(const uint8_t* pixels);
    void finish();

    Output output;
    bool is_sound;

private:
    void open_sound(const ss_media_write_request& request, const AVCodec& codec);
    void open_pictures(const ss_media_write_request& request, const AVCodec& codec);
    void begin(const ss_media_write_request& request, const AVCodec& codec);
    void encode(AVFrame* frame);
    void send_block(int length);

    OutputFormat format_;
    Context encoder_;
    AVStream* stream_ = nullptr;
    Frame frame_ = new_frame();
    Packet packet_ = new_packet();
    std::vector<float> pending_; // (channels, capacity) of samples that make no whole block yet
    int pending_length_ = 0, block_ = 0, width_ = 0, height_ = 0;
    int64_t next_ = 0;
    bool finished_ = false;
    std::unique_ptr<SwsContext, FreeSws> colours_;
};

namespace {

[[noreturn]] void refuse_encoded(const char* what, int code) {
    if (code == AVERROR(ENOMEM))
        throw std::bad_alloc();
    refuse(SS_MEDIA_UNSUPPORTED, "%s: %s", what, reason_of(code));
}

// The first format of an encoder that is one of those that are filled here.
AVSampleFormat sample_format(const AVCodec& codec) {
    for (auto wanted : {AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_S16P, AV_SAMPLE_FMT_S16})
        for (auto f = codec.sample_fmts; f && *f != AV_SAMPLE_FMT_NONE; f++)
            if (*f == wanted)
                return wanted;
    refuse(SS_MEDIA_UNSUPPORTED, "the encoder %s takes no kind of samples that is written here", codec.name);
}

// Full-colour formats first; GIF has 256 fixed colours, dithered.
AVPixelFormat pixel_format(const AVCodec& codec) {
    if (codec.id == AV_CODEC_ID_MJPEG)
        return AV_PIX_FMT_YUVJ420P; // JPEG's own range
    for (auto wanted : {AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_RGB24, AV_PIX_FMT_BGRA, AV_PIX_FMT_RGB8})
        for (auto f = codec.pix_fmts; f && *f != AV_PIX_FMT_NONE; f++)
            if (*f == wanted)
                return wanted;
    refuse(SS_MEDIA_UNSUPPORTED, "the encoder %s takes no kind of pictures that is written here", codec.name);
}

template <class T> void fill(AVFrame& f, const float* samples, int64_t stride, int length, bool planar, float scale) {
    auto channels = f.ch_layout.nb_channels;
    for (auto c = 0; c < channels; c++) {
        auto target = reinterpret_cast<T*>(f.extended_data[planar ? c : 0]) + (planar ? 0 : c);
        for (auto i = 0; i < length; i++) {
            auto v = samples[c * stride + i] * scale;
            target[static_cast<int64_t>(i) * (planar ? 1 : channels)] =
                scale == 1 ? static_cast<T>(v) : static_cast<T>(std::lrintf(std::clamp(v, -32768.f, 32767.f)));
        }
    }
}

} // namespace

ss_media_writer::ss_media_writer(const char* path, const ss_media_write_request& request)
    : output(path), is_sound(request.kind == SS_MEDIA_SOUND) {
    auto codec = avcodec_find_encoder_by_name(request.codec);
    if (!codec)
        refuse(SS_MEDIA_UNSUPPORTED, "this build of FFmpeg has no encoder %s", request.codec);
    AVFormatContext* made = nullptr;
    if (avformat_alloc_output_context2(&made, nullptr, request.container, nullptr) < 0 || !made)
        refuse(SS_MEDIA_UNSUPPORTED, "this build of FFmpeg writes no %s", request.container);
    format_.reset(made);
    format_->pb = output.io();
    format_->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT; // no version and no time of writing in the file
    stream_ = avformat_new_stream(format_.get(), nullptr);
    encoder_ = owned<Context>(avcodec_alloc_context3(codec));
    if (!stream_)
        throw std::bad_alloc();
    encoder_->thread_count = 1;
    encoder_->flags |= AV_CODEC_FLAG_BITEXACT;
    if (format_->oformat->flags & AVFMT_GLOBALHEADER)
        encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (request.bit_rate > 0)
        encoder_->bit_rate = request.bit_rate;
    if (is_sound)
        open_sound(request, *codec);
    else
        open_pictures(request, *codec);
    begin(request, *codec);
}

void ss_media_writer::open_sound(const ss_media_write_request& request, const AVCodec& codec) {
    encoder_->sample_rate = request.sample_rate;
    encoder_->sample_fmt = sample_format(codec);
    av_channel_layout_default(&encoder_->ch_layout, request.channels);
    encoder_->time_base = {1, request.sample_rate};
    if (codec.capabilities & AV_CODEC_CAP_EXPERIMENTAL)
        encoder_->strict_std_compliance = FF_COMPLIANCE_EXPERIMENTAL;
}

void ss_media_writer::open_pictures(const ss_media_write_request& request, const AVCodec& codec) {
    encoder_->pix_fmt = pixel_format(codec);
    width_ = request.width;
    height_ = request.height;
    // Halved colour needs even sides; the last column or row is shown twice then.
    auto halved = encoder_->pix_fmt == AV_PIX_FMT_YUV420P && std::strcmp(request.container, "webp") != 0;
    encoder_->width = halved ? (width_ + 1) & ~1 : width_;
    encoder_->height = halved ? (height_ + 1) & ~1 : height_;
    encoder_->time_base = {request.rate_denominator, request.rate_numerator};
    if (encoder_->pix_fmt == AV_PIX_FMT_YUV420P) { // as swscale makes them
        encoder_->colorspace = AVCOL_SPC_SMPTE170M;
        encoder_->color_range = AVCOL_RANGE_MPEG;
    }
    encoder_->framerate = {request.rate_numerator, request.rate_denominator};
    if (request.quality >= 0) {
        av_opt_set_int(encoder_->priv_data, "crf", request.quality, 0);
        av_opt_set_int(encoder_->priv_data, "quality", request.quality, 0);
    }
}

void ss_media_writer::begin(const ss_media_write_request& request, const AVCodec& codec) {
    if (auto code = avcodec_open2(encoder_.get(), &codec, nullptr); code < 0)
        refuse_encoded("the encoder cannot be opened with these settings", code);
    block_ = encoder_->frame_size > 0 ? encoder_->frame_size : 1024;
    if (is_sound)
        pending_.resize(static_cast<size_t>(block_) * static_cast<size_t>(request.channels));
    if (avcodec_parameters_from_context(stream_->codecpar, encoder_.get()) < 0)
        throw std::bad_alloc();
    stream_->time_base = encoder_->time_base;
    stream_->avg_frame_rate = encoder_->framerate;
    AVDictionary* options = nullptr;
    if (!is_sound)
        av_dict_set(&options, "loop", request.loop ? "0" : std::strcmp(request.container, "gif") == 0 ? "-1" : "1", 0);
    auto code = avformat_write_header(format_.get(), &options);
    av_dict_free(&options);
    if (code < 0)
        refuse_encoded("the header cannot be written", code);
}

void ss_media_writer::encode(AVFrame* frame) {
    auto code = avcodec_send_frame(encoder_.get(), frame);
    if (code < 0)
        refuse_encoded("encoding failed", code);
    while ((code = avcodec_receive_packet(encoder_.get(), packet_.get())) >= 0) {
        av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
        if (!is_sound && packet_->duration == 0)
            packet_->duration = av_rescale_q(1, encoder_->time_base, stream_->time_base);
        packet_->stream_index = stream_->index;
        if (code = av_interleaved_write_frame(format_.get(), packet_.get()); code < 0) {
            output.check();
            refuse_encoded("writing failed", code);
        }
    }
    if (code != AVERROR(EAGAIN) && code != AVERROR_EOF)
        refuse_encoded("encoding failed", code);
}

void ss_media_writer::send_block(int length) {
    auto& f = *frame_;
    av_frame_unref(&f);
    f.format = encoder_->sample_fmt;
    f.nb_samples = length;
    f.sample_rate = encoder_->sample_rate;
    if (av_channel_layout_copy(&f.ch_layout, &encoder_->ch_layout) < 0 || av_frame_get_buffer(&f, 0) < 0)
        throw std::bad_alloc();
    auto planar = av_sample_fmt_is_planar(encoder_->sample_fmt) != 0;
    if (av_get_packed_sample_fmt(encoder_->sample_fmt) == AV_SAMPLE_FMT_FLT)
        fill<float>(f, pending_.data(), block_, length, planar, 1);
    else
        fill<int16_t>(f, pending_.data(), block_, length, planar, 32768);
    f.pts = next_;
    next_ += length;
    encode(&f);
    pending_length_ = 0;
}

void ss_media_writer::sound(const float* samples, int64_t stride, int64_t count) {
    auto channels = encoder_->ch_layout.nb_channels;
    for (int64_t done = 0; done < count;) {
        auto part = static_cast<int>(std::min<int64_t>(block_ - pending_length_, count - done));
        for (auto c = 0; c < channels; c++)
            std::copy_n(samples + c * stride + done, part, pending_.data() + static_cast<int64_t>(c) * block_ + pending_length_);
        pending_length_ += part;
        done += part;
        if (pending_length_ == block_)
            send_block(block_);
    }
}

void ss_media_writer::picture(const uint8_t* pixels) {
    auto& f = *frame_;
    av_frame_unref(&f);
    f.format = encoder_->pix_fmt;
    f.width = encoder_->width;
    f.height = encoder_->height;
    if (av_frame_get_buffer(&f, 0) < 0)
        throw std::bad_alloc();
    // swscale reads whole vectors past the end of a row.
    auto row = (static_cast<size_t>(f.width) * 3 + 127) / 64 * 64;
    std::vector<uint8_t> padded(row * static_cast<size_t>(f.height) + 64);
    for (auto y = 0; y < f.height; y++) {
        auto target = padded.data() + static_cast<size_t>(y) * row;
        std::memcpy(target, pixels + static_cast<size_t>(std::min(y, height_ - 1)) * static_cast<size_t>(width_) * 3, static_cast<size_t>(width_) * 3);
        if (f.width > width_)
            std::memcpy(target + 3 * width_, target + 3 * (width_ - 1), 3);
    }
    colours_.reset(sws_getCachedContext(colours_.release(), f.width, f.height, AV_PIX_FMT_RGB24, f.width, f.height, encoder_->pix_fmt,
        SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP, nullptr, nullptr, nullptr));
    if (!colours_)
        throw std::bad_alloc();
    const uint8_t* planes[4] = {padded.data()};
    int strides[4] = {static_cast<int>(row)};
    if (sws_scale(colours_.get(), planes, strides, 0, f.height, f.data, f.linesize) != f.height)
        refuse(SS_MEDIA_INTERNAL, "converting the colours failed");
    f.pts = next_++;
    encode(&f);
}

void ss_media_writer::finish() {
    if (finished_)
        return;
    finished_ = true;
    if (pending_length_ > 0)
        send_block(pending_length_);
    encode(nullptr);
    auto code = av_write_trailer(format_.get());
    output.check();
    if (code < 0)
        refuse_encoded("the end cannot be written", code);
    output.close();
}

namespace {

bool valid(const ss_media_write_request& r) {
    return r.container && r.codec && (r.kind == SS_MEDIA_SOUND
        ? r.sample_rate > 0 && r.channels > 0 && r.channels <= 8
        : r.kind == SS_MEDIA_PICTURES && r.width > 0 && r.height > 0 && int64_t{r.width} * r.height < (1 << 27) && r.rate_numerator > 0 && r.rate_denominator > 0);
}

ss_media_writer& checked(ss_media_writer* writer, const void* data, bool sound) {
    if (!writer || !data || writer->is_sound != sound)
        refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a writer of that kind and data are needed");
    return *writer;
}

} // namespace

extern "C" int32_t ss_media_writer_open(const char* path, const ss_media_write_request* request, ss_media_writer** writer) {
    return guarded([&] {
        if (!writer || !request || !valid(*request))
            refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a container, a codec, and 1 to 8 channels at a positive rate, or pictures of a positive size and rate, are needed");
        *writer = nullptr;
        *writer = new ss_media_writer(path, *request);
    });
}

extern "C" int32_t ss_media_write_sound(ss_media_writer* writer, const float* samples, int64_t stride, int64_t count) {
    return guarded([&] { checked(writer, samples, true).sound(samples, stride, count); });
}

extern "C" int32_t ss_media_write_picture(ss_media_writer* writer, const uint8_t* pixels) {
    return guarded([&] { checked(writer, pixels, false).picture(pixels); });
}

extern "C" int32_t ss_media_writer_finish(ss_media_writer* writer, const uint8_t** bytes, int64_t* length) {
    return guarded([&] {
        if (!writer || !bytes || !length)
            refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a writer and memory for the result are needed");
        writer->finish();
        *bytes = writer->output.bytes();
        *length = writer->output.length();
    });
}

extern "C" void ss_media_writer_close(ss_media_writer* writer) { delete writer; }
