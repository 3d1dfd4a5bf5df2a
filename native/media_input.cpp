#include "media_input.h"
#include "media_errors.h"

extern "C" {
#include <libavutil/avstring.h>
#include <libavutil/intreadwrite.h>
}

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace selfsame::media {
namespace {

constexpr int kBuffer = 1 << 16;

// Playlists and such would have other files and addresses opened.
int open_nothing(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) { return AVERROR(EPERM); }

bool lists_other_files(const AVInputFormat& format) {
    for (auto name : {"hls", "concat", "dash", "imf", "sdp", "rtsp", "image2", "webm_dash_manifest"})
        if (av_match_name(name, format.name))
            return true;
    return false;
}

// Formats that begin with a signature of their own. FFmpeg asks hundreds of formats instead, which takes longer than to decode a short sound.
const AVInputFormat* signed_by(AVIOContext* io) {
    struct Signature { int at; const char* bytes; int second_at; const char* second; const char* format; };
    static constexpr Signature signatures[] = {
        {0, "RIFF", 8, "WAVEfmt ", "wav"}, {0, "RIFF", 8, "AVI LIST", "avi"}, {0, "fLaC", 4, "", "flac"}, {0, "OggS", 4, "", "ogg"},
        {4, "ftyp", 8, "", "mov"}, {0, "\x1a\x45\xdf\xa3", 4, "", "matroska"},
    };
    char head[16] = {};
    auto read = avio_read(io, reinterpret_cast<uint8_t*>(head), sizeof head);
    if (avio_seek(io, 0, SEEK_SET) != 0 || read != static_cast<int>(sizeof head))
        return nullptr;
    for (const auto& signature : signatures)
        if (std::memcmp(head + signature.at, signature.bytes, 4) == 0
            && std::memcmp(head + signature.second_at, signature.second, std::strlen(signature.second)) == 0)
            return av_find_input_format(signature.format);
    return nullptr;
}

// By content; names are not to be trusted.
const AVInputFormat* recognise(AVIOContext* io) {
    if (auto format = signed_by(io))
        return format;
    const AVInputFormat* format = nullptr;
    auto code = av_probe_input_buffer2(io, &format, "", nullptr, 0, 0);
    if (code == AVERROR(ENOMEM))
        throw std::bad_alloc();
    if (code < 0 || !format)
        refuse(SS_MEDIA_UNKNOWN_FORMAT, "its content is of no sound or video format that FFmpeg knows, whatever the file is called");
    if (lists_other_files(*format))
        refuse(SS_MEDIA_UNSUPPORTED, "it is a list of other files (%s); give those themselves", format->name);
    return format;
}

} // namespace

Input::Input(const char* path, const uint8_t* bytes, int64_t length) : bytes_(bytes), size_(length) {
    if (path) {
        file_.reset(std::fopen(path, "rb"));
        struct stat about{};
        if (!file_ || fstat(fileno(file_.get()), &about) != 0)
            refuse(SS_MEDIA_UNREADABLE, "the file cannot be opened: %s", std::strerror(errno));
        if (!S_ISREG(about.st_mode))
            refuse(SS_MEDIA_UNREADABLE, "it is not a file");
        size_ = about.st_size;
    }
    if (size_ == 0)
        refuse(SS_MEDIA_CORRUPT, "the file is empty");
}

InputFormat Input::open() {
    at_ = 0;
    if (file_ && std::fseek(file_.get(), 0, SEEK_SET) != 0)
        refuse(SS_MEDIA_UNREADABLE, "the file cannot be read: %s", std::strerror(errno));
    auto buffer = static_cast<uint8_t*>(av_malloc(kBuffer));
    if (!buffer)
        throw std::bad_alloc();
    io_.reset(avio_alloc_context(buffer, kBuffer, 0, this, read, nullptr, seek));
    if (!io_) {
        av_free(buffer);
        throw std::bad_alloc();
    }
    auto recognised = recognise(io_.get());
    auto format = avformat_alloc_context();
    if (!format)
        throw std::bad_alloc();
    format->pb = io_.get();
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->io_open = open_nothing;
    // Looks for other codecs inside of PCM, in up to 32 packets and with all formats there are: a hundred times what decoding takes.
    if (std::strcmp(recognised->name, "wav") == 0)
        format->max_probe_packets = 1;
    // Frees format when it fails.
    if (auto code = avformat_open_input(&format, nullptr, recognised, nullptr); code < 0) {
        if (code == AVERROR(ENOMEM))
            throw std::bad_alloc();
        refuse(SS_MEDIA_CORRUPT, "its header cannot be read: %s", reason_of(code));
    }
    return InputFormat(format);
}

int Input::read(void* opaque, uint8_t* out, int count) {
    auto& self = *static_cast<Input*>(opaque);
    if (self.file_) {
        auto n = std::fread(out, 1, static_cast<size_t>(count), self.file_.get());
        return n > 0 ? static_cast<int>(n) : std::ferror(self.file_.get()) ? AVERROR(EIO) : AVERROR_EOF;
    }
    auto n = std::min<int64_t>(count, self.size_ - self.at_);
    if (n <= 0)
        return AVERROR_EOF;
    std::memcpy(out, self.bytes_ + self.at_, static_cast<size_t>(n));
    self.at_ += n;
    return static_cast<int>(n);
}

int64_t Input::seek(void* opaque, int64_t offset, int whence) {
    auto& self = *static_cast<Input*>(opaque);
    whence &= ~AVSEEK_FORCE;
    if (whence == AVSEEK_SIZE)
        return self.size_;
    if (self.file_)
        return fseeko(self.file_.get(), offset, whence) == 0 ? static_cast<int64_t>(ftello(self.file_.get())) : AVERROR(errno);
    auto target = offset + (whence == SEEK_CUR ? self.at_ : whence == SEEK_END ? self.size_ : 0);
    if (target < 0)
        return AVERROR(EINVAL);
    return self.at_ = target;
}

int64_t Input::promised_wav_bytes() {
    auto where = avio_tell(io_.get());
    uint8_t head[8];
    int64_t promised = -1;
    for (int64_t at = 12; at + 8 <= size_ && avio_seek(io_.get(), at, SEEK_SET) == at && avio_read(io_.get(), head, 8) == 8;) {
        auto length = static_cast<int64_t>(AV_RL32(head + 4));
        if (std::memcmp(head, "data", 4) == 0) {
            if (length != 0 && length < INT32_MAX && length > size_ - at - 8) // larger ones are written where the length was not known
                promised = length;
            break;
        }
        at += 8 + length + (length & 1);
    }
    avio_seek(io_.get(), where, SEEK_SET);
    return promised;
}

} // namespace selfsame::media
