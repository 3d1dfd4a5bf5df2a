// Shared by the fused operators: what they need of libtorch, and when the fast path applies.
#pragma once
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <initializer_list>

#include "kernels.h"

namespace ss {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

inline bool is_fast_type(at::ScalarType type) { return type == at::kFloat || type == at::kBFloat16; }
inline bool is_fast(const at::Tensor& t) { return fused_enabled() && t.device().is_cpu() && t.layout() == at::kStrided && is_fast_type(t.scalar_type()); }
inline Element element(const at::Tensor& t) { return t.scalar_type() == at::kBFloat16 ? Element::bfloat16 : Element::float32; }

inline bool records(std::initializer_list<at::Tensor> inputs) {
  if (!at::GradMode::is_enabled()) return false;
  for (const auto& t : inputs)
    if (t.defined() && t.requires_grad()) return true;
  return false;
}

/// Kernels give first derivatives only; asking for more must fail, not return constants.
inline void require_first_order(const char* name) {
  TORCH_CHECK(!at::GradMode::is_enabled(), "selfsame::", name, " has no second derivative; build this part of the graph from plain operators");
}

using Optional = c10::optional<at::Tensor>;  // what autograd functions take where a tensor may be missing

inline at::Tensor or_undefined(const Optional& t) { return t.has_value() ? *t : at::Tensor(); }
inline Optional or_none(const at::Tensor& t) { return t.defined() ? Optional(t) : c10::nullopt; }

inline float* floats(const at::Tensor& t) { return t.defined() ? t.data_ptr<float>() : nullptr; }

/// Working memory for the threads of a parallel region. It is taken before the region starts:
/// what a step needs then does not depend on which threads happen to work at the same moment.
class Scratch {
 public:
  explicit Scratch(int64_t floats) : each_((floats + 15) / 16 * 16), all_(at::empty({each_ * at::get_num_threads() + 1}, at::kFloat)), data_(all_.data_ptr<float>()) {}

  /// The part of the thread that asks.
  float* mine() const { return data_ + at::get_thread_num() * each_; }

 private:
  int64_t each_;  // whole cache lines
  at::Tensor all_;
  float* data_;
};

/// Rows that keep a thread busy for some microseconds.
inline int64_t row_grain(int64_t width) { return width >= 16384 ? 1 : 16384 / (width > 0 ? width : 1); }

/// Sums over tokens run in a number of parts that depends on the shape alone, so that the thread count can't change a bit.
inline int64_t part_count(int64_t batch, int64_t tokens) {
  const int64_t by_size = tokens / 64, by_batch = 32 / (batch > 0 ? batch : 1);
  const int64_t parts = by_size < by_batch ? by_size : by_batch;
  return parts < 1 ? 1 : parts;
}

/// Runs body(first token, last token, sums of the part) and adds the parts up in order.
/// sums: [batch, parts, per_batch] zeros; afterwards part 0 has the totals.
template <typename F>
void sum_in_parts(int64_t batch, int64_t tokens, int64_t parts, F&& body) {
  at::parallel_for(0, batch * parts, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; item++) {
      const int64_t b = item / parts, p = item % parts;
      body(b * tokens + tokens * p / parts, b * tokens + tokens * (p + 1) / parts, item);
    }
  });
}

inline at::Tensor add_parts(const at::Tensor& sums, int64_t batch, int64_t parts) {
  if (parts == 1) return sums;
  const int64_t each = sums.numel() / (batch * parts);
  float* data = sums.data_ptr<float>();
  at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; b++)
      for (int64_t p = 1; p < parts; p++) kernels().add_into(data + b * parts * each, data + (b * parts + p) * each, each);
  });
  return sums.select(1, 0);
}

/// A table [batch, groups, width] of shift, scale or gate rows, checked against tokens [batch, tokens, width].
struct TableInput {
  at::Tensor held;  // what the pointer looks into
  Table table;
};

inline TableInput table_of(const at::Tensor& t) {
  at::Tensor held = t.detach();
  if (held.stride(-1) != 1) held = held.contiguous();
  return {held, {held.data_ptr(), element(held), held.size(0) == 1 ? 0 : held.stride(0), held.stride(1)}};
}

void check_rows(const char* name, const at::Tensor& x, const at::Tensor& table, const at::Tensor& group);
Rows rows_of(const at::Tensor& x, const at::Tensor& table, const at::Tensor& group);
at::Tensor checked_group(const c10::optional<at::Tensor>& group);
at::Tensor composite_rows(const at::Tensor& table, const at::Tensor& group);

}  // namespace ss
