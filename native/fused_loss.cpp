// Losses in one pass over their inputs: mean squared error, cosine distance, softmax cross-entropy.
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/nll_loss.h>

#include <vector>

#include <algorithm>

#include "fused.h"

namespace ss {
namespace {

constexpr int64_t kPart = 16384;  // elements in one partial sum; fixed, so that the thread count can't change a bit

template <typename F>
double sum_of_parts(int64_t count, int64_t part, F&& body) {
  std::vector<double> sums((count + part - 1) / part);
  at::parallel_for(0, static_cast<int64_t>(sums.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t k = begin; k < end; k++) sums[k] = body(k * part, std::min(part, count - k * part));
  });
  double total = 0;
  for (double s : sums) total += s;
  return total;
}

const char* at_element(const at::Tensor& t, int64_t index) { return static_cast<const char*>(t.data_ptr()) + index * t.element_size(); }
char* at_element_or_null(const at::Tensor& t, int64_t index) { return t.defined() ? static_cast<char*>(t.data_ptr()) + index * t.element_size() : nullptr; }

struct MeanSquaredError : torch::autograd::Function<MeanSquaredError> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& prediction, const at::Tensor& target) {
    const auto p = prediction.contiguous(), t = target.contiguous();
    const auto count = p.numel();
    const double total = sum_of_parts(count, kPart, [&](int64_t start, int64_t n) { return kernels().squared_error(at_element(p, start), element(p), floats(t) + start, n); });
    if (context != nullptr) context->save_for_backward({p, t});
    return at::full({}, total / count, at::kFloat);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("mean_squared_error");
    const auto saved = context->get_saved_variables();
    const auto &p = saved[0], &t = saved[1];
    const float factor = static_cast<float>(2.0 * gradients[0].item<float>() / p.numel());
    at::Tensor dp, dt;
    if (context->needs_input_grad(0)) dp = at::empty_like(p);
    if (context->needs_input_grad(1)) dt = at::empty_like(t);
    at::parallel_for(0, p.numel(), kPart, [&](int64_t begin, int64_t end) {
      kernels().squared_error_backward(at_element(p, begin), element(p), floats(t) + begin, factor, at_element_or_null(dp, begin),
                                       reinterpret_cast<float*>(at_element_or_null(dt, begin)), end - begin);
    });
    return {dp, dt};
  }
};

struct CosineDistance : torch::autograd::Function<CosineDistance> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& left, const at::Tensor& right, double eps) {
    const auto a = left.contiguous(), b = right.contiguous();
    const int64_t width = a.size(-1), rows = a.numel() / width;
    auto distance = at::empty(a.sizes().slice(0, a.dim() - 1), at::kFloat);
    at::Tensor stats;
    if (context != nullptr) stats = at::empty({rows, 3}, at::kFloat);
    at::parallel_for(0, rows, row_grain(width), [&](int64_t begin, int64_t end) {
      kernels().cosine(at_element(a, begin * width), element(a), at_element(b, begin * width), element(b), static_cast<float>(eps), floats(distance) + begin,
                       stats.defined() ? floats(stats) + 3 * begin : nullptr, end - begin, width);
    });
    if (context != nullptr) context->save_for_backward({a, b, stats});
    return distance;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("cosine_distance");
    const auto saved = context->get_saved_variables();
    const auto &a = saved[0], &b = saved[1], &stats = saved[2];
    const auto gradient = gradients[0].contiguous();
    const int64_t width = a.size(-1), rows = a.numel() / width;
    at::Tensor da, db;
    if (context->needs_input_grad(0)) da = at::empty_like(a);
    if (context->needs_input_grad(1)) db = at::empty_like(b);
    at::parallel_for(0, rows, row_grain(width), [&](int64_t begin, int64_t end) {
      kernels().cosine_backward(floats(gradient) + begin, at_element(a, begin * width), element(a), at_element(b, begin * width), element(b), floats(stats) + 3 * begin,
                                at_element_or_null(da, begin * width), at_element_or_null(db, begin * width), end - begin, width);
    });
    return {da, db, at::Tensor()};
  }
};

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& input, const at::Tensor& classes) {
    const auto logits = input.contiguous(), target = classes.contiguous();
    const int64_t rows = logits.size(0), width = logits.size(1);
    auto labels = target.data_ptr<int64_t>();
    for (int64_t r = 0; r < rows; r++)
      TORCH_CHECK(labels[r] >= 0 && labels[r] < width, "cross_entropy: row ", r, " has class ", labels[r], "; there are ", width);
    at::Tensor log_sums;
    if (context != nullptr) log_sums = at::empty({rows}, at::kFloat);
    const double total = sum_of_parts(rows, row_grain(width), [&](int64_t start, int64_t n) {
      return kernels().cross_entropy(at_element(logits, start * width), element(logits), labels + start, log_sums.defined() ? floats(log_sums) + start : nullptr, n, width);
    });
    if (context != nullptr) context->save_for_backward({logits, target, log_sums});
    return at::full({}, total / rows, at::kFloat);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    require_first_order("cross_entropy");
    const auto saved = context->get_saved_variables();
    const auto &logits = saved[0], &target = saved[1], &log_sums = saved[2];
    const int64_t rows = logits.size(0), width = logits.size(1);
    const float factor = gradients[0].item<float>() / static_cast<float>(rows);
    auto dlogits = at::empty_like(logits);
    at::parallel_for(0, rows, row_grain(width), [&](int64_t begin, int64_t end) {
      kernels().cross_entropy_backward(at_element(logits, begin * width), element(logits), target.data_ptr<int64_t>() + begin, floats(log_sums) + begin, factor,
                                       at_element_or_null(dlogits, begin * width), end - begin, width);
    });
    return {dlogits, at::Tensor()};
  }
};

at::Tensor mean_squared_error(const at::Tensor& prediction, const at::Tensor& target) {
  TORCH_CHECK(prediction.sizes() == target.sizes(), "mean_squared_error: prediction ", prediction.sizes(), " and target ", target.sizes(), " differ");
  if (!is_fast(prediction) || !is_fast(target) || target.scalar_type() != at::kFloat || target.numel() == 0) {
    const auto wide = prediction.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    return at::mse_loss(prediction.to(wide), target.to(wide));
  }
  return records({prediction, target}) ? MeanSquaredError::apply(prediction, target) : MeanSquaredError::forward(nullptr, prediction, target);
}

at::Tensor cosine_distance(const at::Tensor& a, const at::Tensor& b, double eps) {
  TORCH_CHECK(a.dim() > 0 && a.sizes() == b.sizes(), "cosine_distance: ", a.sizes(), " and ", b.sizes(), " differ");
  if (!is_fast(a) || !is_fast(b) || a.numel() == 0) {
    const auto wide = a.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const auto u = a.to(wide), v = b.to(wide);
    const auto norm = [&](const at::Tensor& t) { return at::linalg_vector_norm(t, 2, at::IntArrayRef{-1}).clamp_min(eps); };
    return 1 - (u * v).sum(-1) / (norm(u) * norm(v));
  }
  return records({a, b}) ? CosineDistance::apply(a, b, eps) : CosineDistance::forward(nullptr, a, b, eps);
}

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& target) {
  TORCH_CHECK(logits.dim() == 2 && target.dim() == 1 && target.size(0) == logits.size(0) && target.scalar_type() == at::kLong,
              "cross_entropy: classes ", target.scalar_type(), target.sizes(), " do not fit logits ", logits.sizes(), "; they are int64, one for each row");
  if (!is_fast(logits) || !target.device().is_cpu() || logits.numel() == 0) {
    const auto wide = logits.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    return at::nll_loss(at::log_softmax(logits.to(wide), 1), target);
  }
  return records({logits}) ? CrossEntropy::apply(logits, target) : CrossEntropy::forward(nullptr, logits, target);
}

}  // namespace
}  // namespace ss

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def("mean_squared_error(Tensor self, Tensor target) -> Tensor");
  library.def("cosine_distance(Tensor self, Tensor other, float eps) -> Tensor");
  library.def("cross_entropy(Tensor self, Tensor target) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("mean_squared_error", ss::mean_squared_error);
  library.impl("cosine_distance", ss::cosine_distance);
  library.impl("cross_entropy", ss::cross_entropy);
}
