// Optimizer steps over an arena: the operators selfsame::adamw_, momentum_, lamb_moments_, lamb_, sophia_ and segment_norms.
// Segment k covers elements [bounds[k], bounds[k+1]) with its own rate and decay; a negative rate freezes it.
// `composed` holds the same steps written with ATen operators: for other devices and element types.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/util/Optional.h>

namespace ss {

using Ints = c10::IntArrayRef;
using Reals = c10::ArrayRef<double>;
using MaybeTensor = c10::optional<at::Tensor>;

namespace composed {

void adamw_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, at::Tensor& second, const MaybeTensor& maximum,
            const MaybeTensor& teacher, const MaybeTensor& shadow, Ints bounds, Reals rate_scales, Reals decays, double rate, double beta1,
            double beta2, double eps, int64_t step, double gradient_scale, double teacher_momentum, bool coupled);

void momentum_(at::Tensor& weights, const at::Tensor& gradients, const MaybeTensor& buffer, const MaybeTensor& shadow, Ints bounds,
               Reals rates, Reals decays, Reals gains, double momentum, double take, bool nesterov, double gradient_scale);

at::Tensor lamb_moments_(at::Tensor& first, at::Tensor& second, const at::Tensor& gradients, const at::Tensor& weights, Ints bounds,
                         Reals rates, Reals decays, double beta1, double beta2, double eps, double gradient_scale);

void lamb_(at::Tensor& weights, const at::Tensor& first, const at::Tensor& second, const MaybeTensor& shadow, Ints bounds, Reals rates,
           Reals decays, double eps);

void sophia_(at::Tensor& weights, const at::Tensor& gradients, at::Tensor& first, const at::Tensor& hessian, const MaybeTensor& shadow,
             Ints bounds, Reals rates, Reals decays, double beta1, double hessian_scale, double gradient_scale);

at::Tensor segment_norms(const at::Tensor& weights, const MaybeTensor& gradients, const MaybeTensor& buffer, Ints bounds, Reals decays,
                         double gradient_scale, double buffer_scale, bool maximum);

}  // namespace composed
}  // namespace ss
