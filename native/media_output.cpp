#include "media_output.h"
#include "media_errors.h"

#include <cerrno>
#include <cstring>

namespace selfsame::media {
namespace {

constexpr int kBuffer = 1 << 16;

} // namespace

Output::Output(const char* path) {
    if (path) {
        file_.reset(std::fopen(path, "wb"));
        if (!file_)
            refuse(SS_MEDIA_UNREADABLE, "the file cannot be written: %s", std::strerror(errno));
    }
    auto buffer = static_cast<uint8_t*>(av_malloc(kBuffer));
    if (!buffer)
        throw std::bad_alloc();
    io_.reset(avio_alloc_context(buffer, kBuffer, 1, this, nullptr, write, seek));
    if (!io_) {
        av_free(buffer);
        throw std::bad_alloc();
    }
}

int Output::write(void* opaque, uint8_t* data, int count) {
    auto& self = *static_cast<Output*>(opaque);
    if (self.file_) {
        if (std::fwrite(data, 1, static_cast<size_t>(count), self.file_.get()) == static_cast<size_t>(count))
            return count;
        self.error_ = errno;
        return AVERROR(EIO);
    }
    try {
        auto end = static_cast<size_t>(self.at_ + count);
        if (end > self.memory_.size())
            self.memory_.resize(end);
        std::memcpy(self.memory_.data() + self.at_, data, static_cast<size_t>(count));
        self.at_ += count;
        return count;
    } catch (...) {
        return AVERROR(ENOMEM);
    }
}

int64_t Output::seek(void* opaque, int64_t offset, int whence) {
    auto& self = *static_cast<Output*>(opaque);
    whence &= ~AVSEEK_FORCE;
    if (self.file_) {
        if (whence == AVSEEK_SIZE)
            return AVERROR(ENOSYS);
        return fseeko(self.file_.get(), offset, whence) == 0 ? static_cast<int64_t>(ftello(self.file_.get())) : AVERROR(errno);
    }
    auto size = static_cast<int64_t>(self.memory_.size());
    if (whence == AVSEEK_SIZE)
        return size;
    auto target = offset + (whence == SEEK_CUR ? self.at_ : whence == SEEK_END ? size : 0);
    if (target < 0 || target > size)
        return AVERROR(EINVAL);
    return self.at_ = target;
}

void Output::check() {
    if (error_ != 0)
        refuse(SS_MEDIA_UNREADABLE, "the file cannot be written: %s", std::strerror(error_));
}

void Output::close() {
    avio_flush(io_.get());
    if (file_ && std::fflush(file_.get()) != 0)
        error_ = errno;
    check();
    file_.reset();
}

} // namespace selfsame::media
