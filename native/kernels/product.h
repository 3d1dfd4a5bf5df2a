// Small matrix products in registers, for attention tiles. A word is a float, or a pair of bf16 that are neighbours along
// the summed dimension, which the processor's bf16 dot product takes at once.
#pragma once
#include "level.h"
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace ss::SS_LEVEL {

#if defined(__AVX512F__)
constexpr int kLanes = 16, kTileRows = 6, kTileVectors = 4;
#elif defined(__AVX2__)
constexpr int kLanes = 8, kTileRows = 6, kTileVectors = 2;
#else
constexpr int kLanes = 4, kTileRows = 2, kTileVectors = 4;
#endif
constexpr int kPad = 16;  // columns of every packed matrix are padded to this

typedef float Vector __attribute__((vector_size(kLanes * 4)));

SS_INLINE int64_t padded(int64_t n) { return (n + kPad - 1) / kPad * kPad; }

/// Left operand: rows and words at byte strides, so a transposed or a strided matrix needs no copy.
struct Left {
  const char* data;
  int64_t row, word;
};

template <bool Pairs>
SS_INLINE void accumulate(Vector& sum, const char* a, const Vector& b) {
#if defined(__AVX512BF16__)
  if constexpr (Pairs) {
    int32_t pair;
    memcpy(&pair, a, 4);
    sum = reinterpret_cast<Vector>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(_mm512_set1_epi32(pair)),
                                                    reinterpret_cast<__m512bh>(b)));
    return;
  }
#endif
  float value;
  memcpy(&value, a, 4);
  sum += value * b;
}

template <bool Pairs, int M, int V>
SS_INLINE void tile(int64_t words, Left a, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  Vector sum[M][V];
#pragma GCC unroll 8
  for (int m = 0; m < M; m++)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) {
      if (add) memcpy(&sum[m][v], c + m * ldc + v * kLanes, sizeof(Vector));
      else sum[m][v] = Vector{};
    }
  for (int64_t k = 0; k < words; k++, b += ldb, a.data += a.word) {
    Vector right[V];
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) memcpy(&right[v], b + v * kLanes, sizeof(Vector));
#pragma GCC unroll 8
    for (int m = 0; m < M; m++)
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) accumulate<Pairs>(sum[m][v], a.data + m * a.row, right[v]);
  }
#pragma GCC unroll 8
  for (int m = 0; m < M; m++)
#pragma GCC unroll 4
    for (int v = 0; v < V; v++) memcpy(c + m * ldc + v * kLanes, &sum[m][v], sizeof(Vector));
}

template <bool Pairs, int V>
SS_INLINE void panel(int64_t rows, int64_t words, Left a, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  const auto advance = [&](int64_t m) {
    a.data += m * a.row;
    c += m * ldc;
    rows -= m;
  };
  for (; rows >= kTileRows; advance(kTileRows)) tile<Pairs, kTileRows, V>(words, a, b, ldb, c, ldc, add);
  if constexpr (kTileRows > 4)
    for (; rows >= 4; advance(4)) tile<Pairs, 4, V>(words, a, b, ldb, c, ldc, add);
  if constexpr (kTileRows > 2)
    for (; rows >= 2; advance(2)) tile<Pairs, 2, V>(words, a, b, ldb, c, ldc, add);
  for (; rows >= 1; advance(1)) tile<Pairs, 1, V>(words, a, b, ldb, c, ldc, add);
}

/// c = a b, or c += a b. b: words rows of ldb words, c: rows of ldc floats; columns is a multiple of kPad.
template <bool Pairs>
static void product(int64_t rows, int64_t columns, int64_t words, Left a, const float* b, int64_t ldb, float* c, int64_t ldc, bool add) {
  constexpr int64_t step = kTileVectors * kLanes;
  int64_t j = 0;
  for (; j + step <= columns; j += step) panel<Pairs, kTileVectors>(rows, words, a, b + j, ldb, c + j, ldc, add);
  if constexpr (step == 4 * kPad) {  // what is left at once: a tile of one vector waits for its own sums
    if (columns - j == 3 * kPad) return panel<Pairs, 3 * kPad / kLanes>(rows, words, a, b + j, ldb, c + j, ldc, add);
    if (columns - j == 2 * kPad) return panel<Pairs, 2 * kPad / kLanes>(rows, words, a, b + j, ldb, c + j, ldc, add);
  }
  for (; j < columns; j += kPad) panel<Pairs, kPad / kLanes>(rows, words, a, b + j, ldb, c + j, ldc, add);
}

SS_INLINE float word_of(uint32_t bits) {
  float word;
  memcpy(&word, &bits, 4);
  return word;
}

/// One word of a row: element k, or elements 2k and 2k + 1.
template <bool Pairs, typename T>
SS_INLINE float word_at(const T* row, int64_t k) {
  if constexpr (Pairs) {
    float word;
    memcpy(&word, row + 2 * k, 4);
    return word;
  } else {
    return load(row + k);
  }
}

#if defined(__AVX512F__)
template <bool Pairs, typename T>
SS_INLINE __m512i words_at(const T* row, __mmask16 mask) {
  if constexpr (Pairs || sizeof(T) == 4) return _mm512_maskz_loadu_epi32(mask, row);
  else return _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, row)), 16);
}

/// 16 rows of up to 16 words, turned by 90 degrees.
SS_INLINE void turn(__m512i* r) {
  __m512i t[16];
#pragma GCC unroll 8
  for (int i = 0; i < 8; i++) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0x88);
    t[4 + i] = _mm512_shuffle_i32x4(r[i], r[4 + i], 0xdd);
    t[8 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0x88);
    t[12 + i] = _mm512_shuffle_i32x4(r[8 + i], r[12 + i], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; i++) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0x88);
    r[4 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0x88);
    r[8 + i] = _mm512_shuffle_i32x4(t[i], t[8 + i], 0xdd);
    r[12 + i] = _mm512_shuffle_i32x4(t[4 + i], t[12 + i], 0xdd);
  }
}

/// Right operand whose columns are the rows of source: out[k][j] = word k of row j; columns beyond the rows are zero.
template <bool Pairs, typename T>
static void pack_columns(const T* source, int64_t stride, int64_t rows, int64_t words, float* out) {
  const int64_t ld = padded(rows);
  for (int64_t j = 0; j < ld; j += kPad) {
    for (int64_t k = 0; k < words; k += 16) {
      const int64_t have = words - k < 16 ? words - k : 16;
      const auto mask = static_cast<__mmask16>((1u << have) - 1);
      __m512i r[16];
#pragma GCC unroll 16
      for (int c = 0; c < 16; c++)
        r[c] = j + c < rows ? words_at<Pairs>(source + (j + c) * stride + k * (Pairs ? 2 : 1), mask) : _mm512_setzero_si512();
      turn(r);
#pragma GCC unroll 16
      for (int c = 0; c < 16; c++)
        if (c < have) _mm512_storeu_si512(out + (k + c) * ld + j, r[c]);
    }
  }
}
#else
template <bool Pairs, typename T>
static void pack_columns(const T* source, int64_t stride, int64_t rows, int64_t words, float* out) {
  const int64_t ld = padded(rows);
  for (int64_t j = 0; j < ld; j += kPad) {
    const int64_t have = rows - j < kPad ? rows - j : kPad;
    const T* from = source + j * stride;
    for (int64_t k = 0; k < words; k++) {
      float* to = out + k * ld + j;
      if (have == kPad) {
#pragma GCC unroll 16
        for (int64_t c = 0; c < kPad; c++) to[c] = word_at<Pairs>(from + c * stride, k);
      } else {
        for (int64_t c = 0; c < kPad; c++) to[c] = c < have ? word_at<Pairs>(from + c * stride, k) : 0.0f;
      }
    }
  }
}

#endif

/// Right operand whose rows are the rows of source, in pairs of rows for bf16; padded with zeros.
template <bool Pairs, typename T>
static void pack_rows(const T* source, int64_t stride, int64_t rows, int64_t width, float* out) {
  const int64_t ld = padded(width);
  for (int64_t r = 0; r < rows; r += Pairs ? 2 : 1, out += ld) {
    const T* top = source + r * stride;
    if constexpr (Pairs) {
      const T* bottom = r + 1 < rows ? top + stride : nullptr;
      if (bottom != nullptr) {
        for (int64_t i = 0; i < width; i++) out[i] = word_of(top[i].bits | static_cast<uint32_t>(bottom[i].bits) << 16);
      } else {
        for (int64_t i = 0; i < width; i++) out[i] = word_of(top[i].bits);
      }
    } else {
      for (int64_t i = 0; i < width; i++) out[i] = load(top + i);
    }
    for (int64_t i = width; i < ld; i++) out[i] = 0;
  }
}

/// Floats to bf16; n is a multiple of kPad.
SS_INLINE void narrow_row(const float* row, int64_t n, uint16_t* out) {
#if defined(__AVX512BF16__)
  for (int64_t i = 0; i < n; i += 16) {
    const auto narrow = _mm512_cvtneps_pbh(_mm512_loadu_ps(row + i));
    memcpy(out + i, &narrow, 32);
  }
#else
  for (int64_t i = 0; i < n; i++) out[i] = static_cast<uint16_t>(bf16_bits(row[i]));
#endif
}

/// out = factor * row in the type of out.
SS_INLINE void store_row(const float* row, float factor, int64_t n, float* out) {
  for (int64_t i = 0; i < n; i++) out[i] = factor * row[i];
}

SS_INLINE void store_row(const float* row, float factor, int64_t n, bf16* out) {
#if defined(__AVX512BF16__)
  for (int64_t i = 0; i < n; i += 16) {
    const auto mask = static_cast<__mmask16>(n - i < 16 ? (1u << (n - i)) - 1 : 0xffffu);
    const auto narrow = _mm512_cvtneps_pbh(_mm512_mul_ps(_mm512_set1_ps(factor), _mm512_loadu_ps(row + i)));  // rows are padded
    _mm256_mask_storeu_epi16(out + i, mask, reinterpret_cast<__m256i>(narrow));
  }
#else
  for (int64_t i = 0; i < n; i++) store(out + i, factor * row[i]);
#endif
}

/// Two rows of floats as bf16 pairs across the rows; bottom may be null. n is a multiple of kPad.
SS_INLINE void pair_rows(const float* top, const float* bottom, int64_t n, float* out) {
#if defined(__AVX512BF16__)
  alignas(64) static constexpr uint16_t kInterleave[32] = {0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};
  const auto order = _mm512_load_si512(kInterleave);
  for (int64_t i = 0; i < n; i += 16) {
    const auto below = bottom == nullptr ? _mm512_setzero_ps() : _mm512_loadu_ps(bottom + i);
    const auto both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(below, _mm512_loadu_ps(top + i)));
    _mm512_storeu_si512(out + i, _mm512_permutexvar_epi16(order, both));
  }
  return;
#endif
  if (bottom == nullptr) {
    for (int64_t i = 0; i < n; i++) out[i] = word_of(bf16_bits(top[i]));
  } else {
    for (int64_t i = 0; i < n; i++) out[i] = word_of(bf16_bits(top[i]) | bf16_bits(bottom[i]) << 16);
  }
}

}  // namespace ss::SS_LEVEL
