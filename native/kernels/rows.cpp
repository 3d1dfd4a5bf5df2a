// Layer normalization with shared or per-token scale and shift, gated residual sums.
#include <type_traits>

#include "level.h"

namespace ss::SS_LEVEL {

namespace {

template <typename X, typename Y>
void norm_forward_rows(const NormForward& o, int64_t begin, int64_t end, float* scratch) {
  const int64_t n = o.width;
  RowReader scale{o.scale, o.rows, n, scratch}, shift{o.shift, o.rows, n, scratch + n};
  for (int64_t token = begin; token < end; token++) {
    const float* x = as_float(static_cast<const X*>(o.x) + token * n, n, scratch + 2 * n);
    Y* y = static_cast<Y*>(o.y) + token * n;
    float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < n; i++) sum += x[i];
    const float mean = sum / n;
#pragma omp simd reduction(+ : squares)
    for (int64_t i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    const float inverse = 1.0f / sqrtf(squares / n + o.eps);
    if (o.mean != nullptr) {
      o.mean[token] = mean;
      o.inverse_std[token] = inverse;
    }
    const float* a = o.scale.data == nullptr ? nullptr : scale.at(token);
    const float* b = o.shift.data == nullptr ? nullptr : shift.at(token);
    const float offset = o.scale_offset;
    if (a != nullptr && b != nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < n; i++) store(y + i, (x[i] - mean) * inverse * (offset + a[i]) + b[i]);
    } else {
#pragma omp simd
      for (int64_t i = 0; i < n; i++)
        store(y + i, (x[i] - mean) * inverse * (a == nullptr ? 1.0f : offset + a[i]) + (b == nullptr ? 0.0f : b[i]));
    }
  }
}

template <typename G, typename X>
void norm_backward_rows(const NormBackward& o, int64_t begin, int64_t end, float* dscale, float* dshift, float* scratch) {
  const int64_t n = o.width;
  RowReader scale{o.scale, o.rows, n, scratch};
  float* gradient_row = scratch + n;
  float* normalized = scratch + 2 * n;
  for (int64_t token = begin; token < end; token++) {
    const G* g = static_cast<const G*>(o.gradient) + token * n;
    const X* x = static_cast<const X*>(o.x) + token * n;
    X* dx = static_cast<X*>(o.dx) + token * n;
    const float mean = o.mean[token], inverse = o.inverse_std[token], offset = o.scale_offset;
    const float* a = o.scale.data == nullptr ? nullptr : scale.at(token);
    float sum = 0, along = 0;
    if (a != nullptr) {
#pragma omp simd reduction(+ : sum, along)
      for (int64_t i = 0; i < n; i++) {
        const float unit = (load(x + i) - mean) * inverse, v = load(g + i) * (offset + a[i]);
        normalized[i] = unit;
        gradient_row[i] = v;
        sum += v;
        along += v * unit;
      }
    } else {
#pragma omp simd reduction(+ : sum, along)
      for (int64_t i = 0; i < n; i++) {
        const float unit = (load(x + i) - mean) * inverse, v = load(g + i);
        normalized[i] = unit;
        gradient_row[i] = v;
        sum += v;
        along += v * unit;
      }
    }
    sum /= n;
    along /= n;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) store(dx + i, inverse * (gradient_row[i] - sum - normalized[i] * along));
    const int64_t row = dscale == nullptr && dshift == nullptr ? 0 : RowReader::group_of(o.rows, token) * n;
    if (dscale != nullptr) {
      float* target = dscale + row;
#pragma omp simd
      for (int64_t i = 0; i < n; i++) target[i] += load(g + i) * normalized[i];
    }
    if (dshift != nullptr) {
      float* target = dshift + row;
#pragma omp simd
      for (int64_t i = 0; i < n; i++) target[i] += load(g + i);
    }
  }
}

template <typename T>
void gate_forward_rows(const Gate& o, int64_t begin, int64_t end, float* scratch) {
  const int64_t n = o.width;
  RowReader reader{o.gate, o.rows, n, scratch};
  for (int64_t token = begin; token < end; token++) {
    const float* x = o.x + token * n;
    const T* branch = static_cast<const T*>(o.branch) + token * n;
    const float* gate = reader.at(token);
    float* y = o.y + token * n;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) y[i] = x[i] + gate[i] * load(branch + i);
  }
}

template <typename T>
void gate_backward_rows(const Gate& o, int64_t begin, int64_t end, float* dgate, float* scratch) {
  const int64_t n = o.width;
  RowReader reader{o.gate, o.rows, n, scratch};
  for (int64_t token = begin; token < end; token++) {
    const float* g = o.x + token * n;
    const T* branch = static_cast<const T*>(o.branch) + token * n;
    T* dbranch = static_cast<T*>(o.dbranch) + token * n;
    const float* gate = reader.at(token);
#pragma omp simd
    for (int64_t i = 0; i < n; i++) store(dbranch + i, g[i] * gate[i]);
    if (dgate == nullptr) continue;
    float* target = dgate + RowReader::group_of(o.rows, token) * n;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) target[i] += g[i] * load(branch + i);
  }
}

}  // namespace

void norm_forward(const NormForward& o, int64_t begin, int64_t end, float* scratch) {
  with_type(o.x_type, [&](auto* x) {
    with_type(o.y_type, [&](auto* y) {
      norm_forward_rows<std::remove_pointer_t<decltype(x)>, std::remove_pointer_t<decltype(y)>>(o, begin, end, scratch);
    });
  });
}

void norm_backward(const NormBackward& o, int64_t begin, int64_t end, float* dscale, float* dshift, float* scratch) {
  with_type(o.gradient_type, [&](auto* g) {
    with_type(o.x_type, [&](auto* x) {
      norm_backward_rows<std::remove_pointer_t<decltype(g)>, std::remove_pointer_t<decltype(x)>>(o, begin, end, dscale, dshift, scratch);
    });
  });
}

void gate_forward(const Gate& o, int64_t begin, int64_t end, float* scratch) {
  with_type(o.branch_type, [&](auto* t) { gate_forward_rows<std::remove_pointer_t<decltype(t)>>(o, begin, end, scratch); });
}

void gate_backward(const Gate& o, int64_t begin, int64_t end, float* dgate, float* scratch) {
  with_type(o.branch_type, [&](auto* t) { gate_backward_rows<std::remove_pointer_t<decltype(t)>>(o, begin, end, dgate, scratch); });
}

void residual_add(const float* x, const void* branch, Element type, float* y, int64_t count) {
  with_type(type, [&](auto* t) {
    auto from = static_cast<decltype(t)>(const_cast<void*>(branch));
#pragma omp simd
    for (int64_t i = 0; i < count; i++) y[i] = x[i] + load(from + i);
  });
}

void add_into(float* __restrict target, const float* __restrict source, int64_t count) {
  for (int64_t i = 0; i < count; i++) target[i] += source[i];
}

}  // namespace ss::SS_LEVEL
