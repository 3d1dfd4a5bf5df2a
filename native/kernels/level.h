// Shared by the kernels: number formats and elementary functions that the compiler can vectorise.
// Everything is inlined and local: code built for one instruction set must never be linked into another's.
#pragma once
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../kernels.h"

#define SS_INLINE static inline __attribute__((always_inline))

namespace ss::SS_LEVEL {

struct bf16 { uint16_t bits; };

SS_INLINE float load(const float* p) { return *p; }

SS_INLINE float load(const bf16* p) {
  const uint32_t bits = static_cast<uint32_t>(p->bits) << 16;
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

// Round to nearest even; NaN stays NaN.
SS_INLINE uint32_t bf16_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return value != value ? 0x7fc0u : rounded;
}

SS_INLINE void store(float* p, float value) { *p = value; }
SS_INLINE void store(bf16* p, float value) { p->bits = static_cast<uint16_t>(bf16_bits(value)); }

/// What storing a value and loading it again makes of it.
template <typename T>
SS_INLINE float held(float value) {
  if constexpr (sizeof(T) == 4) return value;
  const uint32_t bits = bf16_bits(value) << 16;
  memcpy(&value, &bits, 4);
  return value;
}

// Within 1 unit in the last place over the normal range; 0 below it, infinity above, NaN for NaN.
SS_INLINE float exponential(float x) {
  constexpr float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
  const float bounded = x > 89.0f ? 89.0f : x < -88.0f ? -88.0f : x;
  const float biased = bounded * 1.44269504f + shift;
  const float n = biased - shift;
  float r = bounded - n * 0.693145752f;
  r = r - n * 1.42860677e-6f;
  float p = 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  int32_t bits;
  memcpy(&bits, &biased, 4);
  const int32_t exponent = bits - 0x4b400000;
  const int32_t half = exponent >> 1;  // two factors, so that 2^128 and 2^-127 need no case of their own
  const int32_t first = (half + 127) << 23, second = (exponent - half + 127) << 23;
  float a, b;
  memcpy(&a, &first, 4);
  memcpy(&b, &second, 4);
  const float result = p * a * b;
  return x < -87.3f ? 0.0f : result;
}

/// e^x for x that is not above 0: a softmax's exponential, with fewer steps. At the bound the power of two is 0.
SS_INLINE float decay(float x) {
  constexpr float shift = 12582912.0f;
  const float bounded = x < -88.0f ? -88.0f : x;
  const float biased = bounded * 1.44269504f + shift;
  const float n = biased - shift;
  const float r = bounded - n * 0.693145752f - n * 1.42860677e-6f;
  float p = 1.38888889e-3f;
  p = p * r + 8.33333333e-3f;
  p = p * r + 4.16666667e-2f;
  p = p * r + 1.66666667e-1f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  int32_t bits;
  memcpy(&bits, &biased, 4);
  bits = (bits - 0x4b400000 + 127) << 23;
  float power;
  memcpy(&power, &bits, 4);
  return p * power;
}

struct Curve { float value, slope; };

// The normal distribution's lower tail is e^(-z^2/2) times a smooth function, here a polynomial in 1 / (1 + 0.35 z) with
// relative error 4e-8: no cancellation on either side, and the exponential serves the density too.
SS_INLINE Curve gelu(float x) {
  const float magnitude = x < 0 ? -x : x;
  const float z = magnitude > 20.0f ? 20.0f : magnitude;
  const float square = z * z;
  const float e = decay(-0.5f * square);
  const float t = 1.0f / (1.0f + 0.35f * z);
  float q = -0.029679522f;
  q = q * t + 0.14654583f;
  q = q * t - 0.260961228f;
  q = q * t + 0.165050996f;
  q = q * t - 0.0270466084f;
  q = q * t + 0.107114588f;
  q = q * t + 0.119444917f;
  q = q * t + 0.139912298f;
  q = q * t + 0.139618713f;
  const float tail = q * t * e;
  const float share = x > 0 ? 1.0f - tail : tail;
  return {x * share, share + (x < 0 ? -z : z) * e * 0.398942280f};
}

SS_INLINE Curve silu(float x) {
  const float e = exponential(-x);
  const float share = 1.0f / (1.0f + e);
  const float rest = x < -80.0f ? 1.0f : e * share;  // 1 - share without cancellation
  return {x * share, share * (1.0f + x * rest)};
}

// x * sigmoid(2u) = x * (1 + tanh u) / 2, u = sqrt(2 / pi) (x + 0.044715 x^3)
SS_INLINE Curve gelu_tanh(float x) {
  const float square = x * x;
  const float twice = 1.59576912f * x * (1.0f + 0.044715f * square);
  const float e = exponential(-twice);
  const float share = 1.0f / (1.0f + e);
  const float rest = twice < -80.0f ? 1.0f : e * share;
  const float steep = 1.59576912f * (1.0f + 0.134145f * square);
  return {x * share, share * (1.0f + (share == 0.0f ? 0.0f : x * rest * steep))};
}

template <Activation kind>
SS_INLINE Curve curve(float x) {
  if constexpr (kind == Activation::gelu) return gelu(x);
  else if constexpr (kind == Activation::gelu_tanh) return gelu_tanh(x);
  else if constexpr (kind == Activation::silu) return silu(x);
  else return {x, 1.0f};
}

template <typename F>
SS_INLINE void with_type(Element type, F&& body) {
  if (type == Element::float32) body(static_cast<float*>(nullptr));
  else body(static_cast<bf16*>(nullptr));
}

/// A row as fp32: the memory itself, or a converted copy.
SS_INLINE const float* as_float(const float* row, int64_t, float*) { return row; }
SS_INLINE const float* as_float(const bf16* row, int64_t n, float* copy) {
  for (int64_t i = 0; i < n; i++) copy[i] = load(row + i);
  return copy;
}

/// The table row of a token; a bf16 row is converted once for as long as tokens share it.
struct RowReader {
  const Table& table;
  const Rows& rows;
  int64_t width;
  float* copy;
  int64_t held = -1;

  SS_INLINE int64_t group_of(const Rows& rows, int64_t token) {
    return rows.group != nullptr ? rows.group[token] : rows.groups == 1 ? 0 : token % rows.tokens;
  }

  const float* at(int64_t token) {
    const int64_t offset = token / rows.tokens * table.batch_stride + group_of(rows, token) * table.row_stride;
    if (table.type == Element::float32) return static_cast<const float*>(table.data) + offset;
    if (offset != held) as_float(static_cast<const bf16*>(table.data) + offset, width, copy);
    held = offset;
    return copy;
  }
};

}  // namespace ss::SS_LEVEL
