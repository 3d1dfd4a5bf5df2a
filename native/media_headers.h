// What a picture's first bytes say: format, size, orientation. No FFmpeg, no allocation.
#pragma once
#include "media.h"

namespace selfsame::media {

struct Header {
    ss_media_format format{};
    int64_t width = 0, height = 0; // as stored, before orientation
    int orientation = 1;           // EXIF, 1..8; 5..8 swap width and height
    int64_t frame_offset = 0;      // animated WebP: where the chunks of the first frame lie
    int64_t frame_length = 0;
};

/// Throws Refusal.
Header read_header(const uint8_t* bytes, int64_t length);

} // namespace selfsame::media
