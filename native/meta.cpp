// Operators on libtorch's meta device, where tensors have shapes and no numbers: those that this libtorch has no shape function for run on zeros of the processor.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <memory>

#include "support.h"

namespace {

using c10::IValue;

at::Tensor zeros_like_on_cpu(const at::Tensor& t, const char* name) {
  if (!t.defined() || (t.device().is_cpu() && t.dim() == 0)) return t;
  TORCH_CHECK(t.is_meta(), "Expected all tensors to be on the same device, but ", name, " got one on meta and one on ", t.device());
  return at::zeros(t.sizes(), t.options().device(at::kCPU));
}

IValue on_cpu(const IValue& value, const char* name) {
  if (value.isTensor()) return zeros_like_on_cpu(value.toTensor(), name);
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& t : value.toTensorVector()) list.push_back(zeros_like_on_cpu(t, name));
    return list;
  }
  if (value.isList() && value.toList().elementType()->kind() == c10::TypeKind::OptionalType) {
    c10::List<c10::optional<at::Tensor>> list;
    for (const auto& t : value.toOptionalTensorVector()) list.push_back(t.has_value() ? c10::make_optional(zeros_like_on_cpu(*t, name)) : c10::nullopt);
    return list;
  }
  if (value.isDevice() && value.toDevice().is_meta()) return c10::Device(at::kCPU);
  return value;
}

IValue on_meta(const IValue& value) {
  const auto one = [](const at::Tensor& t) { return t.defined() ? at::empty_strided(t.sizes(), t.strides(), t.options().device(at::kMeta)) : t; };
  if (value.isTensor()) return one(value.toTensor());
  if (!value.isTensorList()) return value;
  c10::List<at::Tensor> list;
  for (const at::Tensor& t : value.toTensorVector()) list.push_back(one(t));
  return list;
}

void run_on_zeros(const c10::OperatorHandle& op, torch::jit::Stack* stack) {
  const auto& schema = op.schema();
  const auto arguments = torch::jit::pop(*stack, schema.arguments().size());
  for (const auto& argument : arguments) torch::jit::push(*stack, on_cpu(argument, schema.name().c_str()));
  op.callBoxed(stack);
  const auto results = torch::jit::pop(*stack, schema.returns().size());
  for (size_t k = 0; k < results.size(); k++) {
    const auto* alias = schema.returns()[k].alias_info();
    IValue made = on_meta(results[k]);
    // What is written in place, or into an "out", is handed back itself.
    for (size_t a = 0; alias != nullptr && alias->isWrite() && a < arguments.size(); a++) {
      const auto* given = schema.arguments()[a].alias_info();
      if (given == nullptr || !given->isWrite() || !(*given == *alias) || !arguments[a].isTensor()) continue;
      auto target = arguments[a].toTensor();
      if (target.sizes() != made.toTensor().sizes()) target.resize_(made.toTensor().sizes());
      made = target;
      break;
    }
    torch::jit::push(*stack, made);
  }
}

}  // namespace

SS_EXPORT int32_t ss_complete_meta() {
  return ss::guarded([] {
    static std::unique_ptr<torch::Library> library;
    if (library != nullptr) return;
    library = std::make_unique<torch::Library>(torch::Library::IMPL, "_", c10::make_optional(c10::DispatchKey::Meta), __FILE__, __LINE__);
    library->fallback(torch::CppFunction::makeFromBoxedFunction<&run_on_zeros>());
  });
}
