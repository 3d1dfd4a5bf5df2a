// Moving pictures by time.
#pragma once
#include "media_decode.h"
#include "media_pixels.h"

#include <vector>

namespace selfsame::media {

class PictureReader {
public:
    explicit PictureReader(StreamDecoder& decoder, int64_t max_pixels);

    void seek(double time);
    void advance(double until, ss_media_picture& picture);

    /// Writes a rectangle of the picture, upright, or all of it.
    void pixels(const Region* region, uint8_t* out, int64_t capacity);

    /// EXIF's number for the turn that players make of the stream's matrix: 1, 3, 6 or 8.
    int orientation() const { return orientation_; }

private:
    bool fetch();
    bool shown_at(double time) const;
    void go(double time, double skipped);
    double left_out_before(double time) const;
    void upright_size(int64_t& width, int64_t& height) const;

    StreamDecoder& decoder_;
    int64_t max_pixels_;
    int orientation_ = 1;
    Frame current_ = new_frame(), next_ = new_frame();
    double current_time_ = 0, next_time_ = 0;
    double skipped_ = 0; // before this time pictures may have been left out
    bool has_current_ = false, has_next_ = false, ended_ = false;
    PixelState state_;
    std::vector<uint8_t> stored_;
};

} // namespace selfsame::media
