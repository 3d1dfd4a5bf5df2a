// What follows a matrix product: bias, activation, and their gradients.
#include <type_traits>

#include "level.h"

namespace ss::SS_LEVEL {

namespace {

/// One pass: z is stored only where it is wanted beside y.
template <Activation kind, bool keep, typename T>
void forward(T* z, const float* bias, T* y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++, z += width, y += width) {
    if (bias == nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < width; i++) store(y + i, curve<kind>(load(z + i)).value);
      continue;
    }
#pragma omp simd
    for (int64_t i = 0; i < width; i++) {
      const float sum = held<T>(load(z + i) + bias[i]);  // the slope is taken at what is stored
      if constexpr (keep) store(z + i, sum);
      store(y + i, curve<kind>(sum).value);
    }
  }
}

template <Activation kind, typename T>
void backward(const T* gradient, const T* z, T* dz, float* dbias, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; r++, gradient += width) {
    if constexpr (kind == Activation::none) {
#pragma omp simd
      for (int64_t i = 0; i < width; i++) dbias[i] += load(gradient + i);
    } else {
      if (dbias == nullptr) {
#pragma omp simd
        for (int64_t i = 0; i < width; i++) store(dz + i, load(gradient + i) * curve<kind>(load(z + i)).slope);
      } else {
#pragma omp simd
        for (int64_t i = 0; i < width; i++) {
          const float d = load(gradient + i) * curve<kind>(load(z + i)).slope;
          store(dz + i, d);
          dbias[i] += d;
        }
      }
      z += width;
      dz += width;
    }
  }
}

template <typename F>
SS_INLINE void with_kind(Activation kind, F&& body) {
  switch (kind) {
    case Activation::gelu: return body(std::integral_constant<Activation, Activation::gelu>());
    case Activation::gelu_tanh: return body(std::integral_constant<Activation, Activation::gelu_tanh>());
    case Activation::silu: return body(std::integral_constant<Activation, Activation::silu>());
    default: return body(std::integral_constant<Activation, Activation::none>());
  }
}

}  // namespace

void bias_activation(void* z, const float* bias, void* y, Element type, Activation kind, int64_t rows, int64_t width) {
  with_type(type, [&](auto* t) {
    using T = decltype(t);
    with_kind(kind, [&](auto k) {
      if (z == y) forward<decltype(k)::value, false>(static_cast<T>(z), bias, static_cast<T>(y), rows, width);
      else forward<decltype(k)::value, true>(static_cast<T>(z), bias, static_cast<T>(y), rows, width);
    });
  });
}

void activation_backward(const void* gradient, const void* z, void* dz, float* dbias, Element type, Activation kind, int64_t rows, int64_t width) {
  with_type(type, [&](auto* t) {
    using T = std::remove_pointer_t<decltype(t)>;
    with_kind(kind, [&](auto k) {
      backward<decltype(k)::value>(static_cast<const T*>(gradient), static_cast<const T*>(z), static_cast<T*>(dz), dbias, rows, width);
    });
  });
}

}  // namespace ss::SS_LEVEL
