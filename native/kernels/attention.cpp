// Softmax attention over one head at a time. A block of queries meets all keys at once, so each row's softmax is exact and
// the block, never the whole matrix, is what memory holds. The backward pass computes the weights again.
#include "product.h"

namespace ss::SS_LEVEL {

namespace {

// N tokens, d head width; words: units of the summed dimension, see product.h.

struct Sizes {
  int64_t tokens, width, columns, columns_wide, width_words, token_words, block;  // columns: tokens, padded

  SS_INLINE Sizes of(const Attention& o, bool pairs) {
    Sizes s{};
    s.tokens = o.tokens;
    s.width = o.width;
    s.columns = padded(o.tokens);
    s.columns_wide = padded(o.width);
    s.width_words = pairs ? o.width / 2 : o.width;
    s.token_words = pairs ? (o.tokens + 1) / 2 : o.tokens;
    const int64_t fit = 32768 / s.columns;  // 128 KB of logits stay in the second-level cache
    s.block = fit < 8 ? 8 : fit > 64 ? 64 : fit / 2 * 2;
    return s;
  }
};

SS_INLINE bool use_pairs(const Attention& o) {
#if defined(__AVX512BF16__)
  return o.type == Element::bfloat16 && o.width % 2 == 0;
#else
  (void)o;
  return false;
#endif
}

/// Bump allocator over the caller's scratch; every piece starts on a cache line.
struct Scratch {
  float* next;
  float* take(int64_t count) {
    float* piece = next;
    next += padded(count);
    return piece;
  }
};

SS_INLINE const void* mask_row(const Attention& o, int64_t b, int64_t h, int64_t i) {
  const int64_t offset = b * o.mask_batch + h * o.mask_head + i * o.mask_row;
  return o.mask == Mask::allow ? static_cast<const void*>(static_cast<const uint8_t*>(o.mask_data) + offset)
                               : static_cast<const void*>(static_cast<const float*>(o.mask_data) + offset);
}

constexpr float kLowest = -3.40282347e38f;

/// Scores to logits, in place; the padding becomes minus infinity, whose weight is 0 whatever the largest logit.
SS_INLINE float logits(const Attention& o, int64_t b, int64_t h, int64_t i, int64_t columns, float* s) {
  const int64_t n = o.tokens;
  const float scale = o.scale;
  float peak = -HUGE_VALF;
  if (o.mask == Mask::none) {
#pragma omp simd reduction(max : peak)
    for (int64_t j = 0; j < n; j++) {
      s[j] *= scale;
      peak = s[j] > peak ? s[j] : peak;
    }
  } else if (o.mask == Mask::allow) {
    auto allow = static_cast<const uint8_t*>(mask_row(o, b, h, i));
#pragma omp simd reduction(max : peak)
    for (int64_t j = 0; j < n; j++) {
      s[j] = allow[j] != 0 ? s[j] * scale : kLowest;
      peak = s[j] > peak ? s[j] : peak;
    }
  } else {
    auto extra = static_cast<const float*>(mask_row(o, b, h, i));
#pragma omp simd reduction(max : peak)
    for (int64_t j = 0; j < n; j++) {
      s[j] = s[j] * scale + extra[j];
      peak = s[j] > peak ? s[j] : peak;
    }
  }
  for (int64_t j = n; j < columns; j++) s[j] = -HUGE_VALF;
  return peak;
}

/// Queries of one block as left operand: bf16 memory as it lies, anything else as packed floats.
template <bool Pairs, typename T>
SS_INLINE Left left_of(const T* rows, int64_t stride, const float* packed, int64_t ld) {
  if constexpr (Pairs) return {reinterpret_cast<const char*>(rows), stride * static_cast<int64_t>(sizeof(T)), 4};
  else return {reinterpret_cast<const char*>(packed), ld * 4, 4};
}

template <bool Pairs, typename T>
void forward(const Attention& o, int64_t begin, int64_t end, float* memory) {
  const auto z = Sizes::of(o, Pairs);
  Scratch scratch{memory};
  float* keys = scratch.take(z.width_words * z.columns);
  float* values = scratch.take(z.token_words * z.columns_wide);
  float* scores = scratch.take(z.block * z.columns);
  float* queries = scratch.take(z.block * z.columns_wide);
  float* sums = scratch.take(z.block * z.columns_wide);
  float* inverse = scratch.take(z.block);
  auto weights = reinterpret_cast<uint16_t*>(scratch.take(z.block * z.columns / 2));
  const int64_t model = o.heads * o.width;
  const int64_t per_chunk = (z.tokens + o.chunks - 1) / o.chunks;
  for (int64_t item = begin, held = -1; item < end; item++) {
    const int64_t pair = item / o.chunks, b = pair / o.heads, h = pair % o.heads;
    const T* q = static_cast<const T*>(o.qkv) + b * o.batch_stride + h * o.width;
    if (pair != held) {
      pack_columns<Pairs>(q + model, o.token_stride, z.tokens, z.width_words, keys);
      pack_rows<Pairs>(q + 2 * model, o.token_stride, z.tokens, z.width, values);
      held = pair;
    }
    const int64_t first = item % o.chunks * per_chunk, last = first + per_chunk < z.tokens ? first + per_chunk : z.tokens;
    for (int64_t start = first; start < last; start += z.block) {
      const int64_t rows = last - start < z.block ? last - start : z.block;
      const T* block = q + start * o.token_stride;
      if constexpr (!Pairs) pack_rows<false>(block, o.token_stride, rows, z.width, queries);
      product<Pairs>(rows, z.columns, z.width_words, left_of<Pairs>(block, o.token_stride, queries, z.columns_wide), keys, z.columns, scores, z.columns, false);
      for (int64_t r = 0; r < rows; r++) {
        float* s = scores + r * z.columns;
        const float peak = logits(o, b, h, start + r, z.columns, s);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int64_t j = 0; j < z.columns; j++) {
          const float e = decay(s[j] - peak);
          s[j] = e;
          sum += e;
        }
        if constexpr (Pairs) narrow_row(s, z.columns, weights + r * z.columns);
        inverse[r] = 1.0f / sum;
        if (o.peak != nullptr) {
          o.peak[pair * z.tokens + start + r] = peak;
          o.inverse_sum[pair * z.tokens + start + r] = inverse[r];
        }
      }
      const Left left = Pairs ? Left{reinterpret_cast<const char*>(weights), z.columns * 2, 4} : Left{reinterpret_cast<const char*>(scores), z.columns * 4, 4};
      product<Pairs>(rows, z.columns_wide, z.token_words, left, values, z.columns_wide, sums, z.columns_wide, false);
      for (int64_t r = 0; r < rows; r++) {
        T* out = static_cast<T*>(o.out) + (b * z.tokens + start + r) * model + h * z.width;
        store_row(sums + r * z.columns_wide, inverse[r], z.width, out);
      }
    }
  }
}

template <bool Pairs, typename T>
void backward(const Attention& o, int64_t begin, int64_t end, float* memory) {
  const auto z = Sizes::of(o, Pairs);
  Scratch scratch{memory};
  float* keys = scratch.take(z.width_words * z.columns);
  float* values = scratch.take(z.width_words * z.columns);
  float* key_rows = scratch.take(z.token_words * z.columns_wide);
  float* dkeys = scratch.take(z.columns * z.columns_wide);
  float* dvalues = scratch.take(z.columns * z.columns_wide);
  float* weights = scratch.take(z.block * z.columns);   // logits, then weights
  float* dlogits = scratch.take(z.block * z.columns);   // gradient of the weights, then of the scores
  float* queries = scratch.take(z.block * z.columns_wide);
  float* gradients = scratch.take(z.block * z.columns_wide);
  float* dqueries = scratch.take(z.block * z.columns_wide);
  float* weight_pairs = scratch.take(Pairs ? z.block / 2 * z.columns : 0);
  float* dlogit_pairs = scratch.take(Pairs ? z.block / 2 * z.columns : 0);
  auto dlogit_rows = reinterpret_cast<uint16_t*>(scratch.take(Pairs ? z.block * z.columns / 2 : 0));
  const int64_t model = o.heads * o.width, wide = z.columns_wide;
  for (int64_t pair = begin; pair < end; pair++) {
    const int64_t b = pair / o.heads, h = pair % o.heads;
    const T* q = static_cast<const T*>(o.qkv) + b * o.batch_stride + h * o.width;
    T* dq = static_cast<T*>(o.dqkv) + b * z.tokens * 3 * model + h * o.width;
    pack_columns<Pairs>(q + model, o.token_stride, z.tokens, z.width_words, keys);
    pack_columns<Pairs>(q + 2 * model, o.token_stride, z.tokens, z.width_words, values);
    pack_rows<Pairs>(q + model, o.token_stride, z.tokens, z.width, key_rows);
    for (int64_t start = 0; start < z.tokens; start += z.block) {
      const int64_t rows = z.tokens - start < z.block ? z.tokens - start : z.block;
      const T* block = q + start * o.token_stride;
      const T* gradient = static_cast<const T*>(o.gradient) + (b * z.tokens + start) * model + h * z.width;
      pack_rows<Pairs>(block, o.token_stride, rows, z.width, queries);
      pack_rows<Pairs>(gradient, model, rows, z.width, gradients);
      product<Pairs>(rows, z.columns, z.width_words, left_of<Pairs>(block, o.token_stride, queries, wide), keys, z.columns, weights, z.columns, false);
      product<Pairs>(rows, z.columns, z.width_words, left_of<Pairs>(gradient, model, gradients, wide), values, z.columns, dlogits, z.columns, false);
      for (int64_t r = 0; r < rows; r++) {
        float* p = weights + r * z.columns;
        float* d = dlogits + r * z.columns;
        logits(o, b, h, start + r, z.columns, p);
        const float peak = o.peak[pair * z.tokens + start + r], inverse = o.inverse_sum[pair * z.tokens + start + r], scale = o.scale;
        float along = 0;
#pragma omp simd reduction(+ : along)
        for (int64_t j = 0; j < z.columns; j++) {
          p[j] = decay(p[j] - peak) * inverse;
          along += p[j] * d[j];
        }
        for (int64_t j = 0; j < z.columns; j++) d[j] = p[j] * (d[j] - along) * scale;
        if (o.mask == Mask::allow) {  // a masked logit is a constant, whatever its weight
          auto allow = static_cast<const uint8_t*>(mask_row(o, b, h, start + r));
          for (int64_t j = 0; j < z.tokens; j++) d[j] = allow[j] != 0 ? d[j] : 0.0f;
        }
        if constexpr (Pairs) {
          narrow_row(d, z.columns, dlogit_rows + r * z.columns);
          if (r % 2 == 1 || r + 1 == rows) {
            const int64_t top = r / 2 * 2 * z.columns;
            pair_rows(weights + top, r % 2 == 1 ? p : nullptr, z.columns, weight_pairs + r / 2 * z.columns);
            pair_rows(dlogits + top, r % 2 == 1 ? d : nullptr, z.columns, dlogit_pairs + r / 2 * z.columns);
          }
        }
      }
      const int64_t row_words = Pairs ? (rows + 1) / 2 : rows;
      const bool add = start > 0;
      // Columns of the weights are the rows of the left operand: a step of one word along the row, a row of words down.
      const auto transposed = [&](const float* m) { return Left{reinterpret_cast<const char*>(m), 4, z.columns * 4}; };
      product<Pairs>(z.tokens, wide, row_words, transposed(Pairs ? weight_pairs : weights), gradients, wide, dvalues, wide, add);
      product<Pairs>(z.tokens, wide, row_words, transposed(Pairs ? dlogit_pairs : dlogits), queries, wide, dkeys, wide, add);
      const Left left = Pairs ? Left{reinterpret_cast<const char*>(dlogit_rows), z.columns * 2, 4} : Left{reinterpret_cast<const char*>(dlogits), z.columns * 4, 4};
      product<Pairs>(rows, wide, z.token_words, left, key_rows, wide, dqueries, wide, false);
      for (int64_t r = 0; r < rows; r++)
        store_row(dqueries + r * wide, 1, z.width, dq + (start + r) * 3 * model);
    }
    for (int64_t j = 0; j < z.tokens; j++) {
      store_row(dkeys + j * wide, 1, z.width, dq + j * 3 * model + model);
      store_row(dvalues + j * wide, 1, z.width, dq + j * 3 * model + 2 * model);
    }
  }
}

}  // namespace

int64_t attention_scratch(const Attention& o, bool backward) {
  const bool pairs = use_pairs(o);
  const auto z = Sizes::of(o, pairs);
  const int64_t head = z.width_words * z.columns + z.token_words * z.columns_wide, block = z.block * z.columns, rows = z.block * z.columns_wide;
  const int64_t forward_count = head + 2 * block + 2 * rows + z.block;
  const int64_t backward_count = head + z.width_words * z.columns + 2 * z.columns * z.columns_wide + 4 * block + 3 * rows;
  return (backward ? backward_count : forward_count) + 16 * kPad;
}

void attention_forward(const Attention& o, int64_t begin, int64_t end, float* scratch) {
  if (o.type == Element::float32) return forward<false, float>(o, begin, end, scratch);
#if defined(__AVX512BF16__)
  if (use_pairs(o)) return forward<true, bf16>(o, begin, end, scratch);
#endif
  forward<false, bf16>(o, begin, end, scratch);
}

void attention_backward(const Attention& o, int64_t begin, int64_t end, float* scratch) {
  if (o.type == Element::float32) return backward<false, float>(o, begin, end, scratch);
#if defined(__AVX512BF16__)
  if (use_pairs(o)) return backward<true, bf16>(o, begin, end, scratch);
#endif
  backward<false, bf16>(o, begin, end, scratch);
}

}  // namespace ss::SS_LEVEL
