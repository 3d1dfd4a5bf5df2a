// Still pictures in memory, through FFmpeg. A C ABI: status codes, no exception crosses it, texts are per thread.
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SS_MEDIA_API __attribute__((visibility("default")))

/// Status of every call below.
enum ss_media_status {
    SS_MEDIA_OK = 0,
    SS_MEDIA_BAD_ARGUMENT = 1,
    SS_MEDIA_UNKNOWN_FORMAT = 2,   // the first bytes belong to no picture format we read
    SS_MEDIA_TOO_LARGE = 3,        // the header claims more pixels than the caller allows
    SS_MEDIA_CORRUPT = 4,          // truncated, or the decoder refused it
    SS_MEDIA_UNSUPPORTED = 5,      // a known format, but this build or this variant cannot be read
    SS_MEDIA_BUFFER_TOO_SMALL = 6, // the size needed was written to the result
    SS_MEDIA_OUT_OF_MEMORY = 7,
    SS_MEDIA_INTERNAL = 8,
    SS_MEDIA_NO_STREAM = 9,        // a readable file without sound, or without pictures
    SS_MEDIA_UNREADABLE = 10,      // the system refused to open, read or write the file
};

/// What the first bytes say the file is.
enum ss_media_format {
    SS_MEDIA_PNG = 1, SS_MEDIA_JPEG = 2, SS_MEDIA_WEBP = 3, SS_MEDIA_GIF = 4,
    SS_MEDIA_BMP = 5, SS_MEDIA_TIFF = 6, SS_MEDIA_SVG = 7,
};

/// What the caller wants and allows.
typedef struct ss_media_image_request {
    int64_t max_pixels;   // refuse pictures whose header claims more; at least 1
    int32_t want_alpha;   // 1: RGBA. 0: RGB, composited on background
    int32_t background;   // 0xRRGGBB
    int32_t fit_within;   // 0: as stored. Else shrink (never enlarge) to this longest side; RGB only
    int32_t svg_side;     // longest side a drawing without pixels is rendered at, when fit_within is 0
} ss_media_image_request;

/// What a picture is, and what decoding it with the same request writes.
typedef struct ss_media_image_info {
    int32_t width, height;              // as written: upright (EXIF), shrunk
    int32_t channels;                   // as written: 3 or 4
    int32_t stored_width, stored_height;
    int32_t format;                     // ss_media_format
} ss_media_image_info;

/// Reads the header only; allocates nothing. Enforces max_pixels.
SS_MEDIA_API int32_t ss_media_probe_image(const uint8_t* bytes, int64_t length,
    const ss_media_image_request* request, ss_media_image_info* info);

/// Decodes into out, interleaved (height, width, channels), 8 bits a channel, rows without padding.
SS_MEDIA_API int32_t ss_media_decode_image(const uint8_t* bytes, int64_t length,
    const ss_media_image_request* request, uint8_t* out, int64_t capacity, ss_media_image_info* info);

/// Decodes a picture of one channel without losing bits, (height, width), values as stored (0..255 or 0..65535). PNG and TIFF;
/// everything else, and colour, is refused. Of the request only max_pixels counts.
SS_MEDIA_API int32_t ss_media_decode_depth(const uint8_t* bytes, int64_t length,
    const ss_media_image_request* request, uint16_t* out, int64_t capacity, ss_media_image_info* info);

/// Encodes (height, width, channels) memory as PNG. channels: 1 grey, 3 RGB, 4 RGBA; 2: grey of 16 bits, in this machine's order.
/// level: 0 (fast) .. 9 (small).
SS_MEDIA_API int32_t ss_media_encode_png(const uint8_t* pixels, int32_t width, int32_t height, int32_t channels,
    int32_t level, uint8_t* out, int64_t capacity, int64_t* written);

/// Why the last call on this thread failed; "" after a success. Valid until the next call on this thread.
SS_MEDIA_API const char* ss_media_last_error(void);

#ifdef __cplusplus
}
#endif
