// Matrix products of the fused operators.
#pragma once
#include <ATen/core/Tensor.h>

namespace ss {

/// a x b for matrices of one type. fp32 goes straight to oneDNN where the build has it; all else is at::mm.
at::Tensor product(const at::Tensor& a, const at::Tensor& b);

}  // namespace ss
