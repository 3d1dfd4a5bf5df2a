// The kernels of one instruction set, as a table.
#include <type_traits>

#include "../kernels.h"

#define SS_TEXT_OF(x) #x
#define SS_TEXT(x) SS_TEXT_OF(x)
#define SS_KERNEL(name) std::remove_pointer_t<decltype(Kernels::name)> name;

namespace ss::SS_LEVEL {

SS_KERNEL(norm_forward)
SS_KERNEL(norm_backward)
SS_KERNEL(gate_forward)
SS_KERNEL(gate_backward)
SS_KERNEL(residual_add)
SS_KERNEL(add_into)
SS_KERNEL(bias_activation)
SS_KERNEL(activation_backward)
SS_KERNEL(attention_scratch)
SS_KERNEL(attention_forward)
SS_KERNEL(attention_backward)
SS_KERNEL(squared_error)
SS_KERNEL(squared_error_backward)
SS_KERNEL(cosine)
SS_KERNEL(cosine_backward)
SS_KERNEL(cross_entropy)
SS_KERNEL(cross_entropy_backward)

const Kernels& table() {
  static constexpr Kernels all{
      SS_TEXT(SS_LEVEL),
      norm_forward,
      norm_backward,
      gate_forward,
      gate_backward,
      residual_add,
      add_into,
      bias_activation,
      activation_backward,
      attention_scratch,
      attention_forward,
      attention_backward,
      squared_error,
      squared_error_backward,
      cosine,
      cosine_backward,
      cross_entropy,
      cross_entropy_backward,
  };
  return all;
}

}  // namespace ss::SS_LEVEL
