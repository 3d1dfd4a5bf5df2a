#include "media_headers.h"
#include "media_errors.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace selfsame::media {

namespace {

struct Bytes {
    const uint8_t* data;
    int64_t length;
    bool big = true;

    const uint8_t* at(int64_t offset, int64_t count) const {
        if (offset < 0 || count < 0 || offset > length - count)
            refuse(SS_MEDIA_CORRUPT, "the file ends after %lld bytes, inside its header", static_cast<long long>(length));
        return data + offset;
    }
    uint32_t u8(int64_t o) const { return *at(o, 1); }
    uint32_t u16(int64_t o) const {
        auto p = at(o, 2);
        return big ? p[0] << 8 | p[1] : p[1] << 8 | p[0];
    }
    uint32_t u32(int64_t o) const {
        return big ? u16(o) << 16 | u16(o + 2) : u16(o + 2) << 16 | u16(o);
    }
    uint32_t u24_little(int64_t o) const {
        auto p = at(o, 3);
        return p[0] | p[1] << 8 | p[2] << 16;
    }
    bool is(int64_t o, std::string_view text) const {
        auto n = static_cast<int64_t>(text.size());
        return o >= 0 && o <= length - n && std::memcmp(data + o, text.data(), text.size()) == 0;
    }
};

Header png(const Bytes& b) {
    if (!b.is(12, "IHDR"))
        refuse(SS_MEDIA_CORRUPT, "PNG without an IHDR chunk at its start");
    return {SS_MEDIA_PNG, b.u32(16), b.u32(20)};
}

// The first image file directory of a TIFF (also the shape of EXIF): calls back with tag and value.
template <class Visit> void tiff_tags(Bytes b, Visit visit) {
    b.big = b.u8(0) == 'M';
    int64_t directory = b.u32(4);
    auto entries = static_cast<int64_t>(b.u16(directory));
    for (int64_t i = 0; i < entries; i++) {
        auto entry = directory + 2 + 12 * i;
        visit(b.u16(entry), b.u16(entry + 2) == 3 ? b.u16(entry + 8) : b.u32(entry + 8));
    }
}

int exif_orientation(const Bytes& exif) {
    auto orientation = 1;
    try {
        tiff_tags(exif, [&](uint32_t tag, uint32_t value) {
            if (tag == 0x0112 && value >= 1 && value <= 8)
                orientation = static_cast<int>(value);
        });
    } catch (const Refusal&) {
        // Damaged metadata does not spoil the picture.
    }
    return orientation;
}

Header jpeg(const Bytes& b) {
    Header header{SS_MEDIA_JPEG};
    int64_t o = 2;
    while (true) {
        if (b.u8(o) != 0xFF)
            refuse(SS_MEDIA_CORRUPT, "JPEG without a marker at byte %lld", static_cast<long long>(o));
        auto marker = b.u8(o + 1);
        if (marker == 0xFF) {
            o++; // padding
            continue;
        }
        if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) {
            o += 2; // markers without a body
            continue;
        }
        int64_t size = b.u16(o + 2);
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
            header.height = b.u16(o + 5);
            header.width = b.u16(o + 7);
        } else if (marker == 0xE1 && b.is(o + 4, std::string_view("Exif\0\0", 6)) && size > 16) {
            header.orientation = exif_orientation({b.at(o + 10, size - 8), size - 8});
        } else if (marker == 0xDA) {
            break;
        } else if (marker == 0xD9 || size < 2) {
            refuse(SS_MEDIA_CORRUPT, "JPEG without picture data");
        }
        o += 2 + size;
    }
    if (header.width == 0)
        refuse(SS_MEDIA_CORRUPT, "JPEG without a frame header before its data");
    // Entropy-coded bytes never contain FF D9, so a file without it stops in the middle of the picture.
    for (auto e = b.length - 2; e >= o; e--)
        if (b.data[e] == 0xFF && b.data[e + 1] == 0xD9)
            return header;
    refuse(SS_MEDIA_CORRUPT, "JPEG is truncated: no end-of-image marker in %lld bytes", static_cast<long long>(b.length));
}

Header webp(Bytes b) {
    b.big = false;
    Header header{SS_MEDIA_WEBP};
    auto bitstream = [&](int64_t o) {
        if (b.is(o, "VP8 ")) {
            header.width = b.u16(o + 14) & 0x3FFF;
            header.height = b.u16(o + 16) & 0x3FFF;
        } else if (b.is(o, "VP8L")) {
            auto bits = b.u32(o + 9);
            header.width = (bits & 0x3FFF) + 1;
            header.height = (bits >> 14 & 0x3FFF) + 1;
        } else {
            refuse(SS_MEDIA_CORRUPT, "WebP without picture data");
        }
    };
    if (!b.is(12, "VP8X")) {
        bitstream(12);
        return header;
    }
    header.width = b.u24_little(24) + 1;
    header.height = b.u24_little(27) + 1;
    if ((b.u8(20) & 0x02) == 0)
        return header;
    for (int64_t o = 30; o + 8 <= b.length; o += 8 + ((static_cast<int64_t>(b.u32(o + 4)) + 1) & ~int64_t{1})) {
        if (!b.is(o, "ANMF"))
            continue;
        header.frame_offset = o + 24;
        header.frame_length = std::min<int64_t>(b.u32(o + 4), b.length - o - 8) - 16;
        header.width = b.u24_little(o + 14) + 1;
        header.height = b.u24_little(o + 17) + 1;
        if (header.frame_length > 0)
            return header;
    }
    refuse(SS_MEDIA_CORRUPT, "animated WebP without a frame");
}

Header bmp(Bytes b) {
    b.big = false;
    if (b.u32(14) == 12)
        return {SS_MEDIA_BMP, b.u16(18), b.u16(20)};
    return {SS_MEDIA_BMP, static_cast<int32_t>(b.u32(18)), std::abs(static_cast<int64_t>(static_cast<int32_t>(b.u32(22))))};
}

Header tiff(const Bytes& b) {
    Header header{SS_MEDIA_TIFF};
    tiff_tags(b, [&](uint32_t tag, uint32_t value) {
        if (tag == 256) header.width = value;
        if (tag == 257) header.height = value;
    });
    return header;
}

// A length such as "12.5mm"; 0 when absent, relative or not a number.
double svg_number(std::string_view tag, std::string_view name, int which) {
    for (size_t at = 0; (at = tag.find(name, at)) != tag.npos; at += name.size()) {
        if (at == 0 || !std::strchr(" \t\r\n", tag[at - 1]))
            continue;
        auto open = tag.find_first_of("\"'", at + name.size());
        if (open == tag.npos || tag.find_first_not_of(" \t\r\n=", at + name.size()) != open)
            continue;
        char copy[96]{};
        auto close = tag.find(tag[open], open + 1);
        if (close == tag.npos || close - open > sizeof copy - 1)
            return 0;
        tag.copy(copy, close - open - 1, open + 1);
        auto cursor = copy;
        auto value = 0.0;
        for (auto i = 0; i <= which; i++) {
            cursor += std::strspn(cursor, " ,\t\r\n");
            value = std::strtod(cursor, &cursor);
        }
        return *cursor == '%' || !std::isfinite(value) || value <= 0 ? 0 : value;
    }
    return 0;
}

// The size of a drawing only fixes its aspect: it is rendered at the side the request asks for.
Header svg(std::string_view text) {
    auto tag = text.substr(text.find("<svg"));
    tag = tag.substr(0, tag.find('>'));
    auto width = svg_number(tag, "width", 0), height = svg_number(tag, "height", 0);
    if (width == 0 || height == 0) {
        width = svg_number(tag, "viewBox", 2);
        height = svg_number(tag, "viewBox", 3);
    }
    if (width == 0 || height == 0)
        width = height = 1;
    auto aspect = std::clamp(width / height, 1.0 / 64, 64.0);
    constexpr auto side = 65536.0; // fine enough to carry the aspect as two integers
    return {SS_MEDIA_SVG, std::llround(aspect >= 1 ? side : side * aspect), std::llround(aspect >= 1 ? side / aspect : side)};
}

} // namespace

Header read_header(const uint8_t* bytes, int64_t length) {
    Bytes b{bytes, length};
    if (length == 0)
        refuse(SS_MEDIA_CORRUPT, "the file is empty");
    Header header;
    std::string_view start(reinterpret_cast<const char*>(bytes), static_cast<size_t>(std::min<int64_t>(length, 8192)));
    if (b.is(0, "\x89PNG\r\n\x1a\n"))
        header = png(b);
    else if (b.is(0, "\xFF\xD8\xFF"))
        header = jpeg(b);
    else if (b.is(0, "RIFF") && b.is(8, "WEBP"))
        header = webp(b);
    else if (b.is(0, "GIF87a") || b.is(0, "GIF89a"))
        b.big = false, header = {SS_MEDIA_GIF, b.u16(6), b.u16(8)};
    else if (b.is(0, "BM") && length >= 26 && b.data[15] == 0)
        header = bmp(b);
    else if (b.is(0, std::string_view("II*\0", 4)) || b.is(0, std::string_view("MM\0*", 4)))
        header = tiff(b);
    else if (start.find("<svg") != start.npos && start[start.find_first_not_of("\xEF\xBB\xBF \t\r\n")] == '<')
        header = svg(start);
    else if (b.is(4, "ftyp"))
        refuse(SS_MEDIA_UNSUPPORTED, "an AVIF, HEIC or video file; convert it to PNG, JPEG or WebP");
    else
        refuse(SS_MEDIA_UNKNOWN_FORMAT, "not a picture: it begins with none of the marks of PNG, JPEG, WebP, GIF, BMP, TIFF, SVG");
    if (header.width < 1 || header.height < 1)
        refuse(SS_MEDIA_CORRUPT, "the header claims a picture of %lld x %lld pixels",
            static_cast<long long>(header.width), static_cast<long long>(header.height));
    return header;
}

} // namespace selfsame::media
