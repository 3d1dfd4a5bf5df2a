// Decodes and encodes still pictures straight through libavcodec. The container layer is left out: for a still
// picture its probing costs more than the decoding, and the first bytes already say which decoder is meant.

#include "media.h"
#include "media_errors.h"
#include "media_ffmpeg.h"
#include "media_headers.h"
#include "media_pixels.h"

extern "C" {
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <vector>

namespace selfsame::media {
namespace {

constexpr int kFormats = 8, kLowres = 4;

struct ThreadState {
    std::array<std::array<Context, kLowres>, kFormats> decoders;
    Frame frame{av_frame_alloc()};
    Packet packet{av_packet_alloc()};
    PixelState pixels;
    std::vector<uint8_t> upright; // full-size picture, before turning or shrinking
};

ThreadState& state() {
    thread_local ThreadState s;
    return s;
}

// A call that needs the thread's decoders.
template <class Body> int32_t guarded_state(Body body) noexcept {
    return guarded([&] {
        auto& s = state();
        if (!s.frame || !s.packet)
            throw std::bad_alloc();
        body(s);
    });
}

const char* name_of(ss_media_format format) {
    static const char* const names[kFormats] = {"?", "PNG", "JPEG", "WebP", "GIF", "BMP", "TIFF", "SVG"};
    return names[format];
}

AVCodecID codec_of(ss_media_format format) {
    static const AVCodecID ids[kFormats] = {AV_CODEC_ID_NONE, AV_CODEC_ID_PNG, AV_CODEC_ID_MJPEG, AV_CODEC_ID_WEBP,
        AV_CODEC_ID_GIF, AV_CODEC_ID_BMP, AV_CODEC_ID_TIFF, AV_CODEC_ID_SVG};
    return ids[format];
}

[[noreturn]] void refuse_decoded(ss_media_format format, int code) {
    if (code == AVERROR(ENOMEM))
        throw std::bad_alloc();
    refuse(code == AVERROR_PATCHWELCOME ? SS_MEDIA_UNSUPPORTED : SS_MEDIA_CORRUPT, "damaged %s: %s", name_of(format), reason_of(code));
}

// ---- what the caller gets for a header and a request

struct Plan {
    Header header;
    int lowres = 0;          // JPEG: decode at 1 / 2^lowres
    int decoded_width = 0, decoded_height = 0; // as the decoder gives it
    int upright_width = 0, upright_height = 0; // after orientation
    int width = 0, height = 0, channels = 3;   // as written
};

void fit(int64_t w, int64_t h, int64_t side, int& width, int& height) {
    auto longest = std::max(w, h);
    width = static_cast<int>(std::max<int64_t>(1, (w * side + longest / 2) / longest));
    height = static_cast<int>(std::max<int64_t>(1, (h * side + longest / 2) / longest));
}

Plan plan(const uint8_t* bytes, int64_t length, const ss_media_image_request* request, ss_media_image_info* info) {
    if (!bytes || length < 0 || length > INT32_MAX / 2 || !request || !info || request->max_pixels < 1 ||
        request->fit_within < 0 || request->svg_side < 0 || (request->want_alpha && request->fit_within))
        refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: the picture needs bytes (below 1 GiB), max_pixels at least 1, and no alpha when it is shrunk");
    Plan p;
    p.header = read_header(bytes, length);
    auto w = p.header.width, h = p.header.height;
    auto side = static_cast<int64_t>(request->fit_within);
    if (p.header.format == SS_MEDIA_SVG) {
        int sw, sh;
        fit(w, h, side ? side : request->svg_side ? request->svg_side : 512, sw, sh);
        w = p.header.width = sw, h = p.header.height = sh;
    }
    if (h > request->max_pixels / w || w > INT32_MAX / 8 || h > INT32_MAX / 8)
        refuse(SS_MEDIA_TOO_LARGE, "the header claims %lld x %lld pixels; at most %lld are allowed", static_cast<long long>(w),
            static_cast<long long>(h), static_cast<long long>(request->max_pixels));
    if (p.header.format == SS_MEDIA_JPEG && side)
        while (p.lowres < kLowres - 1 && std::max(w, h) >> (p.lowres + 1) >= side)
            p.lowres++;
    p.decoded_width = static_cast<int>((w + (1 << p.lowres) - 1) >> p.lowres);
    p.decoded_height = static_cast<int>((h + (1 << p.lowres) - 1) >> p.lowres);
    p.upright_width = p.header.orientation >= 5 ? p.decoded_height : p.decoded_width;
    p.upright_height = p.header.orientation >= 5 ? p.decoded_width : p.decoded_height;
    p.width = p.upright_width, p.height = p.upright_height;
    if (side && std::max(w, h) > side)
        fit(p.header.orientation >= 5 ? h : w, p.header.orientation >= 5 ? w : h, side, p.width, p.height);
    p.channels = request->want_alpha ? 4 : 3;
    *info = {p.width, p.height, p.channels, static_cast<int32_t>(w), static_cast<int32_t>(h), p.header.format};
    return p;
}

// ---- the bytes the decoder sees

uint8_t* new_packet(ThreadState& s, int64_t size) {
    av_packet_unref(s.packet.get());
    if (av_new_packet(s.packet.get(), static_cast<int>(size)) < 0)
        throw std::bad_alloc();
    s.packet->flags |= AV_PKT_FLAG_KEY; // otherwise the PNG decoder adds the picture to the one before
    return s.packet->data;
}

uint32_t big32(const uint8_t* p) { return uint32_t{p[0]} << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
void put_little32(uint8_t* p, uint32_t v) { p[0] = v, p[1] = v >> 8, p[2] = v >> 16, p[3] = v >> 24; }

// Only the chunks that make pixels: compressed text and profiles can unpack to a thousand times their size, and
// animation chunks would turn the decoder to another mode.
void png_packet(ThreadState& s, const uint8_t* bytes, int64_t length) {
    auto out = new_packet(s, length);
    std::memcpy(out, bytes, 8);
    int64_t o = 8, n = 8;
    while (o + 12 <= length) {
        int64_t size = big32(bytes + o);
        if (size > length - o - 12)
            refuse(SS_MEDIA_CORRUPT, "PNG is truncated: the %.4s chunk at byte %lld needs %lld bytes, %lld are left",
                reinterpret_cast<const char*>(bytes + o + 4), static_cast<long long>(o), static_cast<long long>(size + 12), static_cast<long long>(length - o));
        auto kind = big32(bytes + o + 4);
        if (kind == MKBETAG('I', 'H', 'D', 'R') || kind == MKBETAG('P', 'L', 'T', 'E') || kind == MKBETAG('t', 'R', 'N', 'S') ||
            kind == MKBETAG('I', 'D', 'A', 'T') || kind == MKBETAG('I', 'E', 'N', 'D')) {
            std::memcpy(out + n, bytes + o, static_cast<size_t>(size + 12));
            n += size + 12;
        }
        o += size + 12;
        if (kind == MKBETAG('I', 'E', 'N', 'D')) {
            av_shrink_packet(s.packet.get(), static_cast<int>(n));
            return;
        }
    }
    refuse(SS_MEDIA_CORRUPT, "PNG is truncated: it ends after %lld bytes without an IEND chunk", static_cast<long long>(length));
}

void fill_packet(ThreadState& s, const Header& header, const uint8_t* bytes, int64_t length) {
    if (header.format == SS_MEDIA_PNG)
        return png_packet(s, bytes, length);
    if (header.frame_length == 0) {
        std::memcpy(new_packet(s, length), bytes, static_cast<size_t>(length));
        return;
    }
    // The first frame of an animated WebP, dressed as a still one. With an ALPH chunk it needs the extended header.
    auto frame = bytes + header.frame_offset;
    auto extended = std::memcmp(frame, "ALPH", 4) == 0;
    auto head = extended ? 30 : 12;
    auto out = new_packet(s, head + header.frame_length);
    std::memset(out, 0, static_cast<size_t>(head));
    std::memcpy(out, "RIFF", 4);
    put_little32(out + 4, static_cast<uint32_t>(head - 8 + header.frame_length));
    std::memcpy(out + 8, "WEBP", 4);
    if (extended) {
        std::memcpy(out + 12, "VP8X", 4);
        put_little32(out + 16, 10);
        out[20] = 0x10; // has alpha
        put_little32(out + 24, static_cast<uint32_t>(header.width - 1));
        put_little32(out + 27, static_cast<uint32_t>(header.height - 1)); // the fourth byte is overwritten below
    }
    std::memcpy(out + head, frame, static_cast<size_t>(header.frame_length));
}

// ---- decoders

Context open_decoder(const Plan& p, int64_t max_pixels) {
    auto format = p.header.format;
    auto codec = avcodec_find_decoder(codec_of(format));
    if (!codec)
        refuse(SS_MEDIA_UNSUPPORTED, "this build of FFmpeg has no %s decoder", name_of(format));
    Context context(avcodec_alloc_context3(codec));
    if (!context)
        throw std::bad_alloc();
    context->thread_count = 1; // pictures are decoded side by side, one a thread
    context->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
    context->lowres = p.lowres;
    context->max_pixels = max_pixels;
    if (format == SS_MEDIA_SVG) {
        av_opt_set_int(context->priv_data, "width", p.decoded_width, 0);
        av_opt_set_int(context->priv_data, "height", p.decoded_height, 0);
    }
    if (auto code = avcodec_open2(context.get(), codec, nullptr); code < 0)
        refuse_decoded(format, code);
    return context;
}

void decode(ThreadState& s, const Plan& p, int64_t max_pixels) {
    auto format = p.header.format;
    auto& context = s.decoders[format][p.lowres];
    if (!context)
        context = open_decoder(p, max_pixels);
    context->max_pixels = max_pixels;
    av_frame_unref(s.frame.get());
    auto code = avcodec_send_packet(context.get(), s.packet.get());
    if (code >= 0)
        code = avcodec_receive_frame(context.get(), s.frame.get());
    if (code == AVERROR(EAGAIN)) { // a decoder that wants to see the end before it gives its only picture
        avcodec_send_packet(context.get(), nullptr);
        code = avcodec_receive_frame(context.get(), s.frame.get());
    }
    av_packet_unref(s.packet.get());
    // PNG and JPEG start afresh with every packet and are worth keeping open; after a failure nothing is.
    if (code < 0 || (format != SS_MEDIA_PNG && format != SS_MEDIA_JPEG))
        context.reset();
    if (code < 0)
        refuse_decoded(format, code == AVERROR_EOF ? AVERROR_INVALIDDATA : code);
    if (format == SS_MEDIA_SVG) { // the renderer rounds up what the plan rounds to nearest
        s.frame->width = std::min(s.frame->width, p.decoded_width);
        s.frame->height = std::min(s.frame->height, p.decoded_height);
    } else if (s.frame->width != p.decoded_width || s.frame->height != p.decoded_height)
        refuse(SS_MEDIA_CORRUPT, "the header of the %s says %d x %d pixels, its data %d x %d", name_of(format), p.decoded_width,
            p.decoded_height, s.frame->width, s.frame->height);
}

void decode_into(ThreadState& s, const Plan& p, const ss_media_image_request& request, uint8_t* out) {
    auto direct = p.header.orientation == 1 && p.width == p.decoded_width && p.height == p.decoded_height;
    auto stride = static_cast<int64_t>(p.decoded_width) * p.channels;
    if (!direct)
        s.upright.resize(static_cast<size_t>(stride * p.decoded_height));
    auto target = direct ? out : s.upright.data();
    auto background = static_cast<uint32_t>(request.background);
    auto format = p.header.format;
    if (format == SS_MEDIA_SVG && (s.frame->width != p.decoded_width || s.frame->height != p.decoded_height)) {
        // The renderer kept another aspect than the header promised: centred, the rest is background.
        fill_background(target, static_cast<int64_t>(p.decoded_width) * p.decoded_height, p.channels, background);
        target += (p.decoded_height - s.frame->height) / 2 * stride + (p.decoded_width - s.frame->width) / 2 * p.channels;
    }
    convert_frame(s.pixels, *s.frame, target, stride, p.channels, background, format == SS_MEDIA_SVG);
    if (direct)
        return;
    if (p.header.orientation != 1)
        turn_upright(s.pixels, s.upright, p.decoded_width, p.decoded_height, p.channels, p.header.orientation);
    if (p.width == p.upright_width && p.height == p.upright_height)
        std::memcpy(out, s.upright.data(), s.upright.size());
    else
        shrink(s.upright.data(), p.upright_width, p.upright_height, out, p.width, p.height);
}

// A picture of a hundred megapixels should not hold its memory for the rest of the run.
void trim(ThreadState& s) {
    constexpr size_t keep = size_t{32} << 20;
    av_frame_unref(s.frame.get());
    if (s.upright.capacity() > keep)
        std::vector<uint8_t>().swap(s.upright);
    s.pixels.trim(keep);
}

void encode_png(ThreadState& s, const uint8_t* pixels, int width, int height, int channels, int level, uint8_t* out,
    int64_t capacity, int64_t* written) {
    auto codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
    if (!codec)
        refuse(SS_MEDIA_UNSUPPORTED, "this build of FFmpeg has no PNG encoder");
    Context context(avcodec_alloc_context3(codec));
    if (!context)
        throw std::bad_alloc();
    context->width = width;
    context->height = height;
    context->pix_fmt = channels == 1 ? AV_PIX_FMT_GRAY8 : channels == 2 ? AV_PIX_FMT_GRAY16BE : channels == 3 ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_RGBA;
    context->time_base = {1, 1};
    context->thread_count = 1;
    context->compression_level = level;
    av_opt_set(context->priv_data, "pred", level > 1 ? "mixed" : "sub", 0);
    if (auto code = avcodec_open2(context.get(), codec, nullptr); code < 0)
        refuse_decoded(SS_MEDIA_PNG, code);

    auto& frame = *s.frame;
    av_frame_unref(&frame);
    frame.format = context->pix_fmt;
    frame.width = width;
    frame.height = height;
    if (av_frame_get_buffer(&frame, 0) < 0)
        throw std::bad_alloc();
    auto row = static_cast<size_t>(width) * static_cast<size_t>(channels);
    for (auto y = 0; y < height; y++) {
        auto to = frame.data[0] + static_cast<ptrdiff_t>(y) * frame.linesize[0];
        auto from = pixels + static_cast<size_t>(y) * row;
        if (channels != 2)
            std::memcpy(to, from, row);
        else
            for (size_t x = 0; x < row; x += 2) {
                uint16_t value;
                std::memcpy(&value, from + x, 2);
                to[x] = static_cast<uint8_t>(value >> 8), to[x + 1] = static_cast<uint8_t>(value);
            }
    }

    av_packet_unref(s.packet.get());
    auto code = avcodec_send_frame(context.get(), &frame);
    av_frame_unref(&frame);
    if (code >= 0)
        code = avcodec_receive_packet(context.get(), s.packet.get());
    if (code < 0)
        refuse_decoded(SS_MEDIA_PNG, code);
    *written = s.packet->size;
    if (s.packet->size <= capacity)
        std::memcpy(out, s.packet->data, static_cast<size_t>(s.packet->size));
    av_packet_unref(s.packet.get());
    if (*written > capacity)
        refuse(SS_MEDIA_BUFFER_TOO_SMALL, "the PNG has %lld bytes, the buffer %lld", static_cast<long long>(*written), static_cast<long long>(capacity));
}

} // namespace
} // namespace selfsame::media

using namespace selfsame::media;

extern "C" int32_t ss_media_probe_image(const uint8_t* bytes, int64_t length, const ss_media_image_request* request, ss_media_image_info* info) {
    return guarded([&] { plan(bytes, length, request, info); });
}

extern "C" int32_t ss_media_decode_image(const uint8_t* bytes, int64_t length, const ss_media_image_request* request,
    uint8_t* out, int64_t capacity, ss_media_image_info* info) {
    return guarded_state([&](ThreadState& s) {
        auto p = plan(bytes, length, request, info);
        auto needed = static_cast<int64_t>(p.width) * p.height * p.channels;
        if (!out || needed > capacity)
            refuse(SS_MEDIA_BUFFER_TOO_SMALL, "the picture has %lld bytes, the buffer %lld", static_cast<long long>(needed), static_cast<long long>(capacity));
        fill_packet(s, p.header, bytes, length);
        decode(s, p, request->max_pixels);
        decode_into(s, p, *request, out);
        trim(s);
    });
}

extern "C" int32_t ss_media_decode_depth(const uint8_t* bytes, int64_t length, const ss_media_image_request* request,
    uint16_t* out, int64_t capacity, ss_media_image_info* info) {
    return guarded_state([&](ThreadState& s) {
        auto p = plan(bytes, length, request, info);
        if (p.header.format != SS_MEDIA_PNG && p.header.format != SS_MEDIA_TIFF)
            refuse(SS_MEDIA_UNSUPPORTED, "a depth map is a PNG or a TIFF; this is a %s", name_of(p.header.format));
        auto needed = static_cast<int64_t>(p.decoded_width) * p.decoded_height;
        if (!out || needed > capacity)
            refuse(SS_MEDIA_BUFFER_TOO_SMALL, "the map has %lld numbers, the buffer %lld", static_cast<long long>(needed), static_cast<long long>(capacity));
        fill_packet(s, p.header, bytes, length);
        decode(s, p, request->max_pixels);
        convert_depth(*s.frame, out);
        trim(s);
    });
}

extern "C" int32_t ss_media_encode_png(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels, int32_t level,
    uint8_t* out, int64_t capacity, int64_t* written) {
    return guarded_state([&](ThreadState& s) {
        if (!pixels || !out || !written || width < 1 || height < 1 || channels < 1 || channels > 4 ||
            level < 0 || level > 9 || int64_t{width} * height > INT32_MAX / 8)
            refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a PNG is written from 1 to 4 channels, at level 0 to 9");
        encode_png(s, pixels, width, height, channels, level, out, capacity, written);
    });
}
