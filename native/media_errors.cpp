#include "media_errors.h"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

#include <cstdarg>
#include <cstring>
#include <mutex>

namespace selfsame::media {
namespace {

void keep_first(void*, int level, const char* format, va_list args) {
    if (level > AV_LOG_ERROR)
        return;
    auto& text = error_text().library;
    if (text[0] != 0)
        return;
    std::vsnprintf(text, sizeof text, format, args);
    for (auto n = std::strlen(text); n > 0 && (text[n - 1] == '\n' || text[n - 1] == '.'); n--)
        text[n - 1] = 0;
}

} // namespace

ErrorText& error_text() {
    thread_local ErrorText text;
    return text;
}

void keep_library_errors() {
    static std::once_flag once;
    std::call_once(once, [] { av_log_set_callback(keep_first); });
}

const char* reason_of(int code) {
    thread_local char meaning[AV_ERROR_MAX_STRING_SIZE];
    auto& text = error_text();
    if (text.library[0])
        return text.library;
    av_strerror(code, meaning, sizeof meaning);
    return meaning;
}

void refuse(ss_media_status status, const char* format, ...) {
    Refusal refusal{status, ""};
    va_list args;
    va_start(args, format);
    std::vsnprintf(refusal.text, sizeof refusal.text, format, args);
    va_end(args);
    throw refusal;
}

} // namespace selfsame::media

extern "C" const char* ss_media_last_error(void) { return selfsame::media::error_text().reason; }
