// Layer normalization, alone or with a shift and scale for each group of tokens.
#include <ATen/ops/gather.h>
#include <ATen/ops/layer_norm.h>

#include "fused.h"

namespace ss {

void check_rows(const char* name, const at::Tensor& x, const at::Tensor& table, const at::Tensor& group) {
  TORCH_CHECK(x.dim() == 3 && table.dim() == 3, name, ": tokens and their modulation have 3 dimensions, not ", x.sizes(), " and ", table.sizes());
  TORCH_CHECK(table.size(0) == x.size(0) && table.size(2) == x.size(2), name, ": modulation ", table.sizes(), " does not fit tokens ", x.sizes());
  if (group.defined()) {
    TORCH_CHECK(group.dim() == 2 && group.size(0) == x.size(0) && group.size(1) == x.size(1), name, ": group ", group.sizes(), " does not fit tokens ", x.sizes());
    if (group.device().is_cpu() && group.is_contiguous()) {
      auto g = group.data_ptr<int64_t>();
      for (int64_t k = 0; k < group.numel(); k++)
        TORCH_CHECK(g[k] >= 0 && g[k] < table.size(1), name, ": token ", k, " has group ", g[k], "; there are ", table.size(1));
    }
  } else {
    TORCH_CHECK(table.size(1) == 1 || table.size(1) == x.size(1), name, ": without groups the modulation has 1 row or ", x.size(1), ", not ", table.size(1));
  }
}

Rows rows_of(const at::Tensor& x, const at::Tensor& table, const at::Tensor& group) {
  return {x.size(1) > 0 ? x.size(1) : 1, table.size(1), group.defined() ? group.data_ptr<int64_t>() : nullptr};
}

at::Tensor checked_group(const c10::optional<at::Tensor>& group) {
  if (!group.has_value() || !group->defined()) return at::Tensor();
  TORCH_CHECK(group->scalar_type() == at::kLong, "group must be int64, not ", group->scalar_type());
  return group->contiguous();
}

/// The row of every token, [batch, tokens, width] or broadcastable to it.
at::Tensor composite_rows(const at::Tensor& table, const at::Tensor& group) {
  if (!group.defined()) return table;
  return table.gather(1, group.unsqueeze(-1).expand({-1, -1, table.size(2)}));
}

namespace {

struct Statistics {
  at::Tensor mean, inverse_std;
};

Statistics normalize(NormForward o, const at::Tensor& x, const at::Tensor& y, bool save) {
  const int64_t width = x.size(-1), rows = width > 0 ? x.numel() / width : 0;
  Statistics saved;
  if (save) {
    saved.mean = at::empty({rows}, at::kFloat);
    saved.inverse_std = at::empty({rows}, at::kFloat);
  }
  o.x = x.data_ptr();
  o.x_type = element(x);
  o.y = y.data_ptr();
  o.y_type = element(y);
  o.mean = floats(saved.mean);
  o.inverse_std = floats(saved.inverse_std);
  o.width = width;
  const Scratch scratch(4 * width);
  at::parallel_for(0, rows, row_grain(width), [&](int64_t begin, int64_t end) {
    kernels().norm_forward(o, begin, end, scratch.mine());
  });
  return saved;
}

struct NormGradients {
  at::Tensor x, scale, shift;  // scale and shift: [batch, groups, width] fp32
};

// Tokens [batch, tokens] that each have a row of a table [batch, groups]; disjoint when every token has its own.
NormGradients denormalize(NormBackward o, const at::Tensor& gradient, const at::Tensor& x, int64_t batch, bool need_scale, bool need_shift) {
  const int64_t width = x.size(-1), tokens = o.rows.tokens;
  NormGradients result;
  result.x = at::empty_like(x);
  o.gradient = gradient.data_ptr();
  o.gradient_type = element(gradient);
  o.x = x.data_ptr();
  o.x_type = element(x);
  o.dx = result.x.data_ptr();
  o.width = width;
  const bool own_rows = o.rows.group == nullptr && o.rows.groups == tokens;
  const int64_t parts = own_rows ? 1 : part_count(batch, tokens), each = o.rows.groups * width;
  if (need_scale) result.scale = at::zeros({batch, parts, o.rows.groups, width}, at::kFloat);
  if (need_shift) result.shift = at::zeros({batch, parts, o.rows.groups, width}, at::kFloat);
  float *dscale = floats(result.scale), *dshift = floats(result.shift);
  const Scratch scratch(4 * width);
  sum_in_parts(batch, tokens, parts, [&](int64_t begin, int64_t end, int64_t item) {
    kernels().norm_backward(o, begin, end, need_scale ? dscale + item * each : nullptr, need_shift ? dshift + item * each : nullptr, scratch.mine());
  });
  if (need_scale) result.scale = add_parts(result.scale, batch, parts).reshape({batch, o.rows.groups, width});
  if (need_shift) result.shift = add_parts(result.shift, batch, parts).reshape({batch, o.rows.groups, width});
  return result;
}

Table vector_table(const at::Tensor& t) {
  return t.defined() ? Table{t.data_ptr(), element(t), 0, 0} : Table{};
}

struct LayerNorm : torch::autograd::Function<LayerNorm> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const Optional& weight, const Optional& bias, double eps, at::ScalarType type) {
    auto x = input.contiguous();
    auto y = at::empty(x.sizes(), x.options().dtype(type));
    const auto w = weight ? weight->contiguous() : at::Tensor(), b = bias ? bias->contiguous() : at::Tensor();
    NormForward o{};
    o.eps = static_cast<float>(eps);
    o.scale = vector_table(w);
    o.shift = vector_table(b);
    o.rows.tokens = x.numel() + 1;
    const auto saved = normalize(o, x, y, context != nullptr);
    if (context == nullptr) return y;
    context->save_for_backward({x, w, saved.mean, saved.inverse_std});
    context->saved_data["bias"] = bias ? static_cast<int64_t>(bias->scalar_type()) : int64_t{-1};
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("layer_norm");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &w = saved[1];
    const int64_t width = x.size(-1), rows = width > 0 ? x.numel() / width : 0, bias = context->saved_data["bias"].toInt();
    NormBackward o{};
    o.scale = vector_table(w);
    o.mean = floats(saved[2]);
    o.inverse_std = floats(saved[3]);
    o.rows.tokens = rows;
    auto found = denormalize(o, gradients[0].contiguous(), x, 1, w.defined(), bias >= 0);
    if (found.scale.defined()) found.scale = found.scale.reshape({width}).to(w.scalar_type());
    if (found.shift.defined()) found.shift = found.shift.reshape({width}).to(static_cast<at::ScalarType>(bias));
    return {found.x, found.scale, found.shift, at::Tensor(), at::Tensor()};
  }
};

struct NormModulate : torch::autograd::Function<NormModulate> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& shift, const at::Tensor& scale, const Optional& groups, double eps, at::ScalarType type) {
    const auto group = or_undefined(groups);
    auto x = input.contiguous();
    auto y = at::empty(x.sizes(), x.options().dtype(type));
    const auto a = table_of(scale), b = table_of(shift);
    NormForward o{};
    o.eps = static_cast<float>(eps);
    o.scale = a.table;
    o.shift = b.table;
    o.scale_offset = 1;
    o.rows = rows_of(x, scale, group);
    const auto saved = normalize(o, x, y, context != nullptr);
    if (context == nullptr) return y;
    context->save_for_backward({x, scale, group, saved.mean, saved.inverse_std});
    context->saved_data["shift"] = static_cast<int64_t>(shift.scalar_type());
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("norm_modulate");
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &scale = saved[1], &group = saved[2];
    const auto table = table_of(scale);
    NormBackward o{};
    o.scale = table.table;
    o.scale_offset = 1;
    o.mean = floats(saved[3]);
    o.inverse_std = floats(saved[4]);
    o.rows = rows_of(x, scale, group);
    const auto found = denormalize(o, gradients[0].contiguous(), x, x.size(0), context->needs_input_grad(2), context->needs_input_grad(1));
    variable_list result(6);
    result[0] = found.x;
    if (found.shift.defined()) result[1] = found.shift.to(static_cast<at::ScalarType>(context->saved_data["shift"].toInt()));
    if (found.scale.defined()) result[2] = found.scale.to(scale.scalar_type());
    return result;
  }
};

at::Tensor layer_norm(const at::Tensor& x, const c10::optional<at::Tensor>& weight, const c10::optional<at::Tensor>& bias, double eps, at::ScalarType type) {
  const auto w = or_undefined(weight), b = or_undefined(bias);
  const int64_t width = x.dim() > 0 ? x.size(-1) : 0;
  TORCH_CHECK(width > 0, "layer_norm: the last dimension of ", x.sizes(), " is empty");
  TORCH_CHECK(!w.defined() || w.numel() == width, "layer_norm: weight ", w.sizes(), " does not fit tokens ", x.sizes());
  TORCH_CHECK(!b.defined() || b.numel() == width, "layer_norm: bias ", b.sizes(), " does not fit tokens ", x.sizes());
  const bool fast = is_fast(x) && is_fast_type(type) && (!w.defined() || is_fast(w)) && (!b.defined() || is_fast(b));
  if (!fast) {
    const auto wide = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const auto cast = [&](const at::Tensor& t) { return t.defined() ? c10::optional<at::Tensor>(t.to(wide)) : c10::nullopt; };
    return at::layer_norm(x.to(wide), {width}, cast(w), cast(b), eps).to(type);
  }
  return records({x, w, b}) ? LayerNorm::apply(x, or_none(w), or_none(b), eps, type) : LayerNorm::forward(nullptr, x, or_none(w), or_none(b), eps, type);
}

at::Tensor norm_modulate(const at::Tensor& x, const at::Tensor& shift, const at::Tensor& scale, const c10::optional<at::Tensor>& groups, double eps, at::ScalarType type) {
  const auto group = checked_group(groups);
  check_rows("norm_modulate", x, shift, group);
  TORCH_CHECK(shift.sizes() == scale.sizes(), "norm_modulate: shift ", shift.sizes(), " and scale ", scale.sizes(), " differ");
  if (!is_fast(x) || !is_fast(shift) || !is_fast(scale) || !is_fast_type(type)) {
    const auto wide = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const auto normalized = at::layer_norm(x.to(wide), {x.size(2)}, c10::nullopt, c10::nullopt, eps);
    return (normalized * (composite_rows(scale, group) + 1) + composite_rows(shift, group)).to(type);
  }
  return records({x, shift, scale}) ? NormModulate::apply(x, shift, scale, or_none(group), eps, type) : NormModulate::forward(nullptr, x, shift, scale, or_none(group), eps, type);
}

}  // namespace
}  // namespace ss

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def("layer_norm(Tensor self, Tensor? weight, Tensor? bias, float eps, ScalarType dtype) -> Tensor");
  library.def("norm_modulate(Tensor self, Tensor shift, Tensor scale, Tensor? group, float eps, ScalarType dtype) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("layer_norm", ss::layer_norm);
  library.impl("norm_modulate", ss::norm_modulate);
}
