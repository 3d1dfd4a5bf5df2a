// Decoded sound as planes of numbers.
#pragma once
#include "media_decode.h"

#include <vector>

namespace selfsame::media {

class SoundReader {
public:
    SoundReader(StreamDecoder& decoder, bool mono);

    /// The next sample read is the one at a time.
    void seek(double time);

    /// Channel c goes to out + c * stride. Fewer than capacity only at the end.
    int64_t read(float* out, int64_t stride, int64_t capacity);

private:
    bool fill();
    void accept();
    void check_complete();

    StreamDecoder& decoder_;
    int channels_, rate_;
    bool mono_;
    std::vector<float> frame_;     // (channels, length_)
    int64_t length_ = 0, taken_ = 0;
    int64_t position_ = 0;         // samples before the frame's begin
    bool from_begin_ = true;
};

} // namespace selfsame::media
