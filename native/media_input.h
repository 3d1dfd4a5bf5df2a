// Where bytes come from: a file or memory. Whatever a file names, libavformat gets to open nothing else.
#pragma once
#include "media_ffmpeg.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace selfsame::media {

class Input {
public:
    /// Throws Refusal when the file cannot be opened. Memory is not copied.
    Input(const char* path, const uint8_t* bytes, int64_t length);

    /// A demuxer from the first byte on. The one before must be gone.
    InputFormat open();

    /// Bytes of samples that the header of a WAV file promises and the file does not hold; negative for a whole one.
    /// FFmpeg trusts the file's length rather than its header.
    int64_t promised_wav_bytes();

private:
    struct CloseFile { void operator()(std::FILE* f) const { std::fclose(f); } };

    static int read(void* self, uint8_t* out, int count);
    static int64_t seek(void* self, int64_t offset, int whence);

    std::unique_ptr<std::FILE, CloseFile> file_;
    const uint8_t* bytes_;
    int64_t size_, at_ = 0;
    Io io_;
};

} // namespace selfsame::media
