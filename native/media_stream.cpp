// The C face of sound and moving pictures.
#include "media_stream.h"
#include "media_decode.h"
#include "media_errors.h"
#include "media_pictures.h"
#include "media_sound.h"

#include <memory>
#include <utility>

using namespace selfsame::media;

struct ss_media_stream {
    StreamDecoder decoder;
    std::unique_ptr<SoundReader> sound;
    std::unique_ptr<PictureReader> pictures;
};

namespace {

void upright(const ss_media_stream& s, ss_media_stream_info& info) {
    if (s.pictures && s.pictures->orientation() >= 5)
        std::swap(info.width, info.height);
}

ss_media_stream& checked(ss_media_stream* stream, const void* result) {
    if (!stream || !result)
        refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a stream and memory for the result are needed");
    return *stream;
}

template <class Reader> Reader& of(const std::unique_ptr<Reader>& reader) {
    if (!reader)
        refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: the stream was opened for the other kind");
    return *reader;
}

} // namespace

extern "C" int32_t ss_media_open(const char* path, const uint8_t* bytes, int64_t length, const ss_media_open_request* request, ss_media_stream** stream) {
    return guarded([&] {
        if (!stream || !request || (!path && (!bytes && length != 0)) || length < 0 || request->max_pixels < 1 ||
            (request->kind != SS_MEDIA_SOUND && request->kind != SS_MEDIA_PICTURES))
            refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a stream needs a path or bytes, a kind, and max_pixels of at least 1");
        *stream = nullptr;
        auto sound = request->kind == SS_MEDIA_SOUND;
        std::unique_ptr<ss_media_stream> opened(new ss_media_stream{
            {path, bytes, length, sound ? AVMEDIA_TYPE_AUDIO : AVMEDIA_TYPE_VIDEO, request->max_pixels}, nullptr, nullptr});
        if (sound)
            opened->sound = std::make_unique<SoundReader>(opened->decoder, request->mono != 0);
        else
            opened->pictures = std::make_unique<PictureReader>(opened->decoder, request->max_pixels);
        *stream = opened.release();
    });
}

extern "C" void ss_media_close(ss_media_stream* stream) { delete stream; }

extern "C" int32_t ss_media_stream_info_of(ss_media_stream* stream, ss_media_stream_info* info) {
    return guarded([&] {
        auto& s = checked(stream, info);
        s.decoder.describe(*info);
        upright(s, *info);
    });
}

extern "C" int32_t ss_media_measure(ss_media_stream* stream, ss_media_stream_info* info) {
    return guarded([&] {
        auto& s = checked(stream, info);
        s.decoder.measure(*info);
        upright(s, *info);
        if (s.sound)
            s.sound->seek(0);
        else
            s.pictures->seek(0);
    });
}

extern "C" int32_t ss_media_seek(ss_media_stream* stream, double time) {
    return guarded([&] {
        auto& s = checked(stream, stream);
        if (!(time >= 0 && time < 1e9))
            refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a time lies between 0 and 1e9 s");
        if (s.sound)
            s.sound->seek(time);
        else
            s.pictures->seek(time);
    });
}

extern "C" int32_t ss_media_read_sound(ss_media_stream* stream, float* out, int64_t stride, int64_t capacity, int64_t* read, int64_t* damaged) {
    return guarded([&] {
        auto& s = checked(stream, out);
        if (!read || !damaged || capacity < 0 || stride < capacity)
            refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: a channel's memory does not hold what is asked for");
        *read = of(s.sound).read(out, stride, capacity);
        *damaged = s.decoder.damaged();
    });
}

extern "C" int32_t ss_media_advance(ss_media_stream* stream, double until, ss_media_picture* picture) {
    return guarded([&] { of(checked(stream, picture).pictures).advance(until, *picture); });
}

extern "C" int32_t ss_media_pixels(ss_media_stream* stream, const ss_media_region* region, uint8_t* out, int64_t capacity) {
    return guarded([&] {
        Region part{};
        if (region)
            part = {region->top, region->left, region->height, region->width};
        of(checked(stream, out).pictures).pixels(region ? &part : nullptr, out, capacity);
    });
}
