// Where encoded bytes go: a file, or memory.
#pragma once
#include "media_ffmpeg.h"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

namespace selfsame::media {

class Output {
public:
    /// A file, or memory where path is null. Throws Refusal when the file cannot be made.
    explicit Output(const char* path);

    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    AVIOContext* io() const { return io_.get(); }

    /// Throws Refusal when the system refused to write.
    void check();

    /// Everything to the system; nothing is written any more.
    void close();

    const uint8_t* bytes() const { return memory_.data(); }
    int64_t length() const { return static_cast<int64_t>(memory_.size()); }

private:
    struct CloseFile { void operator()(std::FILE* f) const { std::fclose(f); } };

    static int write(void* self, uint8_t* data, int count);
    static int64_t seek(void* self, int64_t offset, int whence);

    std::unique_ptr<std::FILE, CloseFile> file_;
    std::vector<uint8_t> memory_;
    int64_t at_ = 0;
    int error_ = 0;
    Io io_;
};

} // namespace selfsame::media
