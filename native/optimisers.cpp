// The optimizer steps as single passes over a float32 arena on the CPU; the bf16 copy of a block is made while the block is in cache.
#include "optimisers.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <torch/library.h>

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "lanes.h"

namespace ss {

namespace {

// Work is cut at fixed places, whatever the number of threads, so sums and rounding do not depend on it.
constexpr int64_t kBlock = 16384;

struct Block {
  size_t segment;
  int64_t begin, end;
  int64_t count() const { return end - begin; }
};

std::vector<Block> cut(Ints bounds, Reals rates, int64_t size, bool with_frozen = false) {
  TORCH_CHECK(bounds.size() == rates.size() + 1, "a segment lacks its bound or rate");
  TORCH_CHECK(bounds.front() >= 0 && bounds.back() <= size, "a segment lies outside the arena");
  std::vector<Block> blocks;
  blocks.reserve(static_cast<size_t>(size / kBlock) + 2 * rates.size());
  for (size_t k = 0; k < rates.size(); k++) {
    TORCH_CHECK(bounds[k] <= bounds[k + 1], "segment bounds must rise");
    if (rates[k] < 0 && !with_frozen) continue;
    for (auto begin = bounds[k]; begin < bounds[k + 1]; begin += kBlock) blocks.push_back({k, begin, std::min(begin + kBlock, bounds[k + 1])});
  }
  return blocks;
}

template <typename F>
void each(const std::vector<Block>& blocks, F&& body) {
  at::parallel_for(0, static_cast<int64_t>(blocks.size()), kGrain / kBlock, [&](int64_t begin, int64_t end) {
    for (auto i = begin; i < end; i++) body(static_cast<size_t>(i), blocks[static_cast<size_t>(i)]);
  });
}

bool fused(const at::Tensor& arena) { return arena.scalar_type() == at::kFloat; }

float* data(const at::Tensor& tensor, int64_t size) {
  TORCH_CHECK(tensor.is_contiguous() && tensor.scalar_type() == at::kFloat && tensor.numel() == size,
              "gradients and state must be contiguous float32 of the arena's ", size, " elements");
  return tensor.data_ptr<float>();
}

float* data(const MaybeTensor& tensor, int64_t size) { return tensor ? data(*tensor, size) : nullptr; }

struct Shadow {
  uint16_t* target;
  Shadow(const MaybeTensor& tensor, int64_t size) : target(tensor ? reinterpret_cast<uint16_t*>(tensor->data_ptr<at::BFloat16>()) : nullptr) {
    TORCH_CHECK(!tensor || (tensor->is_contiguous() && tensor->numel() == size), "the bfloat16 copy does not fit the arena");
  }
  void take(const float* weights, Block b) const {
    if (target != nullptr) copy_bfloat16(target + b.begin, weights + b.begin, b.count());
  }
};

// An average that keeps a share of itself. What it takes is rounded from double: 1 - 0.999f is off by a hundred-thousandth.
struct Average {
  float keep, take;
  explicit Average(double beta) : keep(static_cast<float>(beta)), take(static_cast<float>(1 - beta)) {}
};

struct AdamW {
  Average first, second;
  float eps, gradient_scale, step_size, inverse_root_correction2, keep, pull;
};

SS_CLONES void adamw(float* __restrict w, const float* __restrict g, float* __restrict m, float* __restrict v, int64_t n, AdamW o) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] * o.gradient_scale + o.pull * w[i];
    const float mi = o.first.keep * m[i] + o.first.take * gradient;
    const float vi = o.second.keep * v[i] + o.second.take * gradient * gradient;
    m[i] = mi;
    v[i] = vi;
    w[i] = w[i] * o.keep - o.step_size * mi / (std::sqrt(vi) * o.inverse_root_correction2 + o.eps);
  }
}

SS_CLONES void adamw_maximum(float* __restrict w, const float* __restrict g, float* __restrict m, float* __restrict v,
                             float* __restrict peak, int64_t n, AdamW o) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] * o.gradient_scale + o.pull * w[i];
    const float mi = o.first.keep * m[i] + o.first.take * gradient;
    const float vi = o.second.keep * v[i] + o.second.take * gradient * gradient;
    const float pi = peak[i] > vi ? peak[i] : vi;
    m[i] = mi;
    v[i] = vi;
    peak[i] = pi;
    w[i] = w[i] * o.keep - o.step_size * mi / (std::sqrt(pi) * o.inverse_root_correction2 + o.eps);
  }
}

struct Momentum {
  float gradient_scale, decay, gain, rate, momentum, take;
};

SS_CLONES void descend(float* __restrict w, const float* __restrict g, int64_t n, Momentum o) {
  for (int64_t i = 0; i < n; i++) w[i] -= o.rate * (o.gain * (o.gradient_scale * g[i] + o.decay * w[i]));
}

SS_CLONES void descend_momentum(float* __restrict w, const float* __restrict g, float* __restrict b, int64_t n, Momentum o) {
  for (int64_t i = 0; i < n; i++) {
    const float bi = o.momentum * b[i] + o.take * (o.gain * (o.gradient_scale * g[i] + o.decay * w[i]));
    b[i] = bi;
    w[i] -= o.rate * bi;
  }
}

SS_CLONES void descend_nesterov(float* __restrict w, const float* __restrict g, float* __restrict b, int64_t n, Momentum o) {
  for (int64_t i = 0; i < n; i++) {
    const float d = o.gain * (o.gradient_scale * g[i] + o.decay * w[i]);
    const float bi = o.momentum * b[i] + o.take * d;
    b[i] = bi;
    w[i] -= o.rate * (d + o.momentum * bi);
  }
}

struct Sophia {
  Average first;
  float gradient_scale, hessian_scale, keep, rate;
};

SS_CLONES void sophia(float* __restrict w, const float* __restrict g, float* __restrict m, const float* __restrict h, int64_t n, Sophia o) {
  for (int64_t i = 0; i < n; i++) {
    const float mi = o.first.keep * m[i] + o.first.take * (o.gradient_scale * g[i]);
    m[i] = mi;
    const float ratio = std::fabs(mi) / (o.hessian_scale * h[i] + 1e-15f);
    w[i] = w[i] * o.keep - o.rate * std::copysign(ratio > 1 ? 1.0f : ratio, mi);  // NaN stays NaN
  }
}

struct Lamb {
  Average first, second;
  float gradient_scale, eps, decay, rate;
};

SS_CLONES void lamb_advance(const float* __restrict g, float* __restrict m, float* __restrict v, int64_t n, Lamb o) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = o.gradient_scale * g[i];
    m[i] = o.first.keep * m[i] + o.first.take * gradient;
    v[i] = o.second.keep * v[i] + o.second.take * gradient * gradient;
  }
}

SS_CLONES void lamb_direction(float* __restrict u, const float* __restrict w, const float* __restrict m, const float* __restrict v, int64_t n, Lamb o) {
  for (int64_t i = 0; i < n; i++) u[i] = m[i] / (std::sqrt(v[i]) + o.eps) + o.decay * w[i];
}

SS_CLONES void lamb_step(float* __restrict w, const float* __restrict m, const float* __restrict v, int64_t n, Lamb o) {
  for (int64_t i = 0; i < n; i++) w[i] -= o.rate * (m[i] / (std::sqrt(v[i]) + o.eps) + o.decay * w[i]);
}

// target = weight_scale * w (+ gradient_scale * g) (+ buffer_scale * b); absent ones are null.
SS_CLONES void blend(float* __restrict target, const float* __restrict w, float weight_scale, const float* __restrict g, float gradient_scale,
                     const float* __restrict b, float buffer_scale, int64_t n) {
  for (int64_t i = 0; i < n; i++) target[i] = weight_scale * w[i];
  if (g != nullptr)
    for (int64_t i = 0; i < n; i++) target[i] += gradient_scale * g[i];
  if (b != nullptr)
    for (int64_t i = 0; i < n; i++) target[i] += buffer_scale * b[i];
}

// Sixteen sums in double: wide enough for any instruction set, and the same order of addition in all of them.
SS_CLONES double sum_of_squares(const float* __restrict x, int64_t n) {
  double sums[16] = {};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int64_t j = 0; j < 16; j++) {
      const double value = x[i + j];
      sums[j] += value * value;
    }
  for (int64_t j = 0; i + j < n; j++) {
    const double value = x[i + j];
    sums[j] += value * value;
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

// Magnitudes compare like their bits, and there NaN is above infinity, so it is not lost as in a comparison of floats.
SS_CLONES double largest(const float* __restrict x, int64_t n) {
  uint32_t top = 0;
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits;
    std::memcpy(&bits, x + i, sizeof bits);
    bits &= 0x7fffffff;
    top = bits > top ? bits : top;
  }
  float value;
  std::memcpy(&value, &top, sizeof value);
  return value;
}

using Pair = std::array<double, 2>;

at::Tensor gather(const std::vector<Block>& blocks, const std::vector<Pair>& parts, size_t segments, bool maximum) {
  auto norms = at::empty({static_cast<int64_t>(segments), 2}, at::kDouble);
  auto out = norms.data_ptr<double>();
  std::fill(out, out + 2 * segments, 0.0);
  for (size_t i = 0; i < blocks.size(); i++)
    for (size_t c = 0; c < 2; c++) {
      auto& to = out[2 * blocks[i].segment + c];
      if (!maximum) to += parts[i][c];
      else if (parts[i][c] > to || std::isnan(parts[i][c])) to = parts[i][c];
    }
  if (!maximum)
    for (size_t i = 0; i < 2 * segments; i++) out[i] = std::sqrt(out[i]);
  return norms;
}

void adamw_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, at::Tensor& second, const MaybeTensor& maximum,
            const MaybeTensor& teacher, const MaybeTensor& shadow, Ints bounds, Reals rate_scales, Reals decays, double rate, double beta1,
            double beta2, double eps, int64_t step, double gradient_scale, double teacher_momentum, bool coupled) {
  if (!fused(weights))
    return composed::adamw_(weights, gradients, first, second, maximum, teacher, shadow, bounds, rate_scales, decays, rate, beta1, beta2, eps,
                            step, gradient_scale, teacher_momentum, coupled);
  const auto n = weights.numel();
  const auto w = data(weights, n), g = data(gradients, n), m = data(first, n), v = data(second, n), peak = data(maximum, n), t = data(teacher, n);
  const Shadow s(shadow, n);
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
  const double root_correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(step)));
  each(cut(bounds, rate_scales, n, t != nullptr), [&](size_t, Block b) {
    if (rate_scales[b.segment] >= 0) {
      const double lr = rate * rate_scales[b.segment], decay = decays[b.segment];
      const AdamW o{Average(beta1), Average(beta2), static_cast<float>(eps), static_cast<float>(gradient_scale),
                    static_cast<float>(lr / correction1), static_cast<float>(1 / root_correction2),
                    coupled ? 1.0f : static_cast<float>(1 - lr * decay), coupled ? static_cast<float>(decay) : 0.0f};
      if (peak == nullptr) adamw(w + b.begin, g + b.begin, m + b.begin, v + b.begin, b.count(), o);
      else adamw_maximum(w + b.begin, g + b.begin, m + b.begin, v + b.begin, peak + b.begin, b.count(), o);
    }
    if (t != nullptr) average(t + b.begin, w + b.begin, b.count(), static_cast<float>(teacher_momentum), static_cast<float>(1 - teacher_momentum));
    s.take(w, b);
  });
}

void momentum_(at::Tensor& weights, const at::Tensor& gradients, const MaybeTensor& buffer, const MaybeTensor& shadow, Ints bounds,
               Reals rates, Reals decays, Reals gains, double momentum, double take, bool nesterov, double gradient_scale) {
  if (!fused(weights))
    return composed::momentum_(weights, gradients, buffer, shadow, bounds, rates, decays, gains, momentum, take, nesterov, gradient_scale);
  const auto n = weights.numel();
  const auto w = data(weights, n), g = data(gradients, n), mu = data(buffer, n);
  const Shadow s(shadow, n);
  each(cut(bounds, rates, n), [&](size_t, Block b) {
    const Momentum o{static_cast<float>(gradient_scale), static_cast<float>(decays[b.segment]), static_cast<float>(gains[b.segment]),
                     static_cast<float>(rates[b.segment]), static_cast<float>(momentum), static_cast<float>(take)};
    if (mu == nullptr) descend(w + b.begin, g + b.begin, b.count(), o);
    else if (nesterov) descend_nesterov(w + b.begin, g + b.begin, mu + b.begin, b.count(), o);
    else descend_momentum(w + b.begin, g + b.begin, mu + b.begin, b.count(), o);
    s.take(w, b);
  });
}

at::Tensor lamb_moments_(at::Tensor& first, at::Tensor& second, const at::Tensor& gradients, const at::Tensor& weights, Ints bounds,
                         Reals rates, Reals decays, double beta1, double beta2, double eps, double gradient_scale) {
  if (!fused(weights)) return composed::lamb_moments_(first, second, gradients, weights, bounds, rates, decays, beta1, beta2, eps, gradient_scale);
  const auto n = weights.numel();
  const auto w = data(weights, n), g = data(gradients, n), m = data(first, n), v = data(second, n);
  const auto blocks = cut(bounds, rates, n);
  std::vector<Pair> parts(blocks.size());
  each(blocks, [&](size_t i, Block b) {
    const Lamb o{Average(beta1), Average(beta2), static_cast<float>(gradient_scale), static_cast<float>(eps), static_cast<float>(decays[b.segment]), 0};
    std::array<float, kBlock> direction;
    lamb_advance(g + b.begin, m + b.begin, v + b.begin, b.count(), o);
    lamb_direction(direction.data(), w + b.begin, m + b.begin, v + b.begin, b.count(), o);
    parts[i] = {sum_of_squares(w + b.begin, b.count()), sum_of_squares(direction.data(), b.count())};
  });
  return gather(blocks, parts, rates.size(), false);
}

void lamb_(at::Tensor& weights, const at::Tensor& first, const at::Tensor& second, const MaybeTensor& shadow, Ints bounds, Reals rates,
           Reals decays, double eps) {
  if (!fused(weights)) return composed::lamb_(weights, first, second, shadow, bounds, rates, decays, eps);
  const auto n = weights.numel();
  const auto w = data(weights, n), m = data(first, n), v = data(second, n);
  const Shadow s(shadow, n);
  each(cut(bounds, rates, n), [&](size_t, Block b) {
    const Lamb o{Average(0), Average(0), 1, static_cast<float>(eps), static_cast<float>(decays[b.segment]), static_cast<float>(rates[b.segment])};
    lamb_step(w + b.begin, m + b.begin, v + b.begin, b.count(), o);
    s.take(w, b);
  });
}

void sophia_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, const at::Tensor& hessian, const MaybeTensor& shadow,
             Ints bounds, Reals rates, Reals decays, double beta1, double hessian_scale, double gradient_scale) {
  if (!fused(weights))
    return composed::sophia_(weights, gradients, first, hessian, shadow, bounds, rates, decays, beta1, hessian_scale, gradient_scale);
  const auto n = weights.numel();
  const auto w = data(weights, n), g = data(gradients, n), m = data(first, n), h = data(hessian, n);
  const Shadow s(shadow, n);
  each(cut(bounds, rates, n), [&](size_t, Block b) {
    const double rate = rates[b.segment];
    const Sophia o{Average(beta1), static_cast<float>(gradient_scale), static_cast<float>(hessian_scale),
                   static_cast<float>(1 - rate * decays[b.segment]), static_cast<float>(rate)};
    sophia(w + b.begin, g + b.begin, m + b.begin, h + b.begin, b.count(), o);
    s.take(w, b);
  });
}

// Per segment: the norm of the weights, and that of decay * weights + gradient_scale * gradients + buffer_scale * buffer.
at::Tensor segment_norms(const at::Tensor& weights, const MaybeTensor& gradients, const MaybeTensor& buffer, Ints bounds, Reals decays,
                         double gradient_scale, double buffer_scale, bool maximum) {
  if (!fused(weights)) return composed::segment_norms(weights, gradients, buffer, bounds, decays, gradient_scale, buffer_scale, maximum);
  const auto n = weights.numel();
  const auto w = data(weights, n), g = data(gradients, n), mu = data(buffer, n);
  const auto blocks = cut(bounds, decays, n, true);
  const auto norm = maximum ? largest : sum_of_squares;
  std::vector<Pair> parts(blocks.size());
  each(blocks, [&](size_t i, Block b) {
    const auto first = norm(w + b.begin, b.count());
    if (g == nullptr && mu == nullptr) {
      parts[i] = {first, first};
      return;
    }
    std::array<float, kBlock> mixed;
    blend(mixed.data(), w + b.begin, static_cast<float>(decays[b.segment]), g == nullptr ? nullptr : g + b.begin, static_cast<float>(gradient_scale),
          mu == nullptr ? nullptr : mu + b.begin, static_cast<float>(buffer_scale), b.count());
    parts[i] = {first, norm(mixed.data(), b.count())};
  });
  return gather(blocks, parts, decays.size(), maximum);
}

}  // namespace
}  // namespace ss

TORCH_LIBRARY_IMPL(selfsame, CPU, library) {
  library.impl("adamw_", ss::adamw_);
  library.impl("momentum_", ss::momentum_);
  library.impl("lamb_moments_", ss::lamb_moments_);
  library.impl("lamb_", ss::lamb_);
  library.impl("sophia_", ss::sophia_);
  library.impl("segment_norms", ss::segment_norms);
}
