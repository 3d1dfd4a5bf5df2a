// From whatever a decoder gives to interleaved 8-bit RGB or RGBA.
#pragma once

extern "C" {
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
}

#include <cstdint>
#include <memory>
#include <vector>

namespace selfsame::media {

struct FreeSws { void operator()(SwsContext* c) const { sws_freeContext(c); } };

/// Scratch memory and scalers of one thread.
struct PixelState {
    std::unique_ptr<SwsContext, FreeSws> colours;
    std::vector<uint8_t> rows, turned;
    std::vector<int16_t> chroma;

    void trim(size_t keep);
};

/// A rectangle inside of a picture.
struct Region { int top, left, height, width; };

/// Writes the frame to out (rows of stride bytes). With 3 channels it is composited on background (0xRRGGBB).
void convert_frame(PixelState& state, const AVFrame& frame, uint8_t* out, int64_t stride, int channels, uint32_t background, bool premultiplied);

/// Writes a rectangle of the frame as RGB, the same bits as it has in the whole picture, without making that.
void convert_region(PixelState& state, const AVFrame& frame, const Region& region, uint8_t* out, int64_t stride);

/// Writes a frame of one channel, 8 or 16 bits, to (height, width) numbers. Throws Refusal for any other.
void convert_depth(const AVFrame& frame, uint16_t* out);

/// Fills count pixels; alpha 0 where there are 4 channels.
void fill_background(uint8_t* out, int64_t count, int channels, uint32_t background);

/// Applies an EXIF orientation (2..8) to picture, width x height as stored.
void turn_upright(PixelState& state, std::vector<uint8_t>& picture, int width, int height, int channels, int orientation);

/// Box average of an RGB picture to a smaller one.
void shrink(const uint8_t* picture, int width, int height, uint8_t* out, int out_width, int out_height);

} // namespace selfsame::media
