// The residual stream: fp32 plus a branch in lower precision, gated by rows of a table, scaled by a vector, or plain.
#include <ATen/ops/add.h>
#include <ATen/ops/gather.h>

#include "fused.h"

namespace ss {
namespace {

struct GatedAdd : torch::autograd::Function<GatedAdd> {
  // gate: [batch, groups, width]; x: [batch, tokens, width]
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& branch_input, const at::Tensor& gate, const Optional& groups) {
    const auto group = or_undefined(groups);
    const auto x = input.contiguous(), branch = branch_input.contiguous();
    auto y = at::empty_like(x);
    const auto table = table_of(gate);
    Gate o{};
    o.x = floats(x);
    o.branch = branch.data_ptr();
    o.branch_type = element(branch);
    o.y = floats(y);
    o.width = x.size(2);
    o.rows = rows_of(x, gate, group);
    o.gate = table.table;
    const Scratch scratch(o.width);
    at::parallel_for(0, x.size(0) * x.size(1), row_grain(o.width), [&](int64_t begin, int64_t end) {
      kernels().gate_forward(o, begin, end, scratch.mine());
    });
    if (context != nullptr) context->save_for_backward({branch, gate, group});
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("gated_add");
    const auto saved = context->get_saved_variables();
    const auto &branch = saved[0], &gate = saved[1], &group = saved[2];
    const auto gradient = gradients[0].contiguous();
    const auto table = table_of(gate);
    auto dbranch = at::empty_like(branch);
    Gate o{};
    o.x = floats(gradient);
    o.branch = branch.data_ptr();
    o.branch_type = element(branch);
    o.dbranch = dbranch.data_ptr();
    o.width = branch.size(2);
    o.rows = rows_of(branch, gate, group);
    o.gate = table.table;
    const int64_t batch = branch.size(0), tokens = branch.size(1);
    const bool own_rows = o.rows.group == nullptr && o.rows.groups == tokens;
    const int64_t parts = own_rows ? 1 : part_count(batch, tokens), each = o.rows.groups * o.width;
    at::Tensor dgate;
    if (context->needs_input_grad(2)) dgate = at::zeros({batch, parts, o.rows.groups, o.width}, at::kFloat);
    float* sums = floats(dgate);
    const Scratch scratch(o.width);
    sum_in_parts(batch, tokens, parts, [&](int64_t begin, int64_t end, int64_t item) {
      kernels().gate_backward(o, begin, end, sums == nullptr ? nullptr : sums + item * each, scratch.mine());
    });
    if (dgate.defined()) dgate = add_parts(dgate, batch, parts).reshape(gate.sizes()).to(gate.scalar_type());
    return {gradient, dbranch, dgate, at::Tensor()};
  }
};

struct ResidualAdd : torch::autograd::Function<ResidualAdd> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& branch_input) {
    const auto x = input.contiguous(), branch = branch_input.contiguous();
    auto y = at::empty_like(x);
    const auto type = element(branch);
    const auto step = branch.element_size();
    auto from = static_cast<const char*>(branch.data_ptr());
    auto in = floats(x), out = floats(y);
    at::parallel_for(0, x.numel(), 32768, [&](int64_t begin, int64_t end) {
      kernels().residual_add(in + begin, from + begin * step, type, out + begin, end - begin);
    });
    if (context != nullptr) context->saved_data["branch"] = static_cast<int64_t>(branch.scalar_type());
    return y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {gradients[0], gradients[0].to(static_cast<at::ScalarType>(context->saved_data["branch"].toInt()))};
  }
};

bool fast_residual(const at::Tensor& x, const at::Tensor& branch) {
  return is_fast(x) && x.scalar_type() == at::kFloat && is_fast(branch);
}

at::Tensor gated_add(const at::Tensor& x, const at::Tensor& branch, const at::Tensor& gate, const c10::optional<at::Tensor>& groups) {
  const auto group = checked_group(groups);
  check_rows("gated_add", x, gate, group);
  TORCH_CHECK(branch.sizes() == x.sizes(), "gated_add: branch ", branch.sizes(), " does not fit ", x.sizes());
  if (!fast_residual(x, branch) || !is_fast(gate)) return x + composite_rows(gate, group) * branch;
  return records({x, branch, gate}) ? GatedAdd::apply(x, branch, gate, or_none(group)) : GatedAdd::forward(nullptr, x, branch, gate, or_none(group));
}

at::Tensor scaled_add(const at::Tensor& x, const at::Tensor& branch, const at::Tensor& gamma) {
  TORCH_CHECK(branch.sizes() == x.sizes(), "scaled_add: branch ", branch.sizes(), " does not fit ", x.sizes());
  TORCH_CHECK(x.dim() > 0 && gamma.dim() == 1 && gamma.size(0) == x.size(-1), "scaled_add: gamma ", gamma.sizes(), " does not fit ", x.sizes());
  if (!fast_residual(x, branch) || !is_fast(gamma)) return x + gamma * branch;
  const int64_t width = x.size(-1);
  const auto x3 = x.reshape({1, -1, width}), branch3 = branch.reshape({1, -1, width}), gate = gamma.reshape({1, 1, width});
  const auto y = records({x, branch, gamma}) ? GatedAdd::apply(x3, branch3, gate, Optional()) : GatedAdd::forward(nullptr, x3, branch3, gate, Optional());
  return y.view(x.sizes());
}

at::Tensor residual_add(const at::Tensor& x, const at::Tensor& branch) {
  TORCH_CHECK(branch.sizes() == x.sizes(), "residual_add: branch ", branch.sizes(), " does not fit ", x.sizes());
  if (!fast_residual(x, branch)) return x + branch;
  return records({x, branch}) ? ResidualAdd::apply(x, branch) : ResidualAdd::forward(nullptr, x, branch);
}

}  // namespace
}  // namespace ss

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def("gated_add(Tensor self, Tensor branch, Tensor gate, Tensor? group) -> Tensor");
  library.def("scaled_add(Tensor self, Tensor branch, Tensor gamma) -> Tensor");
  library.def("residual_add(Tensor self, Tensor branch) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("gated_add", ss::gated_add);
  library.impl("scaled_add", ss::scaled_add);
  library.impl("residual_add", ss::residual_add);
}
