#include "media_pictures.h"
#include "media_errors.h"

extern "C" {
#include <libavutil/display.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>

namespace selfsame::media {
namespace {

// Times are written in ticks as coarse as a millisecond; a picture due now is not late by half of one.
constexpr double kSameTime = 5e-4;

int turned_by(const AVStream& stream) {
    auto matrix = reinterpret_cast<const int32_t*>(av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
    if (!matrix)
        return 1;
    auto degrees = av_display_rotation_get(matrix); // counterclockwise
    if (std::isnan(degrees))
        return 1;
    switch ((static_cast<int>(std::lround(degrees / 90)) % 4 + 4) % 4) {
    case 1: return 8;
    case 2: return 3;
    case 3: return 6;
    default: return 1;
    }
}

} // namespace

PictureReader::PictureReader(StreamDecoder& decoder, int64_t max_pixels)
    : decoder_(decoder), max_pixels_(max_pixels), orientation_(turned_by(decoder.stream())) {}

bool PictureReader::fetch() {
    has_next_ = false;
    if (ended_)
        return false;
    if (!decoder_.next()) {
        ended_ = true;
        return false;
    }
    auto time = decoder_.time();
    auto rate = decoder_.rate();
    auto before = next_time_;
    av_frame_unref(next_.get());
    av_frame_move_ref(next_.get(), &decoder_.frame());
    next_time_ = time >= 0 ? time : has_current_ ? before + 1 / (rate > 0 ? rate : 25) : 0;
    return has_next_ = true;
}

// Whether the current picture is the one shown at a time, told without decoding the next: that begins a tick of the stream's clock
// later at least, and this one begins right now and is said to last.
bool PictureReader::shown_at(double time) const {
    auto tick = av_q2d(decoder_.stream().time_base);
    return has_current_ && (current_time_ + tick > time + kSameTime ||
        (current_time_ + kSameTime >= time && static_cast<double>(current_->pkt_duration) * tick > 4 * kSameTime));
}

void PictureReader::seek(double time) {
    go(time, left_out_before(time));
}

// Pictures that no other builds on need not be decoded on the way; the last two before the time are.
double PictureReader::left_out_before(double time) const {
    auto rate = decoder_.rate();
    return rate > 0 ? std::max(0.0, time - 2 / rate) : 0;
}

void PictureReader::go(double time, double skipped) {
    skipped_ = skipped;
    has_current_ = has_next_ = ended_ = false;
    current_time_ = next_time_ = 0;
    decoder_.seek(time);
    decoder_.skip_before(skipped);
    if (time > 0 && (!fetch() || next_time_ > time + kSameTime)) { // landed behind it, or nowhere
        ended_ = has_next_ = false;
        next_time_ = 0;
        decoder_.rewind();
    }
}

void PictureReader::advance(double until, ss_media_picture& picture) {
    if (auto leap = left_out_before(until); has_current_ && leap > std::max(current_time_, next_time_))
        decoder_.skip_before(skipped_ = leap);
    if (!has_next_ && !shown_at(until))
        fetch();
    while (has_next_ && (!has_current_ || next_time_ <= until + kSameTime)) {
        av_frame_unref(current_.get());
        av_frame_move_ref(current_.get(), next_.get());
        current_time_ = next_time_;
        has_current_ = true;
        has_next_ = false;
        if (!shown_at(until))
            fetch();
    }
    if (skipped_ > 0 && has_current_ && current_time_ < skipped_) { // it is shown for long, or one that was left out should be
        go(skipped_, 0);
        return advance(until, picture);
    }
    if (!has_current_)
        refuse(SS_MEDIA_CORRUPT, "none of its pictures can be decoded");
    int64_t width, height;
    upright_size(width, height);
    if (width < 1 || height < 1 || height > max_pixels_ / width)
        refuse(SS_MEDIA_TOO_LARGE, "its pictures have %lld x %lld pixels; at most %lld are allowed", static_cast<long long>(width),
            static_cast<long long>(height), static_cast<long long>(max_pixels_));
    picture = {current_time_, static_cast<int32_t>(width), static_cast<int32_t>(height), decoder_.damaged()};
}

void PictureReader::upright_size(int64_t& width, int64_t& height) const {
    width = orientation_ >= 5 ? current_->height : current_->width;
    height = orientation_ >= 5 ? current_->width : current_->height;
}

void PictureReader::pixels(const Region* region, uint8_t* out, int64_t capacity) {
    if (!has_current_)
        refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: no picture was reached yet");
    auto& f = *current_;
    int64_t full_width, full_height;
    upright_size(full_width, full_height);
    Region all{0, 0, static_cast<int>(full_height), static_cast<int>(full_width)}, asked = region ? *region : all;
    if (asked.top < 0 || asked.left < 0 || asked.height < 1 || asked.width < 1 || asked.height > all.height - asked.top || asked.width > all.width - asked.left)
        refuse(SS_MEDIA_BAD_ARGUMENT, "bad argument: %d x %d pixels from (%d, %d) on are not inside of a picture of %d x %d", asked.width, asked.height,
            asked.left, asked.top, all.width, all.height);
    auto stride = static_cast<int64_t>(asked.width) * 3;
    auto needed = stride * asked.height;
    if (!out || needed > capacity)
        refuse(SS_MEDIA_BUFFER_TOO_SMALL, "the picture has %lld bytes, the buffer %lld", static_cast<long long>(needed), static_cast<long long>(capacity));
    if (orientation_ == 1)
        return convert_region(state_, f, asked, out, stride);
    auto stored_stride = static_cast<int64_t>(f.width) * 3;
    stored_.resize(static_cast<size_t>(stored_stride * f.height));
    convert_region(state_, f, {0, 0, f.height, f.width}, stored_.data(), stored_stride);
    turn_upright(state_, stored_, f.width, f.height, 3, orientation_);
    for (auto y = 0; y < asked.height; y++)
        std::memcpy(out + y * stride, stored_.data() + (static_cast<int64_t>(asked.top + y) * all.width + asked.left) * 3, static_cast<size_t>(stride));
}

} // namespace selfsame::media
