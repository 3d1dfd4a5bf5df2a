// One stream of a container, decoded frame by frame.
#pragma once
#include "media_input.h"
#include "media_stream.h"

namespace selfsame::media {

class StreamDecoder {
public:
    StreamDecoder(const char* path, const uint8_t* bytes, int64_t length, AVMediaType type, int64_t max_pixels);

    /// Decodes the next frame into frame(). False at the end.
    bool next();

    /// The frame that next gave; may be moved out of.
    AVFrame& frame() { return *frame_; }

    /// When the frame that next gave begins, in seconds from the first one; negative where the stream does not say.
    double time() const;

    /// Goes to a key frame at or before a time, near the begin in the worst case.
    void seek(double time);

    /// From now on frames before a time that no other builds on are left out, until the stream is opened again. 0: none.
    void skip_before(double time);

    /// Starts over, where anything was decoded.
    void rewind();

    /// Reads to the end for duration and count, then starts over.
    void measure(ss_media_stream_info& info);

    void describe(ss_media_stream_info& info) const;

    AVStream& stream() const { return *stream_; }
    AVCodecContext& decoder() const { return *decoder_; }
    double rate() const;
    int64_t damaged() const { return damaged_; }

private:
    void open();
    bool knows_origin();
    void decode_first();
    int read();
    void feed();
    int64_t shown_before() const;
    bool receive();

    Input input_;
    AVMediaType type_;
    int64_t max_pixels_;
    InputFormat format_;
    AVStream* stream_ = nullptr;
    Context decoder_;
    Packet packet_ = new_packet();
    Frame frame_ = new_frame();
    Frame first_ = new_frame(); // decoded when opened, given by the first next
    bool has_first_ = false, drained_ = false;
    bool has_packet_ = false; // packet_ was read ahead
    bool fresh_ = false;      // opened, and nothing decoded yet
    int64_t origin_ = 0, packets_ = 0, damaged_ = 0;
    bool has_other_ = false;
    int64_t skipped_ = INT64_MIN; // time stamp before which frames may be left out
    double promised_ = -1;      // seconds of a WAV file that was cut off
};

} // namespace selfsame::media
