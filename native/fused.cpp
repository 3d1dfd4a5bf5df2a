// Operators of our own, registered as selfsame::… so that they are called like any other.
#include <ATen/Parallel.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/gelu_backward.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include "lanes.h"
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

// teacher = momentum * teacher + (1 - momentum) * weights, and the teacher's bf16 copy.
void follow_(at::Tensor& teacher, const at::Tensor& weights, double momentum, const c10::optional<at::Tensor>& shadow) {
  TORCH_CHECK(teacher.numel() == weights.numel() && teacher.is_contiguous() && weights.is_contiguous(), "teacher and student differ in size");
  auto t = teacher.data_ptr<float>();
  auto w = weights.data_ptr<float>();
  auto s = shadow ? reinterpret_cast<uint16_t*>(shadow->data_ptr<at::BFloat16>()) : nullptr;
  at::parallel_for(0, teacher.numel(), ss::kGrain, [&](int64_t begin, int64_t end) {
    ss::average(t + begin, w + begin, end - begin, static_cast<float>(momentum), static_cast<float>(1 - momentum));
    if (s != nullptr) ss::copy_bfloat16(s + begin, t + begin, end - begin);
  });
}

}  // namespace

TORCH_LIBRARY(selfsame, library) {
  library.def("gelu(Tensor self, str approximate) -> Tensor");
  library.def("follow_(Tensor(a!) self, Tensor weights, float momentum, Tensor(b!)? shadow) -> ()");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("gelu", gelu);
}

TORCH_LIBRARY_IMPL(selfsame, CPU, library) {
  library.impl("follow_", follow_);
}
