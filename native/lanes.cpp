#include "lanes.h"

#include <cstring>

namespace ss {

namespace {

// Written as integers so that it vectorises.
inline uint16_t to_bfloat16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return static_cast<uint16_t>(value != value ? 0x7fc0 : rounded);
}

SS_CLONES void copy_clones(uint16_t* __restrict target, const float* __restrict source, int64_t n) {
  for (int64_t i = 0; i < n; i++) target[i] = to_bfloat16(source[i]);
}

SS_CLONES void average_clones(float* __restrict target, const float* __restrict source, int64_t n, float keep, float take) {
  for (int64_t i = 0; i < n; i++) target[i] = keep * target[i] + take * source[i];
}

}  // namespace

void copy_bfloat16(uint16_t* target, const float* source, int64_t n) { copy_clones(target, source, n); }

void average(float* target, const float* source, int64_t n, float keep, float take) { average_clones(target, source, n, keep, take); }

}  // namespace ss
