// Sound and moving pictures: one stream of a file or of memory, read from front to back or from any time on.
// Conventions as in media.h. A stream belongs to one thread at a time.
#pragma once
#include "media.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ss_media_stream ss_media_stream;

enum ss_media_kind { SS_MEDIA_SOUND = 1, SS_MEDIA_PICTURES = 2 };

/// Times are in seconds from the first sample or picture.
typedef struct ss_media_stream_info {
    double duration;           // negative: the container does not say; ss_media_measure finds out
    double rate;               // samples or pictures a second; 0 for pictures without a rate
    int64_t count;             // samples (of one channel) or pictures; negative when not known
    int32_t exact;             // 2: duration and count are known; 1: the count is worked out; 0: both are guessed from the bit rate
    int32_t channels;          // sound: as stored, whether mixed or not
    int32_t width, height;     // pictures: upright
    int32_t has_other;         // pictures: the file has sound too; sound: the file has pictures too
    char codec[32], container[32];
} ss_media_stream_info;

typedef struct ss_media_open_request {
    int64_t max_pixels; // larger pictures are refused
    int32_t kind;       // ss_media_kind
    int32_t mono;       // sound: read the plain mean of the channels as one
} ss_media_open_request;

/// Opens the best stream of a kind. The first frame is decoded where its time is not known otherwise. path (UTF-8), or bytes that outlive the stream.
SS_MEDIA_API int32_t ss_media_open(const char* path, const uint8_t* bytes, int64_t length, const ss_media_open_request* request, ss_media_stream** stream);
SS_MEDIA_API void ss_media_close(ss_media_stream* stream);
SS_MEDIA_API int32_t ss_media_stream_info_of(ss_media_stream* stream, ss_media_stream_info* info);

/// Reads through the whole file without decoding, for its duration and count; then the stream stands at its begin again.
SS_MEDIA_API int32_t ss_media_measure(ss_media_stream* stream, ss_media_stream_info* info);

/// Goes to a time: the next sample read is the one at it, the next advance begins at the last key picture before it.
SS_MEDIA_API int32_t ss_media_seek(ss_media_stream* stream, double time);

/// Writes up to capacity samples of every channel, channel c to out + c * stride; *read 0 at the end.
/// Not resampled. damaged: packets skipped so far.
SS_MEDIA_API int32_t ss_media_read_sound(ss_media_stream* stream, float* out, int64_t stride, int64_t capacity, int64_t* read, int64_t* damaged);

typedef struct ss_media_picture {
    double time;
    int32_t width, height; // upright
    int64_t damaged;       // packets skipped so far
} ss_media_picture;

/// Moves to the last picture shown at or before until (the first there is when all are later).
SS_MEDIA_API int32_t ss_media_advance(ss_media_stream* stream, double until, ss_media_picture* picture);

/// A rectangle of a picture, upright.
typedef struct ss_media_region {
    int32_t top, left, height, width;
} ss_media_region;

/// The picture advance stands at, (height, width, 3): all of it, or the region given, with the same bits.
SS_MEDIA_API int32_t ss_media_pixels(ss_media_stream* stream, const ss_media_region* region, uint8_t* out, int64_t capacity);

#ifdef __cplusplus
}
#endif
