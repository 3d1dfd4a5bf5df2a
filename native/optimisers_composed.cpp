// The optimizer steps in terms of ATen operators. Slower than the fused loops, but they run wherever libtorch runs.
#include <ATen/ATen.h>
#include <torch/library.h>

#include <cmath>

#include "optimisers.h"

namespace ss::composed {

namespace {

struct Span {
  int64_t begin, count;
  at::Tensor of(const at::Tensor& arena) const { return arena.narrow(0, begin, count); }
};

Span span(Ints bounds, size_t k) { return {bounds[k], bounds[k + 1] - bounds[k]}; }

void cast(const MaybeTensor& shadow, const at::Tensor& weights, Span s) {
  if (shadow) s.of(*shadow).copy_(s.of(weights));
}

at::Tensor lamb_direction(const at::Tensor& w, const at::Tensor& m, const at::Tensor& v, double eps, double decay) {
  return (m / (v.sqrt() + eps)).add_(w, decay);
}

}  // namespace

void adamw_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, at::Tensor& second, const MaybeTensor& maximum,
            const MaybeTensor& teacher, const MaybeTensor& shadow, Ints bounds, Reals rate_scales, Reals decays, double rate, double beta1,
            double beta2, double eps, int64_t step, double gradient_scale, double teacher_momentum, bool coupled) {
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
  const double root_correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(step)));
  for (size_t k = 0; k < rate_scales.size(); k++) {
    const auto s = span(bounds, k);
    auto w = s.of(weights);
    if (rate_scales[k] >= 0) {
      const double lr = rate * rate_scales[k];
      auto g = s.of(gradients) * gradient_scale;
      if (coupled) g.add_(w, decays[k]);
      else w.mul_(1 - lr * decays[k]);
      auto m = s.of(first).mul_(beta1).add_(g, 1 - beta1);
      auto v = s.of(second).mul_(beta2).addcmul_(g, g, 1 - beta2);
      if (maximum) {
        auto peak = s.of(*maximum);
        at::maximum_out(peak, peak, v);
        v = peak;
      }
      w.addcdiv_(m, v.sqrt().div_(root_correction2).add_(eps), -lr / correction1);
    }
    if (teacher) s.of(*teacher).mul_(teacher_momentum).add_(w, 1 - teacher_momentum);
    cast(shadow, weights, s);
  }
}

void momentum_(at::Tensor& weights, const at::Tensor& gradients, const MaybeTensor& buffer, const MaybeTensor& shadow, Ints bounds,
               Reals rates, Reals decays, Reals gains, double momentum, double take, bool nesterov, double gradient_scale) {
  for (size_t k = 0; k < rates.size(); k++) {
    if (rates[k] < 0) continue;
    const auto s = span(bounds, k);
    auto w = s.of(weights);
    auto d = (s.of(gradients) * gradient_scale).add_(w, decays[k]).mul_(gains[k]);
    if (buffer) {
      auto b = s.of(*buffer).mul_(momentum).add_(d, take);
      if (nesterov) d.add_(b, momentum);
      else d = b;
    }
    w.sub_(d, rates[k]);
    cast(shadow, weights, s);
  }
}

at::Tensor lamb_moments_(at::Tensor& first, at::Tensor& second, const at::Tensor& gradients, const at::Tensor& weights, Ints bounds,
                         Reals rates, Reals decays, double beta1, double beta2, double eps, double gradient_scale) {
  auto norms = at::zeros({static_cast<int64_t>(rates.size()), 2}, weights.options().dtype(at::kDouble));
  for (size_t k = 0; k < rates.size(); k++) {
    if (rates[k] < 0) continue;
    const auto s = span(bounds, k);
    auto g = s.of(gradients) * gradient_scale;
    auto m = s.of(first).mul_(beta1).add_(g, 1 - beta1);
    auto v = s.of(second).mul_(beta2).addcmul_(g, g, 1 - beta2);
    auto row = norms.select(0, static_cast<int64_t>(k));
    row.select(0, 0).copy_(s.of(weights).norm());
    row.select(0, 1).copy_(lamb_direction(s.of(weights), m, v, eps, decays[k]).norm());
  }
  return norms;
}

void lamb_(at::Tensor& weights, const at::Tensor& first, const at::Tensor& second, const MaybeTensor& shadow, Ints bounds, Reals rates,
           Reals decays, double eps) {
  for (size_t k = 0; k < rates.size(); k++) {
    if (rates[k] < 0) continue;
    const auto s = span(bounds, k);
    auto w = s.of(weights);
    w.sub_(lamb_direction(w, s.of(first), s.of(second), eps, decays[k]), rates[k]);
    cast(shadow, weights, s);
  }
}

void sophia_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, const at::Tensor& hessian, const MaybeTensor& shadow,
             Ints bounds, Reals rates, Reals decays, double beta1, double hessian_scale, double gradient_scale) {
  for (size_t k = 0; k < rates.size(); k++) {
    if (rates[k] < 0) continue;
    const auto s = span(bounds, k);
    auto w = s.of(weights).mul_(1 - rates[k] * decays[k]);
    auto m = s.of(first).mul_(beta1).add_(s.of(gradients), (1 - beta1) * gradient_scale);
    auto ratio = (m.abs() / (s.of(hessian) * hessian_scale).add_(1e-15)).clamp_max_(1);
    w.addcmul_(m.sign(), ratio, -rates[k]);
    cast(shadow, weights, s);
  }
}

at::Tensor segment_norms(const at::Tensor& weights, const MaybeTensor& gradients, const MaybeTensor& buffer, Ints bounds, Reals decays,
                         double gradient_scale, double buffer_scale, bool maximum) {
  auto norms = at::zeros({static_cast<int64_t>(decays.size()), 2}, weights.options().dtype(at::kDouble));
  const double order = maximum ? INFINITY : 2;
  for (size_t k = 0; k < decays.size(); k++) {
    const auto s = span(bounds, k);
    if (s.count == 0) continue;
    auto w = s.of(weights);
    auto d = w * decays[k];
    if (gradients) d.add_(s.of(*gradients), gradient_scale);
    if (buffer) d.add_(s.of(*buffer), buffer_scale);
    auto row = norms.select(0, static_cast<int64_t>(k));
    row.select(0, 0).copy_(w.norm(order));
    row.select(0, 1).copy_(d.norm(order));
  }
  return norms;
}

}  // namespace ss::composed

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def(
      "adamw_(Tensor(a!) self, Tensor gradients, Tensor(b!) first, Tensor(c!) second, Tensor(d!)? maximum, Tensor(e!)? teacher, Tensor(f!)? shadow, "
      "int[] bounds, float[] rate_scales, float[] decays, float rate, float beta1, float beta2, float eps, int step, float gradient_scale, "
      "float teacher_momentum, bool coupled) -> ()");
  library.def(
      "momentum_(Tensor(a!) self, Tensor gradients, Tensor(b!)? buffer, Tensor(c!)? shadow, int[] bounds, float[] rates, float[] decays, "
      "float[] gains, float momentum, float take, bool nesterov, float gradient_scale) -> ()");
  library.def(
      "lamb_moments_(Tensor(a!) first, Tensor(b!) second, Tensor gradients, Tensor weights, int[] bounds, float[] rates, float[] decays, "
      "float beta1, float beta2, float eps, float gradient_scale) -> Tensor");
  library.def(
      "lamb_(Tensor(a!) self, Tensor first, Tensor second, Tensor(b!)? shadow, int[] bounds, float[] rates, float[] decays, float eps) -> ()");
  library.def(
      "sophia_(Tensor(a!) self, Tensor gradients, Tensor(b!) first, Tensor hessian, Tensor(c!)? shadow, int[] bounds, float[] rates, "
      "float[] decays, float beta1, float hessian_scale, float gradient_scale) -> ()");
  library.def(
      "segment_norms(Tensor self, Tensor? gradients, Tensor? buffer, int[] bounds, float[] decays, float gradient_scale, float buffer_scale, "
      "bool maximum) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeExplicitAutograd, library) {
  library.impl("adamw_", ss::composed::adamw_);
  library.impl("momentum_", ss::composed::momentum_);
  library.impl("lamb_moments_", ss::composed::lamb_moments_);
  library.impl("lamb_", ss::composed::lamb_);
  library.impl("sophia_", ss::composed::sophia_);
  library.impl("segment_norms", ss::composed::segment_norms);
}
