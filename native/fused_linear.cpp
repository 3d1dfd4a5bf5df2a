// A linear layer with its bias and activation in one pass behind the matrix product, in fp32 or bf16.
#include <ATen/autocast_mode.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/silu.h>

#include <string>

#include "fused.h"
#include "matrices.h"

namespace ss {
namespace {

Activation parse(c10::string_view name) {
  if (name == "none") return Activation::none;
  if (name == "gelu") return Activation::gelu;
  if (name == "gelu_tanh") return Activation::gelu_tanh;
  if (name == "silu") return Activation::silu;
  TORCH_CHECK(false, "linear: activation ", std::string(name.data(), name.size()), " is not one of none, gelu, gelu_tanh, silu");
}

at::Tensor composite(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, Activation kind) {
  const auto z = at::linear(x, weight, bias.defined() ? c10::optional<at::Tensor>(bias) : c10::nullopt);
  switch (kind) {
    case Activation::gelu: return at::gelu(z, "none");
    case Activation::gelu_tanh: return at::gelu(z, "tanh");
    case Activation::silu: return at::silu(z);
    default: return z;
  }
}

void epilogue(const at::Tensor& z, const at::Tensor& bias, const at::Tensor& y, Activation kind) {
  const int64_t rows = z.size(0), width = z.size(1), step = width * z.element_size();
  const auto b = bias.defined() ? bias.to(at::kFloat).contiguous() : bias;
  auto from = static_cast<char*>(z.data_ptr()), to = static_cast<char*>(y.data_ptr());
  at::parallel_for(0, rows, row_grain(width), [&](int64_t begin, int64_t end) {
    kernels().bias_activation(from + begin * step, floats(b), to + begin * step, element(z), kind, end - begin, width);
  });
}

struct Linear : torch::autograd::Function<Linear> {
  /// low: weight in the type to compute in; the gradient goes to weight.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& weight, const Optional& maybe_bias, const at::Tensor& low, int64_t activation) {
    const auto bias = or_undefined(maybe_bias);
    c10::impl::ExcludeDispatchKeyGuard plain(c10::autocast_dispatch_keyset);  // the types are chosen already
    const auto kind = static_cast<Activation>(activation);
    const auto x = input.reshape({-1, input.size(-1)}).to(low.scalar_type());
    auto z = product(x, low.t());
    const bool keep = context != nullptr && kind != Activation::none;
    auto y = keep ? at::empty_like(z) : z;
    if (kind != Activation::none || bias.defined()) epilogue(z, bias, y, kind);
    if (context != nullptr) {
      context->save_for_backward({weight.requires_grad() ? x : at::Tensor(), input.requires_grad() ? low : at::Tensor(), keep ? z : at::Tensor()});
      context->saved_data["activation"] = activation;
      context->saved_data["input_type"] = static_cast<int64_t>(input.scalar_type());
      context->saved_data["weight_type"] = static_cast<int64_t>(weight.scalar_type());
      context->saved_data["bias_type"] = bias.defined() ? static_cast<int64_t>(bias.scalar_type()) : int64_t{-1};
      context->saved_data["sizes"] = input.sizes().vec();
    }
    auto sizes = input.sizes().vec();
    sizes.back() = low.size(0);
    return y.view(sizes);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("linear");
    c10::impl::ExcludeDispatchKeyGuard plain(c10::autocast_dispatch_keyset);
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &low = saved[1], &z = saved[2];
    const auto kind = static_cast<Activation>(context->saved_data["activation"].toInt());
    const auto type_of = [&](const char* key) { return static_cast<at::ScalarType>(context->saved_data[key].toInt()); };
    const int64_t width = gradients[0].size(-1);
    const auto gradient = gradients[0].reshape({-1, width}).contiguous();
    const int64_t rows = gradient.size(0), step = width * gradient.element_size();
    const bool need_bias = context->saved_data["bias_type"].toInt() >= 0 && context->needs_input_grad(2);
    auto dz = kind == Activation::none ? gradient : at::empty_like(gradient);
    at::Tensor dbias;
    const int64_t parts = part_count(1, rows);
    if (need_bias) dbias = at::zeros({1, parts, width}, at::kFloat);
    if (need_bias || kind != Activation::none) {
      auto g = static_cast<const char*>(gradient.data_ptr()), from = z.defined() ? static_cast<const char*>(z.data_ptr()) : nullptr;
      auto to = static_cast<char*>(dz.data_ptr());
      sum_in_parts(1, rows, parts, [&](int64_t begin, int64_t end, int64_t item) {
        kernels().activation_backward(g + begin * step, from + begin * step, to + begin * step, need_bias ? floats(dbias) + item * width : nullptr,
                                      element(gradient), kind, end - begin, width);
      });
    }
    variable_list result(5);
    if (context->needs_input_grad(0)) result[0] = product(dz, low).view(context->saved_data["sizes"].toIntVector()).to(type_of("input_type"));
    if (context->needs_input_grad(1)) result[1] = product(dz.t(), x).to(type_of("weight_type"));
    if (need_bias) result[2] = add_parts(dbias, 1, parts).reshape({width}).to(type_of("bias_type"));
    return result;
  }
};

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const c10::optional<at::Tensor>& maybe_bias, const c10::optional<at::Tensor>& weight_low, c10::string_view activation) {
  const auto kind = parse(activation);
  const auto bias = or_undefined(maybe_bias), given = or_undefined(weight_low);
  TORCH_CHECK(x.dim() > 0 && weight.dim() == 2 && x.size(-1) == weight.size(1), "linear: weight ", weight.sizes(), " does not fit tokens ", x.sizes());
  TORCH_CHECK(!bias.defined() || (bias.dim() == 1 && bias.size(0) == weight.size(0)), "linear: bias ", bias.sizes(), " does not fit weight ", weight.sizes());
  TORCH_CHECK(!given.defined() || given.sizes() == weight.sizes(), "linear: the copy ", given.sizes(), " does not fit weight ", weight.sizes());
  const bool fast = is_fast(x) && is_fast(weight) && (!bias.defined() || is_fast(bias)) && (!given.defined() || is_fast(given)) && x.numel() > 0;
  if (!fast) {  // the copy has no history, so the cast of the weight itself is what carries the gradient
    const auto type = given.defined() ? given.scalar_type() : x.scalar_type();
    return composite(x.to(type), weight.to(type), bias.defined() ? bias.to(type) : bias, kind);
  }
  const auto low = given.defined() ? given.detach() : weight.detach().to(x.scalar_type());
  const auto code = static_cast<int64_t>(kind);
  return records({x, weight, bias}) ? Linear::apply(x, weight, or_none(bias), low, code) : Linear::forward(nullptr, x, weight, or_none(bias), low, code);
}

}  // namespace
}  // namespace ss

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def("linear(Tensor self, Tensor weight, Tensor? bias, Tensor? weight_low, str activation) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("linear", ss::linear);
}
