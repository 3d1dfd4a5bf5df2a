// What the media calls share: the text of this thread's last failure, and the border no exception crosses.
#pragma once
#include "media.h"

#include <cstdio>
#include <exception>
#include <new>

namespace selfsame::media {

/// Thrown inside, a status and a text outside.
struct Refusal {
    ss_media_status status;
    char text[240];
};

[[noreturn]] void refuse(ss_media_status status, const char* format, ...) __attribute__((format(printf, 2, 3)));

struct ErrorText {
    char reason[320] = "";
    char library[160] = ""; // the first thing FFmpeg complained about
};

/// This thread's; cleared by guarded.
ErrorText& error_text();

/// FFmpeg's log goes nowhere but into ErrorText::library. Cheap after the first call.
void keep_library_errors();

/// The reason of a failed FFmpeg call: what the library said, else what its code means. Valid until the next call.
const char* reason_of(int code);

template <class Body> int32_t guarded(Body body) noexcept {
    try {
        keep_library_errors();
        auto& text = error_text();
        text.reason[0] = text.library[0] = 0;
        try {
            body();
            return SS_MEDIA_OK;
        } catch (const Refusal& refusal) {
            std::snprintf(text.reason, sizeof text.reason, "%s", refusal.text);
            return refusal.status;
        } catch (const std::bad_alloc&) {
            std::snprintf(text.reason, sizeof text.reason, "not enough memory");
            return SS_MEDIA_OUT_OF_MEMORY;
        } catch (const std::exception& e) {
            std::snprintf(text.reason, sizeof text.reason, "%s", e.what());
            return SS_MEDIA_INTERNAL;
        } catch (...) {
            std::snprintf(text.reason, sizeof text.reason, "unknown exception");
            return SS_MEDIA_INTERNAL;
        }
    } catch (...) {
        return SS_MEDIA_OUT_OF_MEMORY; // the thread's own text could not be made
    }
}

} // namespace selfsame::media
