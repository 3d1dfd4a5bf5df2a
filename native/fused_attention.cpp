// Softmax attention straight from the packed projection, without the matrix of weights ever being stored.
#include <ATen/ops/matmul.h>
#include <ATen/ops/softmax.h>

#include <limits>

#include <algorithm>

#include "fused.h"

namespace ss {
namespace {

Attention describe(const at::Tensor& qkv, int64_t heads, double scale, const at::Tensor& mask) {
  Attention o{};
  o.qkv = qkv.data_ptr();
  o.type = element(qkv);
  o.batch_stride = qkv.stride(0);
  o.token_stride = qkv.stride(1);
  o.batch = qkv.size(0);
  o.tokens = qkv.size(1);
  o.heads = heads;
  o.width = qkv.size(2) / 3 / heads;
  o.scale = static_cast<float>(scale);
  o.chunks = 1;
  if (mask.defined()) {
    o.mask = mask.scalar_type() == at::kBool ? Mask::allow : Mask::add;
    o.mask_data = mask.data_ptr();
    o.mask_batch = mask.stride(0);
    o.mask_head = mask.stride(1);
    o.mask_row = mask.stride(2);
  }
  return o;
}

struct SelfAttention : torch::autograd::Function<SelfAttention> {
  /// mask: [batch, heads, tokens, tokens] with zero strides where it is shared, bool or fp32, or undefined.
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, int64_t heads, double scale, const Optional& maybe_mask) {
    const auto mask = or_undefined(maybe_mask);
    const auto qkv = input.stride(2) == 1 ? input : input.contiguous();
    auto o = describe(qkv, heads, scale, mask);
    auto out = at::empty({o.batch, o.tokens, heads * o.width}, qkv.options());
    at::Tensor statistics;
    if (context != nullptr) {
      statistics = at::empty({2, o.batch, heads, o.tokens}, at::kFloat);
      o.peak = floats(statistics);
      o.inverse_sum = o.peak + o.batch * heads * o.tokens;
    }
    o.out = out.data_ptr();
    const int64_t pairs = o.batch * heads;
    if (pairs < 16 && o.tokens > 128) o.chunks = std::min((o.tokens + 63) / 64, (15 + pairs) / pairs);
    const Scratch scratch(kernels().attention_scratch(o, false));
    at::parallel_for(0, pairs * o.chunks, 1, [&](int64_t begin, int64_t end) {
      kernels().attention_forward(o, begin, end, scratch.mine());
    });
    if (context == nullptr) return out;
    context->save_for_backward({qkv, mask, statistics});
    context->saved_data["heads"] = heads;
    context->saved_data["scale"] = scale;
    return out;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("attention");
    const auto saved = context->get_saved_variables();
    const auto& qkv = saved[0];
    const auto gradient = gradients[0].contiguous();
    auto o = describe(qkv, context->saved_data["heads"].toInt(), context->saved_data["scale"].toDouble(), saved[1]);
    auto dqkv = at::empty(qkv.sizes(), qkv.options());
    o.gradient = gradient.data_ptr();
    o.dqkv = dqkv.data_ptr();
    o.peak = floats(saved[2]);
    o.inverse_sum = o.peak + o.batch * o.heads * o.tokens;
    const Scratch scratch(kernels().attention_scratch(o, true));
    at::parallel_for(0, o.batch * o.heads, 1, [&](int64_t begin, int64_t end) {
      kernels().attention_backward(o, begin, end, scratch.mine());
    });
    return {dqkv, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor composite(const at::Tensor& qkv, int64_t heads, double scale, const at::Tensor& mask) {
  const int64_t batch = qkv.size(0), tokens = qkv.size(1), model = qkv.size(2) / 3;
  const auto parts = qkv.reshape({batch, tokens, 3, heads, model / heads}).permute({2, 0, 3, 1, 4}).unbind(0);
  auto logits = at::matmul(parts[0] * scale, parts[1].transpose(-2, -1));
  logits = logits.to(qkv.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
  if (mask.defined())
    logits = mask.scalar_type() == at::kBool ? logits.masked_fill(mask.logical_not(), -std::numeric_limits<float>::max()) : logits + mask;
  const auto weights = at::softmax(logits, -1).to(qkv.scalar_type());
  return at::matmul(weights, parts[2]).transpose(1, 2).reshape({batch, tokens, model});
}

at::Tensor attention(const at::Tensor& qkv, int64_t heads, double scale, const c10::optional<at::Tensor>& maybe_mask) {
  TORCH_CHECK(qkv.dim() == 3 && heads > 0 && qkv.size(2) % (3 * heads) == 0, "attention: ", qkv.sizes(), " does not hold query, key and value of ", heads, " heads");
  auto mask = or_undefined(maybe_mask);
  const int64_t batch = qkv.size(0), tokens = qkv.size(1);
  if (mask.defined()) {
    TORCH_CHECK(mask.dim() == 4, "attention: the mask has 4 dimensions (batch, heads, tokens, tokens), not ", mask.sizes());
    TORCH_CHECK(mask.scalar_type() == at::kBool || at::isFloatingType(mask.scalar_type()), "attention: the mask is bool or floating point, not ", mask.scalar_type());
  }
  // A learned bias among the logits needs the weights' gradients stored, which is what the composite does.
  if (!is_fast(qkv) || qkv.numel() == 0 || (mask.defined() && (!mask.device().is_cpu() || mask.scalar_type() == at::kDouble || records({mask}))))
    return composite(qkv, heads, scale, mask);
  if (mask.defined()) {
    if (mask.scalar_type() != at::kBool) mask = mask.to(at::kFloat);
    if (mask.stride(3) != 1 || mask.size(3) != tokens) mask = mask.expand({mask.size(0), mask.size(1), mask.size(2), tokens}).contiguous();
    mask = mask.detach().expand({batch, heads, tokens, tokens});
  }
  return records({qkv}) ? SelfAttention::apply(qkv, heads, scale, or_none(mask)) : SelfAttention::forward(nullptr, qkv, heads, scale, or_none(mask));
}

}  // namespace
}  // namespace ss

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def("attention(Tensor self, int heads, float scale, Tensor? mask) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("attention", ss::attention);
}
