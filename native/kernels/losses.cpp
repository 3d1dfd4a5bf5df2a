// Losses reduced in one pass, with nothing but statistics kept.
#include <type_traits>

#include "level.h"

namespace ss::SS_LEVEL {

namespace {

template <typename A, typename B>
void cosine_rows(const A* a, const B* b, float eps, float* distance, float* stats, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++, a += width, b += width) {
    float aa = 0, bb = 0, ab = 0;
#pragma omp simd reduction(+ : aa, bb, ab)
    for (int64_t i = 0; i < width; i++) {
      const float u = load(a + i), v = load(b + i);
      aa += u * u;
      bb += v * v;
      ab += u * v;
    }
    const float norm_a = sqrtf(aa), norm_b = sqrtf(bb);
    const float inverse_a = 1.0f / (norm_a > eps ? norm_a : eps), inverse_b = 1.0f / (norm_b > eps ? norm_b : eps);
    const float cosine = ab * inverse_a * inverse_b;
    distance[r] = 1.0f - cosine;
    if (stats == nullptr) continue;
    stats[3 * r] = norm_a > eps ? inverse_a : -inverse_a;
    stats[3 * r + 1] = norm_b > eps ? inverse_b : -inverse_b;
    stats[3 * r + 2] = cosine;
  }
}

template <typename A, typename B>
void cosine_backward_rows(const float* gradient, const A* a, const B* b, const float* stats, A* da, B* db, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++) {
    const float g = -gradient[r], ia = stats[3 * r], ib = stats[3 * r + 1], cosine = stats[3 * r + 2];
    const float cross = g * fabsf(ia) * fabsf(ib);
    const float pull_a = ia > 0 ? g * cosine * ia * ia : 0.0f, pull_b = ib > 0 ? g * cosine * ib * ib : 0.0f;
    const A* u = a + r * width;
    const B* v = b + r * width;
    if (da != nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < width; i++) store(da + r * width + i, cross * load(v + i) - pull_a * load(u + i));
    }
    if (db != nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < width; i++) store(db + r * width + i, cross * load(u + i) - pull_b * load(v + i));
    }
  }
}

template <typename T>
double cross_entropy_rows(const T* logits, const int64_t* target, float* log_sums, int64_t rows, int64_t classes) {
  double loss = 0;
  for (int64_t r = 0; r < rows; r++, logits += classes) {
    float peak = load(logits), sum = 0;
#pragma omp simd reduction(max : peak)
    for (int64_t i = 0; i < classes; i++) {
      const float v = load(logits + i);
      peak = v > peak ? v : peak;
    }
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < classes; i++) sum += exponential(load(logits + i) - peak);
    const float log_sum = peak + logf(sum);
    if (log_sums != nullptr) log_sums[r] = log_sum;
    loss += log_sum - load(logits + target[r]);
  }
  return loss;
}

template <typename T>
void cross_entropy_backward_rows(const T* logits, const int64_t* target, const float* log_sums, float factor, T* dlogits, int64_t rows, int64_t classes) {
  for (int64_t r = 0; r < rows; r++, logits += classes, dlogits += classes) {
    const float log_sum = log_sums[r];
#pragma omp simd
    for (int64_t i = 0; i < classes; i++) store(dlogits + i, factor * exponential(load(logits + i) - log_sum));
    const int64_t t = target[r];
    store(dlogits + t, factor * (exponential(load(logits + t) - log_sum) - 1.0f));
  }
}

}  // namespace

double squared_error(const void* prediction, Element type, const float* target, int64_t count) {
  double total = 0;
  with_type(type, [&](auto* t) {
    auto p = static_cast<const std::remove_pointer_t<decltype(t)>*>(prediction);
    for (int64_t start = 0; start < count; start += 4096) {  // short fp32 sums, so that long tensors lose nothing
      const int64_t end = start + 4096 < count ? start + 4096 : count;
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t i = start; i < end; i++) {
        const float d = load(p + i) - target[i];
        sum += d * d;
      }
      total += sum;
    }
  });
  return total;
}

void squared_error_backward(const void* prediction, Element type, const float* target, float factor, void* dprediction, float* dtarget, int64_t count) {
  with_type(type, [&](auto* t) {
    auto p = static_cast<const std::remove_pointer_t<decltype(t)>*>(prediction);
    auto d = static_cast<decltype(t)>(dprediction);
    if (d != nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < count; i++) store(d + i, factor * (load(p + i) - target[i]));
    }
    if (dtarget != nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < count; i++) dtarget[i] = factor * (target[i] - load(p + i));
    }
  });
}

void cosine(const void* a, Element a_type, const void* b, Element b_type, float eps, float* distance, float* stats, int64_t rows, int64_t width) {
  with_type(a_type, [&](auto* s) {
    with_type(b_type, [&](auto* t) {
      cosine_rows(static_cast<const std::remove_pointer_t<decltype(s)>*>(a), static_cast<const std::remove_pointer_t<decltype(t)>*>(b), eps, distance, stats, rows, width);
    });
  });
}

void cosine_backward(const float* gradient, const void* a, Element a_type, const void* b, Element b_type, const float* stats, void* da, void* db, int64_t rows, int64_t width) {
  with_type(a_type, [&](auto* s) {
    with_type(b_type, [&](auto* t) {
      cosine_backward_rows(gradient, static_cast<const std::remove_pointer_t<decltype(s)>*>(a), static_cast<const std::remove_pointer_t<decltype(t)>*>(b), stats,
                           static_cast<decltype(s)>(da), static_cast<decltype(t)>(db), rows, width);
    });
  });
}

double cross_entropy(const void* logits, Element type, const int64_t* target, float* log_sums, int64_t rows, int64_t classes) {
  double loss = 0;
  with_type(type, [&](auto* t) {
    loss = cross_entropy_rows(static_cast<const std::remove_pointer_t<decltype(t)>*>(logits), target, log_sums, rows, classes);
  });
  return loss;
}

void cross_entropy_backward(const void* logits, Element type, const int64_t* target, const float* log_sums, float factor, void* dlogits, int64_t rows, int64_t classes) {
  with_type(type, [&](auto* t) {
    cross_entropy_backward_rows(static_cast<const std::remove_pointer_t<decltype(t)>*>(logits), target, log_sums, factor, static_cast<decltype(t)>(dlogits), rows, classes);
  });
}

}  // namespace ss::SS_LEVEL
