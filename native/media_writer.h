// Sound and moving pictures, encoded into a file or into memory. Conventions as in media.h.
#pragma once
#include "media.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ss_media_writer ss_media_writer;

typedef struct ss_media_write_request {
    const char* container;     // FFmpeg's name: ogg, mp4, gif, webp, …
    const char* codec;         // FFmpeg's name of an encoder: libvorbis, libopus, libx264, …
    int32_t kind;              // ss_media_kind
    int32_t sample_rate, channels;
    int32_t width, height;
    int32_t rate_numerator, rate_denominator; // pictures a second
    int32_t quality;           // codec's own scale (crf, quality); negative: the codec's default
    int32_t loop;              // animations: 1 plays for ever
    int64_t bit_rate;          // 0: the codec's default
} ss_media_write_request;

/// Begins a file (path, UTF-8) or memory (path null).
SS_MEDIA_API int32_t ss_media_writer_open(const char* path, const ss_media_write_request* request, ss_media_writer** writer);

/// Adds samples, channel c from samples + c * stride.
SS_MEDIA_API int32_t ss_media_write_sound(ss_media_writer* writer, const float* samples, int64_t stride, int64_t count);

/// Adds a picture, (height, width, 3).
SS_MEDIA_API int32_t ss_media_write_picture(ss_media_writer* writer, const uint8_t* pixels);

/// Ends the file. For memory, *bytes is valid until close.
SS_MEDIA_API int32_t ss_media_writer_finish(ss_media_writer* writer, const uint8_t** bytes, int64_t* length);

SS_MEDIA_API void ss_media_writer_close(ss_media_writer* writer);

#ifdef __cplusplus
}
#endif
