#include "media_pixels.h"
#include "media_errors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

extern "C" {
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace selfsame::media {
namespace {

struct Rgba { uint8_t r, g, b, a; };

// round(v / 255) for v in 0..65025, without a division.
inline uint8_t over255(uint32_t v) {
    v += 128;
    return static_cast<uint8_t>((v + (v >> 8)) >> 8);
}

struct Target {
    uint8_t* out;
    int64_t stride;
    int channels;
    uint32_t red, green, blue; // background
    Region region;             // of the source
};

// load(source row, x) gives one pixel. Inlined into four loops, so that each is free of decisions.
template <bool Opaque, class Load> void write_rows(const Target& t, const uint8_t* data, int64_t stride, Load load) {
    auto left = t.region.left, right = left + t.region.width;
    for (auto y = 0; y < t.region.height; y++) {
        auto source = data + (t.region.top + y) * stride;
        auto out = t.out + y * t.stride;
        if (t.channels == 4) {
            for (auto x = left; x < right; x++, out += 4) {
                auto p = load(source, x);
                out[0] = p.r, out[1] = p.g, out[2] = p.b, out[3] = p.a;
            }
        } else if constexpr (Opaque) {
            for (auto x = left; x < right; x++, out += 3) {
                auto p = load(source, x);
                out[0] = p.r, out[1] = p.g, out[2] = p.b;
            }
        } else {
            for (auto x = left; x < right; x++, out += 3) {
                auto p = load(source, x);
                uint32_t rest = 255u - p.a;
                out[0] = over255(p.r * p.a + t.red * rest);
                out[1] = over255(p.g * p.a + t.green * rest);
                out[2] = over255(p.b * p.a + t.blue * rest);
            }
        }
    }
}

// Pixel formats that PNG, GIF and BMP come in. The high byte stands for 16 bits. False: leave it to swscale.
bool convert_plain(const AVFrame& f, const Target& t) {
    auto data = f.data[0];
    auto stride = static_cast<int64_t>(f.linesize[0]);
    switch (f.format) {
    case AV_PIX_FMT_RGB24:
        write_rows<true>(t, data, stride, [](const uint8_t* s, int x) { s += 3 * x; return Rgba{s[0], s[1], s[2], 255}; });
        return true;
    case AV_PIX_FMT_BGR24:
        write_rows<true>(t, data, stride, [](const uint8_t* s, int x) { s += 3 * x; return Rgba{s[2], s[1], s[0], 255}; });
        return true;
    case AV_PIX_FMT_GRAY8:
        write_rows<true>(t, data, stride, [](const uint8_t* s, int x) { return Rgba{s[x], s[x], s[x], 255}; });
        return true;
    case AV_PIX_FMT_GRAY16BE:
        write_rows<true>(t, data, stride, [](const uint8_t* s, int x) { auto v = s[2 * x]; return Rgba{v, v, v, 255}; });
        return true;
    case AV_PIX_FMT_RGB48BE:
        write_rows<true>(t, data, stride, [](const uint8_t* s, int x) { s += 6 * x; return Rgba{s[0], s[2], s[4], 255}; });
        return true;
    case AV_PIX_FMT_MONOBLACK:
        write_rows<true>(t, data, stride, [](const uint8_t* s, int x) {
            auto v = static_cast<uint8_t>(s[x >> 3] >> (7 - (x & 7)) & 1 ? 255 : 0);
            return Rgba{v, v, v, 255};
        });
        return true;
    case AV_PIX_FMT_RGBA:
        write_rows<false>(t, data, stride, [](const uint8_t* s, int x) { s += 4 * x; return Rgba{s[0], s[1], s[2], s[3]}; });
        return true;
    case AV_PIX_FMT_BGRA:
        write_rows<false>(t, data, stride, [](const uint8_t* s, int x) { s += 4 * x; return Rgba{s[2], s[1], s[0], s[3]}; });
        return true;
    case AV_PIX_FMT_ARGB:
        write_rows<false>(t, data, stride, [](const uint8_t* s, int x) { s += 4 * x; return Rgba{s[1], s[2], s[3], s[0]}; });
        return true;
    case AV_PIX_FMT_YA8:
        write_rows<false>(t, data, stride, [](const uint8_t* s, int x) { s += 2 * x; return Rgba{s[0], s[0], s[0], s[1]}; });
        return true;
    case AV_PIX_FMT_YA16BE:
        write_rows<false>(t, data, stride, [](const uint8_t* s, int x) { s += 4 * x; return Rgba{s[0], s[0], s[0], s[2]}; });
        return true;
    case AV_PIX_FMT_RGBA64BE:
        write_rows<false>(t, data, stride, [](const uint8_t* s, int x) { s += 8 * x; return Rgba{s[0], s[2], s[4], s[6]}; });
        return true;
    case AV_PIX_FMT_PAL8: {
        auto palette = reinterpret_cast<const uint32_t*>(f.data[1]);
        write_rows<false>(t, data, stride, [palette](const uint8_t* s, int x) {
            auto v = palette[s[x]];
            return Rgba{static_cast<uint8_t>(v >> 16), static_cast<uint8_t>(v >> 8), static_cast<uint8_t>(v), static_cast<uint8_t>(v >> 24)};
        });
        return true;
    }
    default:
        return false;
    }
}

// The renderer of drawings gives colours already multiplied by alpha.
void convert_premultiplied(const AVFrame& f, const Target& t) {
    for (auto y = 0; y < f.height; y++) {
        auto s = reinterpret_cast<const uint32_t*>(f.data[0] + static_cast<int64_t>(y) * f.linesize[0]);
        auto out = t.out + y * t.stride;
        for (auto x = 0; x < f.width; x++, out += t.channels) {
            uint32_t a = s[x] >> 24, r = s[x] >> 16 & 255, g = s[x] >> 8 & 255, b = s[x] & 255;
            if (t.channels == 4) {
                auto whole = [a](uint32_t v) { return static_cast<uint8_t>(a == 0 ? 0 : std::min(255u, (v * 255 + a / 2) / a)); };
                out[0] = whole(r), out[1] = whole(g), out[2] = whole(b), out[3] = static_cast<uint8_t>(a);
            } else {
                out[0] = static_cast<uint8_t>(std::min(255u, r + over255(t.red * (255 - a))));
                out[1] = static_cast<uint8_t>(std::min(255u, g + over255(t.green * (255 - a))));
                out[2] = static_cast<uint8_t>(std::min(255u, b + over255(t.blue * (255 - a))));
            }
        }
    }
}

// The same code for wider vectors where the processor has them; whole numbers, so the results are the same.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SS_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define SS_WIDE
#endif

// Where chroma samples lie: JPEG's between two pixels of a row, video's at the left one. Both lie between two rows.
enum class Chroma { between, left };

// One row of chroma at full width. A pixel between samples takes 3/4 of the nearer and 1/4 of the farther one, in the middle half
// of each: near holds the nearer chroma row, far the other.
SS_WIDE void widen_chroma(const uint8_t* near, const uint8_t* far, int chroma_width, int shift, int width, Chroma place, int16_t* scratch, int16_t* out) {
    for (auto x = 0; x < chroma_width; x++)
        scratch[x] = static_cast<int16_t>(3 * near[x] + far[x]); // 4 times too large
    if (shift == 0) {
        for (auto x = 0; x < width; x++)
            out[x] = static_cast<int16_t>((scratch[x] + 2) >> 2);
        return;
    }
    if (place == Chroma::left) {
        scratch[chroma_width] = scratch[chroma_width - 1];
        for (auto x = 0; x < width / 2; x++) {
            out[2 * x] = static_cast<int16_t>((scratch[x] + 2) >> 2);
            out[2 * x + 1] = static_cast<int16_t>((scratch[x] + scratch[x + 1] + 4) >> 3);
        }
        if (width & 1)
            out[width - 1] = static_cast<int16_t>((scratch[chroma_width - 1] + 2) >> 2);
        return;
    }
    out[0] = static_cast<int16_t>((scratch[0] + 2) >> 2);
    for (auto x = 1; x < chroma_width; x++) {
        out[2 * x - 1] = static_cast<int16_t>((3 * scratch[x - 1] + scratch[x] + 8) >> 4);
        out[2 * x] = static_cast<int16_t>((scratch[x - 1] + 3 * scratch[x] + 7) >> 4);
    }
    if (width == 2 * chroma_width)
        out[width - 1] = static_cast<int16_t>((scratch[chroma_width - 1] + 2) >> 2);
}

inline uint8_t clamp255(int v) { return static_cast<uint8_t>(std::min(std::max(v, 0), 255)); }

// What colours are made of, with 14 fractional bits, or 13 where a factor would not fit into 16.
struct Matrix { int bits, black; int16_t scale, vr, ug, vg, ub; };

constexpr Matrix kFull601{14, 0, 16384, 22970, -5638, -11700, 29032};
constexpr Matrix kVideo601{13, 16, 9539, 13075, -3209, -6660, 16525};
constexpr Matrix kVideo709{13, 16, 9539, 14686, -1747, -4366, 17305};

// Colours of one row, as planes: products of 16-bit numbers are what every vector unit has.
template <const Matrix& M> inline __attribute__((always_inline)) void colours_of_row(const uint8_t* __restrict luma, const int16_t* __restrict us, const int16_t* __restrict vs, int width,
    uint8_t* __restrict r, uint8_t* __restrict g, uint8_t* __restrict b) {
    constexpr auto vr = M.vr, ug = M.ug, vg = M.vg, ub = M.ub;
    for (auto x = 0; x < width; x++) {
        auto l = static_cast<int16_t>(luma[x] - M.black) * M.scale + (1 << (M.bits - 1));
        auto u = static_cast<int16_t>(us[x] - 128), v = static_cast<int16_t>(vs[x] - 128);
        r[x] = clamp255((l + v * vr) >> M.bits);
        g[x] = clamp255((l + u * ug + v * vg) >> M.bits);
        b[x] = clamp255((l + u * ub) >> M.bits);
    }
}

using RowColours = void (*)(const uint8_t*, const int16_t*, const int16_t*, int, uint8_t*, uint8_t*, uint8_t*);

#define SS_COLOURS(name, matrix) \
    SS_WIDE void name(const uint8_t* luma, const int16_t* us, const int16_t* vs, int width, uint8_t* r, uint8_t* g, uint8_t* b) { \
        colours_of_row<matrix>(luma, us, vs, width, r, g, b); \
    }
SS_COLOURS(full601, kFull601)
SS_COLOURS(video601, kVideo601)
SS_COLOURS(video709, kVideo709)
#undef SS_COLOURS

SS_WIDE void interleave(const uint8_t* __restrict r, const uint8_t* __restrict g, const uint8_t* __restrict b, int width, uint8_t* __restrict out) {
    for (auto x = 0; x < width; x++)
        out[3 * x] = r[x], out[3 * x + 1] = g[x], out[3 * x + 2] = b[x];
}

// Colours of JPEG (full range, BT.601, chroma between pixels) and of usual video (limited range, BT.601 or BT.709). swscale gives
// much the same at a fraction of the speed.
bool convert_planes(PixelState& state, const AVFrame& f, const Target& t) {
    int sx = 0, sy = 0;
    auto video = false;
    switch (f.format) {
    case AV_PIX_FMT_YUVJ420P: sx = sy = 1; break;
    case AV_PIX_FMT_YUVJ422P: sx = 1; break;
    case AV_PIX_FMT_YUVJ444P: break;
    case AV_PIX_FMT_YUV420P: sx = sy = 1; video = true; break;
    default: return false;
    }
    auto high = f.colorspace == AVCOL_SPC_BT709;
    auto usual = f.colorspace == AVCOL_SPC_UNSPECIFIED || f.colorspace == AVCOL_SPC_BT470BG || f.colorspace == AVCOL_SPC_SMPTE170M;
    if (video ? f.color_range == AVCOL_RANGE_JPEG || !(high || usual) : high || f.colorspace == AVCOL_SPC_BT2020_NCL || f.colorspace == AVCOL_SPC_SMPTE240M)
        return false;
    RowColours colours = !video ? full601 : high ? video709 : video601;
    auto place = video ? Chroma::left : Chroma::between;
    // Columns from one chroma sample before the rectangle to one behind it, so that those inside find the neighbours they have in the picture.
    auto [top, left, height, width] = t.region;
    auto chroma_height = (f.height + sy) >> sy, first_chroma = std::max(0, (left >> sx) - 1);
    auto chroma_width = std::min((f.width + sx) >> sx, ((left + width - 1) >> sx) + 2) - first_chroma;
    auto first = first_chroma << sx, count = std::min(f.width - first, chroma_width << sx), skipped = left - first;
    auto room = static_cast<size_t>(count) + 2;
    state.chroma.resize(3 * room);
    state.rows.resize(3 * room);
    auto red = state.rows.data(), green = red + count, blue = green + count;
    auto scratch = state.chroma.data(), us = scratch + room, vs = us + room;
    for (auto y = 0; y < height; y++) {
        auto near = (top + y) >> sy;
        auto far = sy == 0 ? near : std::clamp((top + y) & 1 ? near + 1 : near - 1, 0, chroma_height - 1);
        auto row = [&](int plane, int at, int from) { return f.data[plane] + static_cast<int64_t>(at) * f.linesize[plane] + from; };
        widen_chroma(row(1, near, first_chroma), row(1, far, first_chroma), chroma_width, sx, count, place, scratch, us);
        widen_chroma(row(2, near, first_chroma), row(2, far, first_chroma), chroma_width, sx, count, place, scratch, vs);
        auto out = t.out + y * t.stride;
        colours(row(0, top + y, first), us, vs, count, red, green, blue);
        if (t.channels == 3)
            interleave(red + skipped, green + skipped, blue + skipped, width, out);
        else
            write_rows<true>({out, 0, t.channels, 0, 0, 0, {0, skipped, 1, width}}, red, 0, [count = count](const uint8_t* s, int x) {
                return Rgba{s[x], s[x + count], s[x + 2 * count], 255};
            });
    }
    return true;
}

void convert_any(PixelState& state, const AVFrame& frame, const Target& t) {
    auto other_matrix = frame.colorspace == AVCOL_SPC_BT709 || frame.colorspace == AVCOL_SPC_BT2020_NCL || frame.colorspace == AVCOL_SPC_SMPTE240M;
    if (convert_plain(frame, t) || convert_planes(state, frame, t))
        return;

    auto source = static_cast<AVPixelFormat>(frame.format);
    auto description = av_pix_fmt_desc_get(source);
    auto alpha = description && (description->flags & AV_PIX_FMT_FLAG_ALPHA);
    auto target = alpha || t.channels == 4 ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24;
    auto context = sws_getCachedContext(state.colours.release(), frame.width, frame.height, source, frame.width, frame.height, target,
        SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr);
    state.colours.reset(context);
    if (!context)
        refuse(SS_MEDIA_UNSUPPORTED, "pictures stored as %s cannot be turned into RGB", description ? description->name : "an unknown pixel format");
    // Video says which colours it was made of; without a word it is BT.601 of limited range, which swscale takes it for.
    auto full = frame.color_range == AVCOL_RANGE_JPEG && description && !(description->flags & AV_PIX_FMT_FLAG_RGB);
    auto own = full || other_matrix;
    auto set_colours = [&](int space, int range) {
        sws_setColorspaceDetails(context, sws_getCoefficients(space), range, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0, 1 << 16, 1 << 16);
    };
    if (own)
        set_colours(frame.colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_DEFAULT : frame.colorspace, full);
    // swscale writes whole vectors past the end of a row, so it gets memory of its own with room for that.
    auto row = (static_cast<size_t>(frame.width) * 4 + 127) / 64 * 64;
    state.rows.resize(row * static_cast<size_t>(frame.height) + 64);
    uint8_t* planes[4] = {state.rows.data()};
    int strides[4] = {static_cast<int>(row)};
    auto done = sws_scale(context, frame.data, frame.linesize, 0, frame.height, planes, strides);
    if (own)
        set_colours(SWS_CS_DEFAULT, 0); // the context is kept for the next picture
    if (done != frame.height)
        refuse(SS_MEDIA_UNSUPPORTED, "converting %s to RGB failed", description->name);
    if (target == AV_PIX_FMT_RGB24)
        write_rows<true>(t, planes[0], strides[0], [](const uint8_t* s, int x) { s += 3 * x; return Rgba{s[0], s[1], s[2], 255}; });
    else
        write_rows<false>(t, planes[0], strides[0], [](const uint8_t* s, int x) { s += 4 * x; return Rgba{s[0], s[1], s[2], s[3]}; });
}

} // namespace

void convert_frame(PixelState& state, const AVFrame& frame, uint8_t* out, int64_t stride, int channels, uint32_t background, bool premultiplied) {
    Target t{out, stride, channels, background >> 16 & 255, background >> 8 & 255, background & 255, {0, 0, frame.height, frame.width}};
    if (premultiplied && frame.format == AV_PIX_FMT_RGB32)
        return convert_premultiplied(frame, t);
    convert_any(state, frame, t);
}

void convert_region(PixelState& state, const AVFrame& frame, const Region& region, uint8_t* out, int64_t stride) {
    convert_any(state, frame, {out, stride, 3, 0, 0, 0, region});
}

void convert_depth(const AVFrame& f, uint16_t* out) {
    auto format = static_cast<AVPixelFormat>(f.format);
    if (format != AV_PIX_FMT_GRAY8 && format != AV_PIX_FMT_GRAY16BE && format != AV_PIX_FMT_GRAY16LE)
        refuse(SS_MEDIA_UNSUPPORTED, "a depth map has one channel of 8 or 16 bits; this picture is stored as %s", av_get_pix_fmt_name(format));
    for (auto y = 0; y < f.height; y++) {
        auto s = f.data[0] + static_cast<int64_t>(y) * f.linesize[0];
        auto row = out + static_cast<int64_t>(y) * f.width;
        for (auto x = 0; x < f.width; x++)
            row[x] = static_cast<uint16_t>(format == AV_PIX_FMT_GRAY8 ? s[x] : format == AV_PIX_FMT_GRAY16BE ? s[2 * x] << 8 | s[2 * x + 1] : s[2 * x + 1] << 8 | s[2 * x]);
    }
}

void fill_background(uint8_t* out, int64_t count, int channels, uint32_t background) {
    for (int64_t i = 0; i < count; i++, out += channels) {
        out[0] = static_cast<uint8_t>(background >> 16);
        out[1] = static_cast<uint8_t>(background >> 8);
        out[2] = static_cast<uint8_t>(background);
        if (channels == 4)
            out[3] = 0;
    }
}

void turn_upright(PixelState& state, std::vector<uint8_t>& picture, int width, int height, int channels, int orientation) {
    auto swap = orientation >= 5;
    int64_t w = swap ? height : width, h = swap ? width : height;
    state.turned.resize(picture.size());
    for (int64_t y = 0; y < h; y++)
        for (int64_t x = 0; x < w; x++) {
            int64_t sx = swap ? y : x, sy = swap ? x : y;
            // 2 mirrored, 3 upside down, 4 both; 5 transposed, 6 turned right, 7 transversed, 8 turned left.
            if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) sx = width - 1 - sx;
            if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) sy = height - 1 - sy;
            std::memcpy(&state.turned[static_cast<size_t>((y * w + x) * channels)],
                &picture[static_cast<size_t>((sy * width + sx) * channels)], static_cast<size_t>(channels));
        }
    picture.swap(state.turned);
}

void shrink(const uint8_t* picture, int width, int height, uint8_t* out, int out_width, int out_height) {
    std::vector<float> row(static_cast<size_t>(out_width) * 3);
    auto sx = static_cast<float>(width) / static_cast<float>(out_width);
    auto sy = static_cast<float>(height) / static_cast<float>(out_height);
    for (auto oy = 0; oy < out_height; oy++) {
        std::fill(row.begin(), row.end(), 0.f);
        auto top = static_cast<float>(oy) * sy, bottom = std::min(top + sy, static_cast<float>(height));
        for (auto y = static_cast<int>(top); y < height && static_cast<float>(y) < bottom; y++) {
            auto line = picture + static_cast<int64_t>(y) * width * 3;
            auto wy = std::min(bottom, static_cast<float>(y + 1)) - std::max(top, static_cast<float>(y));
            for (auto ox = 0; ox < out_width; ox++) {
                auto left = static_cast<float>(ox) * sx, right = std::min(left + sx, static_cast<float>(width));
                float r = 0, g = 0, b = 0;
                for (auto x = static_cast<int>(left); x < width && static_cast<float>(x) < right; x++) {
                    auto wx = std::min(right, static_cast<float>(x + 1)) - std::max(left, static_cast<float>(x));
                    r += wx * line[3 * x], g += wx * line[3 * x + 1], b += wx * line[3 * x + 2];
                }
                row[static_cast<size_t>(3 * ox)] += wy * r;
                row[static_cast<size_t>(3 * ox + 1)] += wy * g;
                row[static_cast<size_t>(3 * ox + 2)] += wy * b;
            }
        }
        auto area = sx * sy;
        for (size_t i = 0; i < row.size(); i++)
            out[static_cast<size_t>(oy) * row.size() + i] = static_cast<uint8_t>(std::clamp(row[i] / area + 0.5f, 0.f, 255.f));
    }
}

void PixelState::trim(size_t keep) {
    if (rows.capacity() > keep)
        std::vector<uint8_t>().swap(rows);
    if (turned.capacity() > keep)
        std::vector<uint8_t>().swap(turned);
}

} // namespace selfsame::media
