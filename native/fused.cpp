// Operators of our own, registered as selfsame::… so that they are called like any other.
#include <ATen/Parallel.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <cmath>
#include <cstring>

#include "support.h"

namespace {

// GELU whose backward hands libtorch contiguous memory: oneDNN's exact-GELU backward in 1.13 misreads strided gradients.
struct Gelu : torch::autograd::Function<Gelu> {
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, std::string approximate) {
    context->save_for_backward({x});
    context->saved_data["approximate"] = approximate;
    return at::gelu(x, approximate);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    auto x = context->get_saved_variables()[0];
    auto approximate = context->saved_data["approximate"].toStringRef();
    return {at::gelu_backward(gradients[0].contiguous(), x.contiguous(), approximate), at::Tensor()};
  }
};

at::Tensor gelu(const at::Tensor& x, c10::string_view approximate) {
  return Gelu::apply(x, std::string(approximate));
}

// The instruction set is chosen when the library is loaded, so one build serves every x86-64 machine.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SS_CLONES
#endif

// Round to nearest even, as c10::BFloat16 does for finite values; written as integers so that it vectorises.
inline uint16_t to_bfloat16(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  return static_cast<uint16_t>(value != value ? 0x7fc0 : rounded);
}

SS_CLONES void copy_bfloat16(uint16_t* __restrict target, const float* __restrict source, int64_t n) {
  for (int64_t i = 0; i < n; i++) target[i] = to_bfloat16(source[i]);
}

SS_CLONES void average(float* __restrict target, const float* __restrict source, int64_t n, float keep, float take) {
  for (int64_t i = 0; i < n; i++) target[i] = keep * target[i] + take * source[i];
}

struct AdamW {
  float beta1, beta2, eps, gradient_scale, step_size, inverse_root_correction2, keep, pull;
};

SS_CLONES void adamw(float* __restrict w, const float* __restrict g, float* __restrict m, float* __restrict v, int64_t n, AdamW o) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] * o.gradient_scale + o.pull * w[i];
    const float mi = o.beta1 * m[i] + (1 - o.beta1) * gradient;
    const float vi = o.beta2 * v[i] + (1 - o.beta2) * gradient * gradient;
    m[i] = mi;
    v[i] = vi;
    w[i] = w[i] * o.keep - o.step_size * mi / (std::sqrt(vi) * o.inverse_root_correction2 + o.eps);
  }
}

SS_CLONES void adamw_maximum(float* __restrict w, const float* __restrict g, float* __restrict m, float* __restrict v, float* __restrict peak, int64_t n, AdamW o) {
  for (int64_t i = 0; i < n; i++) {
    const float gradient = g[i] * o.gradient_scale + o.pull * w[i];
    const float mi = o.beta1 * m[i] + (1 - o.beta1) * gradient;
    const float vi = o.beta2 * v[i] + (1 - o.beta2) * gradient * gradient;
    const float pi = peak[i] > vi ? peak[i] : vi;
    m[i] = mi;
    v[i] = vi;
    peak[i] = pi;
    w[i] = w[i] * o.keep - o.step_size * mi / (std::sqrt(pi) * o.inverse_root_correction2 + o.eps);
  }
}

constexpr int64_t kGrain = 32768;  // elements a thread takes at least; below that, waking threads costs more than it saves

// One pass over an arena: AdamW (decoupled decay) or Adam (coupled), then the bf16 copy of the new weights.
// Segment s covers elements [bounds[s], bounds[s+1]) with its own rate scale and decay; a negative rate scale freezes it.
void adamw_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, at::Tensor& second,
            const c10::optional<at::Tensor>& maximum, const c10::optional<at::Tensor>& teacher, const c10::optional<at::Tensor>& shadow,
            c10::IntArrayRef bounds, c10::ArrayRef<double> rate_scales, c10::ArrayRef<double> decays, double rate, double beta1,
            double beta2, double eps, int64_t step, double gradient_scale, double teacher_momentum, bool coupled) {
  TORCH_CHECK(weights.is_contiguous() && weights.scalar_type() == at::kFloat, "the arena must be contiguous float32");
  TORCH_CHECK(bounds.size() == rate_scales.size() + 1 && decays.size() == rate_scales.size(), "a segment lacks its bound, rate or decay");
  const auto n = weights.numel();
  TORCH_CHECK(gradients.numel() == n && first.numel() == n && second.numel() == n, "the optimizer's state does not fit the arena");
  TORCH_CHECK(bounds.front() >= 0 && bounds.back() <= n, "a segment lies outside the arena");
  auto w = weights.data_ptr<float>();
  auto g = gradients.data_ptr<float>();
  auto m = first.data_ptr<float>();
  auto v = second.data_ptr<float>();
  auto peak = maximum ? maximum->data_ptr<float>() : nullptr;
  auto t = teacher ? teacher->data_ptr<float>() : nullptr;
  auto s = shadow ? reinterpret_cast<uint16_t*>(shadow->data_ptr<at::BFloat16>()) : nullptr;
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
  const double root_correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(step)));
  for (size_t k = 0; k + 1 < bounds.size(); k++) {
    const bool frozen = rate_scales[k] < 0;
    const double lr = frozen ? 0 : rate * rate_scales[k];
    AdamW o{static_cast<float>(beta1), static_cast<float>(beta2), static_cast<float>(eps), static_cast<float>(gradient_scale),
            static_cast<float>(lr / correction1), static_cast<float>(1 / root_correction2),
            coupled ? 1.0f : static_cast<float>(1 - lr * decays[k]), coupled ? static_cast<float>(decays[k]) : 0.0f};
    at::parallel_for(bounds[k], bounds[k + 1], kGrain, [&](int64_t begin, int64_t end) {
      const auto count = end - begin;
      if (!frozen) {
        if (peak == nullptr) adamw(w + begin, g + begin, m + begin, v + begin, count, o);
        else adamw_maximum(w + begin, g + begin, m + begin, v + begin, peak + begin, count, o);
      }
      if (t != nullptr) average(t + begin, w + begin, count, static_cast<float>(teacher_momentum), static_cast<float>(1 - teacher_momentum));
      if (s != nullptr) copy_bfloat16(s + begin, w + begin, count);
    });
  }
}

// teacher = momentum * teacher + (1 - momentum) * weights, and the teacher's bf16 copy.
void follow_(at::Tensor& teacher, const at::Tensor& weights, double momentum, const c10::optional<at::Tensor>& shadow) {
  TORCH_CHECK(teacher.numel() == weights.numel() && teacher.is_contiguous() && weights.is_contiguous(), "teacher and student differ in size");
  auto t = teacher.data_ptr<float>();
  auto w = weights.data_ptr<float>();
  auto s = shadow ? reinterpret_cast<uint16_t*>(shadow->data_ptr<at::BFloat16>()) : nullptr;
  at::parallel_for(0, teacher.numel(), kGrain, [&](int64_t begin, int64_t end) {
    average(t + begin, w + begin, end - begin, static_cast<float>(momentum), static_cast<float>(1 - momentum));
    if (s != nullptr) copy_bfloat16(s + begin, t + begin, end - begin);
  });
}

}  // namespace

TORCH_LIBRARY(selfsame, library) {
  library.def("gelu(Tensor self, str approximate) -> Tensor");
  library.def(
      "adamw_(Tensor(a!) self, Tensor gradients, Tensor(b!) first, Tensor(c!) second, Tensor(d!)? maximum, Tensor(e!)? teacher, Tensor(f!)? shadow, "
      "int[] bounds, float[] rate_scales, float[] decays, float rate, float beta1, float beta2, float eps, int step, float gradient_scale, "
      "float teacher_momentum, bool coupled) -> ()");
  library.def("follow_(Tensor(a!) self, Tensor weights, float momentum, Tensor(b!)? shadow) -> ()");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("gelu", gelu);
}

TORCH_LIBRARY_IMPL(selfsame, CPU, library) {
  library.impl("adamw_", adamw_);
  library.impl("follow_", follow_);
}
