#include "door.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>

#include <omp.h>

#include <cstring>
#include <memory>

#include "support.h"

using ss::borrow;
using ss::give;
using ss::guarded;
using ss::raw;

#define SS_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace ss {
std::string& last_error() {
  thread_local std::string text;
  return text;
}
}  // namespace ss

namespace {

c10::IValue to_ivalue(const ss_value& v) {
  switch (v.tag) {
    case SS_NONE: return {};
    case SS_TENSOR: return borrow(v.p);
    case SS_INT: return v.i;
    case SS_DOUBLE: return v.d;
    case SS_BOOL: return v.i != 0;
    case SS_INT_LIST: return c10::IntArrayRef(static_cast<const int64_t*>(v.p), v.n);
    case SS_DOUBLE_LIST: return c10::ArrayRef<double>(static_cast<const double*>(v.p), v.n);
    case SS_TENSOR_LIST: {
      c10::List<at::Tensor> list;
      list.reserve(v.n);
      for (int32_t k = 0; k < v.n; k++) list.push_back(borrow(static_cast<void**>(v.p)[k]));
      return list;
    }
    case SS_OPTIONAL_TENSOR_LIST: {
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(v.n);
      for (int32_t k = 0; k < v.n; k++) {
        void* handle = static_cast<void**>(v.p)[k];
        list.push_back(handle == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(borrow(handle)));
      }
      return list;
    }
    case SS_STRING: return std::string(static_cast<const char*>(v.p), v.n);
    case SS_DEVICE: return c10::Device(static_cast<c10::DeviceType>(v.i >> 32), static_cast<c10::DeviceIndex>(v.i & 0xffffffff));
    case SS_GENERATOR: return *static_cast<at::Generator*>(v.p);
    default: throw std::invalid_argument("argument with unknown tag " + std::to_string(v.tag));
  }
}

ss_value from_ivalue(const c10::IValue& v) {
  ss_value r{};
  if (v.isNone()) {
    r.tag = SS_NONE;
  } else if (v.isTensor()) {
    r.p = give(v.toTensor());
    r.tag = r.p == nullptr ? SS_NONE : SS_TENSOR;
  } else if (v.isInt()) {
    r.tag = SS_INT;
    r.i = v.toInt();
  } else if (v.isDouble()) {
    r.tag = SS_DOUBLE;
    r.d = v.toDouble();
  } else if (v.isBool()) {
    r.tag = SS_BOOL;
    r.i = v.toBool();
  } else if (v.isTensorList()) {
    auto list = v.toTensorVector();
    auto handles = static_cast<void**>(std::malloc(sizeof(void*) * (list.empty() ? 1 : list.size())));
    for (size_t k = 0; k < list.size(); k++) handles[k] = give(std::move(list[k]));
    r.tag = SS_TENSOR_LIST;
    r.n = static_cast<int32_t>(list.size());
    r.p = handles;
  } else {
    throw std::invalid_argument("result of type " + v.tagKind() + " is not supported");
  }
  return r;
}

}  // namespace

SS_EXPORT const char* ss_last_error() { return ss::last_error().c_str(); }

SS_EXPORT int32_t ss_find(const char* name, const char* overload, void** op, char* schema, int32_t capacity) {
  return guarded([&] {
    auto handle = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
    if (schema != nullptr && capacity > 0) {
      std::ostringstream text;
      text << handle.schema();
      std::strncpy(schema, text.str().c_str(), capacity - 1);
      schema[capacity - 1] = 0;
    }
    *op = new c10::OperatorHandle(handle);  // operators live as long as the process
  });
}

SS_EXPORT int32_t ss_call(const void* op, const ss_value* args, int32_t count, ss_value* results, int32_t capacity, int32_t* result_count) {
  return guarded([&] {
    const auto& handle = *static_cast<const c10::OperatorHandle*>(op);
    torch::jit::Stack stack;
    stack.reserve(count + 4);
    for (int32_t k = 0; k < count; k++) stack.push_back(to_ivalue(args[k]));
    const auto& expected = handle.schema().arguments();
    for (size_t k = count; k < expected.size(); k++) {  // a newer library may have added arguments with defaults
      TORCH_CHECK(expected[k].default_value().has_value(), "argument ", expected[k].name(), " is missing");
      stack.push_back(*expected[k].default_value());
    }
    handle.callBoxed(stack);
    TORCH_CHECK(static_cast<int32_t>(stack.size()) <= capacity, "more results than the caller has room for");
    for (size_t k = 0; k < stack.size(); k++) results[k] = from_ivalue(stack[k]);
    *result_count = static_cast<int32_t>(stack.size());
  });
}

SS_EXPORT int32_t ss_release(void* tensor) {
  return guarded([&] {
    if (tensor != nullptr) c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(raw(tensor));
  });
}

SS_EXPORT void* ss_retain(void* tensor) { return give(borrow(tensor)); }
SS_EXPORT void ss_free(void* memory) { std::free(memory); }
SS_EXPORT int32_t ss_dim(void* tensor) { return static_cast<int32_t>(raw(tensor)->dim()); }
SS_EXPORT int64_t ss_element_count(void* tensor) { return raw(tensor)->numel(); }
SS_EXPORT int32_t ss_is_contiguous(void* tensor) { return raw(tensor)->is_contiguous() ? 1 : 0; }
SS_EXPORT int32_t ss_dtype(void* tensor) { return static_cast<int32_t>(c10::typeMetaToScalarType(raw(tensor)->dtype())); }

SS_EXPORT int32_t ss_sizes(void* tensor, int64_t* sizes, int32_t capacity) {
  return guarded([&] {
    auto all = raw(tensor)->sizes();
    TORCH_CHECK(static_cast<int32_t>(all.size()) <= capacity, "a tensor has ", all.size(), " dimensions; at most ", capacity, " are supported");
    std::copy(all.begin(), all.end(), sizes);
  });
}

SS_EXPORT int32_t ss_strides(void* tensor, int64_t* strides, int32_t capacity) {
  return guarded([&] {
    auto all = raw(tensor)->strides();
    TORCH_CHECK(static_cast<int32_t>(all.size()) <= capacity, "too many dimensions");
    std::copy(all.begin(), all.end(), strides);
  });
}

SS_EXPORT int64_t ss_device(void* tensor) {
  auto device = raw(tensor)->device();
  return (static_cast<int64_t>(device.type()) << 32) | static_cast<uint32_t>(device.has_index() ? device.index() : 0);
}

SS_EXPORT int32_t ss_data(void* tensor, void** data) {
  return guarded([&] {
    auto t = borrow(tensor);
    TORCH_CHECK(t.device().is_cpu(), "memory of a tensor on ", t.device(), " can't be viewed; copy it to the CPU first");
    TORCH_CHECK(t.is_contiguous(), "memory of a tensor that is not contiguous can't be viewed");
    *data = t.data_ptr();
  });
}

SS_EXPORT int32_t ss_view_memory(void* memory, const int64_t* sizes, int32_t dim, int32_t dtype, void** tensor) {
  return guarded([&] {
    *tensor = give(at::from_blob(memory, c10::IntArrayRef(sizes, dim), at::TensorOptions().dtype(static_cast<c10::ScalarType>(dtype))));
  });
}

SS_EXPORT int32_t ss_requires_grad(void* tensor) { return raw(tensor)->requires_grad() ? 1 : 0; }

SS_EXPORT int32_t ss_set_requires_grad(void* tensor, int32_t value) {
  return guarded([&] { borrow(tensor).set_requires_grad(value != 0); });
}

SS_EXPORT int32_t ss_backward(void* tensor, void* gradient, int32_t keep_graph) {
  return guarded([&] {
    torch::autograd::variable_list seeds;
    if (gradient != nullptr) seeds.push_back(borrow(gradient));
    torch::autograd::backward({borrow(tensor)}, seeds, keep_graph != 0, false);
  });
}

SS_EXPORT int32_t ss_gradients(void* output, void* gradient, void** inputs, int32_t count, int32_t keep_graph, int32_t create_graph, void** gradients) {
  return guarded([&] {
    torch::autograd::variable_list seeds, wanted;
    if (gradient != nullptr) seeds.push_back(borrow(gradient));
    for (int32_t k = 0; k < count; k++) wanted.push_back(borrow(inputs[k]));
    auto found = torch::autograd::grad({borrow(output)}, wanted, seeds, keep_graph != 0, create_graph != 0, /*allow_unused=*/true);
    for (int32_t k = 0; k < count; k++) gradients[k] = give(std::move(found[k]));
  });
}

SS_EXPORT int32_t ss_grad(void* tensor, void** gradient) {
  return guarded([&] { *gradient = give(borrow(tensor).grad()); });
}

SS_EXPORT int32_t ss_set_grad(void* tensor, void* gradient) {
  return guarded([&] { borrow(tensor).mutable_grad() = borrow(gradient); });
}

SS_EXPORT int32_t ss_set_data(void* tensor, void* data) {
  return guarded([&] { borrow(tensor).set_data(borrow(data)); });
}

SS_EXPORT int32_t ss_register_hook(void* tensor, int64_t id, ss_grad_callback callback) {
  return guarded([&] {
    borrow(tensor).register_hook([id, callback](at::Tensor gradient) { callback(id, give(std::move(gradient))); });
  });
}

SS_EXPORT int32_t ss_grad_mode() { return at::GradMode::is_enabled() ? 1 : 0; }
SS_EXPORT void ss_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }

SS_EXPORT int32_t ss_inference_enter(void** guard) {
  return guarded([&] { *guard = new c10::InferenceMode(true); });
}

SS_EXPORT int32_t ss_inference_leave(void* guard) {
  return guarded([&] { delete static_cast<c10::InferenceMode*>(guard); });
}

SS_EXPORT int32_t ss_autocast_enter(int32_t device_type, int32_t dtype) {
  return guarded([&] {
    auto type = static_cast<c10::ScalarType>(dtype);
#if SS_TORCH_AT_LEAST(2, 4)
    auto device = static_cast<c10::DeviceType>(device_type);
    at::autocast::set_autocast_dtype(device, type);
    at::autocast::set_autocast_enabled(device, true);
#else
    if (static_cast<c10::DeviceType>(device_type) == c10::DeviceType::CUDA) {
      at::autocast::set_autocast_gpu_dtype(type);
      at::autocast::set_enabled(true);
    } else {
      at::autocast::set_autocast_cpu_dtype(type);
      at::autocast::set_cpu_enabled(true);
    }
#endif
    at::autocast::increment_nesting();
  });
}

SS_EXPORT int32_t ss_autocast_leave(int32_t device_type) {
  return guarded([&] {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();  // cached casts must not outlive the weights' update
#if SS_TORCH_AT_LEAST(2, 4)
    at::autocast::set_autocast_enabled(static_cast<c10::DeviceType>(device_type), false);
#else
    if (static_cast<c10::DeviceType>(device_type) == c10::DeviceType::CUDA) at::autocast::set_enabled(false);
    else at::autocast::set_cpu_enabled(false);
#endif
  });
}

SS_EXPORT int32_t ss_generator_new(uint64_t seed, void** generator) {
  return guarded([&] { *generator = new at::Generator(at::make_generator<at::CPUGeneratorImpl>(seed)); });
}

SS_EXPORT int32_t ss_generator_release(void* generator) {
  return guarded([&] { delete static_cast<at::Generator*>(generator); });
}

SS_EXPORT int32_t ss_rng_get(void** state) {
  return guarded([&] { *state = give(at::detail::getDefaultCPUGenerator().get_state()); });
}

SS_EXPORT int32_t ss_rng_set(void* state) {
  return guarded([&] {
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_state(borrow(state));
  });
}

SS_EXPORT int32_t ss_rng_seed(uint64_t seed) {
  return guarded([&] {
    at::Generator generator = at::detail::getDefaultCPUGenerator();
    generator.set_current_seed(seed);
  });
}

SS_EXPORT int32_t ss_set_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

// at::set_num_threads would also change the number for threads that call libtorch later.
SS_EXPORT int32_t ss_limit_thread(int32_t count) {
  return guarded([&] {
    at::get_num_threads();  // the first question of a thread sets its number
    omp_set_num_threads(count);
  });
}

SS_EXPORT int32_t ss_threads() { return at::get_num_threads(); }

SS_EXPORT int32_t ss_cuda_device_count() {
  try {
    return at::hasCUDA() ? static_cast<int32_t>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
  } catch (...) {
    return 0;
  }
}

SS_EXPORT int32_t ss_set_onednn(int32_t enabled) {
  return guarded([&] { at::globalContext().setUserEnabledMkldnn(enabled != 0); });
}

SS_EXPORT const char* ss_version() { return TORCH_VERSION; }

SS_EXPORT const char* ss_build() {
  static const std::string text = at::show_config();
  return text.c_str();
}
