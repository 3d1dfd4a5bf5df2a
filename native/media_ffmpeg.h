// FFmpeg's objects with an owner each.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include <memory>
#include <new>

namespace selfsame::media {

struct FreeContext { void operator()(AVCodecContext* c) const { avcodec_free_context(&c); } };
struct FreeFrame { void operator()(AVFrame* f) const { av_frame_free(&f); } };
struct FreePacket { void operator()(AVPacket* p) const { av_packet_free(&p); } };
struct FreeInput { void operator()(AVFormatContext* f) const { avformat_close_input(&f); } };
struct FreeOutput { void operator()(AVFormatContext* f) const { avformat_free_context(f); } };
struct FreeIo { void operator()(AVIOContext* io) const { av_freep(&io->buffer); avio_context_free(&io); } };

using Context = std::unique_ptr<AVCodecContext, FreeContext>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;
using InputFormat = std::unique_ptr<AVFormatContext, FreeInput>;
using OutputFormat = std::unique_ptr<AVFormatContext, FreeOutput>;
using Io = std::unique_ptr<AVIOContext, FreeIo>;

template <class Owner, class T> Owner owned(T* raw) {
    if (!raw)
        throw std::bad_alloc();
    return Owner(raw);
}

inline Frame new_frame() { return owned<Frame>(av_frame_alloc()); }
inline Packet new_packet() { return owned<Packet>(av_packet_alloc()); }

} // namespace selfsame::media
