// The door to libtorch: a C ABI that looks up dispatcher operators by name and calls them boxed.
// Every function returns 0 on success and 1 on failure; ss_last_error() then has the text for this thread.
// A tensor handle is an owned reference to a TensorImpl; ss_release gives it back.
#pragma once
#include <stdint.h>

#if defined(_WIN32)
#define SS_EXPORT extern "C" __declspec(dllexport)
#else
#define SS_EXPORT extern "C" __attribute__((visibility("default")))
#endif

enum ss_tag : int32_t {
  SS_NONE = 0,
  SS_TENSOR = 1,       // p: handle, borrowed for arguments, owned for results
  SS_INT = 2,          // i
  SS_DOUBLE = 3,       // d
  SS_BOOL = 4,         // i
  SS_INT_LIST = 5,     // p: const int64_t*, n
  SS_DOUBLE_LIST = 6,  // p: const double*, n
  SS_TENSOR_LIST = 7,  // p: handle*, n; for results an array to be freed with ss_free
  SS_STRING = 8,       // p: UTF-8, n bytes
  SS_OPTIONAL_TENSOR_LIST = 9,  // p: handle* where null stands for none, n
  SS_DEVICE = 10,      // i: device type in the high, index in the low 32 bits
  SS_GENERATOR = 11,   // p: generator handle
};

struct ss_value {
  int32_t tag;
  int32_t n;
  union {
    int64_t i;
    double d;
    void* p;
  };
};

typedef void (*ss_grad_callback)(int64_t id, void* gradient);

// Owns inputs and gradient; puts the gradients of the inputs, owned, or null, into the last array. 0 is success.
typedef int32_t (*ss_recompute_callback)(int64_t id, void** inputs, int32_t count, void* gradient, void** gradients);
typedef void (*ss_recompute_release)(int64_t id);

// Errors
SS_EXPORT const char* ss_last_error();

// Operators
SS_EXPORT int32_t ss_find(const char* name, const char* overload, void** op, char* schema, int32_t capacity);
SS_EXPORT int32_t ss_call(const void* op, const ss_value* args, int32_t count, ss_value* results, int32_t capacity, int32_t* result_count);

// Tensors
SS_EXPORT int32_t ss_release(void* tensor);
SS_EXPORT void* ss_retain(void* tensor);
SS_EXPORT void ss_free(void* memory);
SS_EXPORT int32_t ss_dim(void* tensor);
SS_EXPORT int32_t ss_sizes(void* tensor, int64_t* sizes, int32_t capacity);
SS_EXPORT int32_t ss_strides(void* tensor, int64_t* strides, int32_t capacity);
SS_EXPORT int64_t ss_element_count(void* tensor);
SS_EXPORT int32_t ss_dtype(void* tensor);
SS_EXPORT int64_t ss_device(void* tensor);
SS_EXPORT int32_t ss_is_contiguous(void* tensor);
SS_EXPORT int32_t ss_data(void* tensor, void** data);
SS_EXPORT int32_t ss_view_memory(void* memory, const int64_t* sizes, int32_t dim, int32_t dtype, void** tensor);

// Autograd
SS_EXPORT int32_t ss_requires_grad(void* tensor);
SS_EXPORT int32_t ss_set_requires_grad(void* tensor, int32_t value);
SS_EXPORT int32_t ss_backward(void* tensor, void* gradient, int32_t keep_graph);
SS_EXPORT int32_t ss_gradients(void* output, void* gradient, void** inputs, int32_t count, int32_t keep_graph, int32_t create_graph, void** gradients);
SS_EXPORT int32_t ss_grad(void* tensor, void** gradient);
SS_EXPORT int32_t ss_set_grad(void* tensor, void* gradient);
SS_EXPORT int32_t ss_set_data(void* tensor, void* data);
SS_EXPORT int32_t ss_register_hook(void* tensor, int64_t id, ss_grad_callback callback);
SS_EXPORT int32_t ss_recompute(void** inputs, int32_t count, void* anchor, void* value, int64_t id, ss_recompute_callback again, ss_recompute_release release, void** output);
SS_EXPORT int32_t ss_grad_mode();
SS_EXPORT void ss_set_grad_mode(int32_t enabled);
SS_EXPORT int32_t ss_inference_enter(void** guard);
SS_EXPORT int32_t ss_inference_leave(void* guard);

// Precision, random numbers, threads, devices
SS_EXPORT int32_t ss_autocast_enter(int32_t device_type, int32_t dtype);
SS_EXPORT int32_t ss_autocast_leave(int32_t device_type);
SS_EXPORT int32_t ss_generator_new(uint64_t seed, void** generator);
SS_EXPORT int32_t ss_generator_release(void* generator);
SS_EXPORT int32_t ss_rng_get(void** state);
SS_EXPORT int32_t ss_rng_set(void* state);
SS_EXPORT int32_t ss_rng_seed(uint64_t seed);
SS_EXPORT int32_t ss_set_threads(int32_t count);
SS_EXPORT int32_t ss_limit_thread(int32_t count);
SS_EXPORT int32_t ss_threads();
SS_EXPORT int32_t ss_cuda_device_count();
SS_EXPORT int32_t ss_set_onednn(int32_t enabled);
SS_EXPORT int32_t ss_set_fused(int32_t enabled);
SS_EXPORT int32_t ss_complete_meta();
SS_EXPORT const char* ss_version();
SS_EXPORT const char* ss_build();

// Time by operator; the text has a line for each: name, calls, nanoseconds without what it called, floating-point operations where known. Freed with ss_free.
SS_EXPORT int32_t ss_profile_start();
SS_EXPORT int32_t ss_profile_stop(char** lines);

// Memory of CPU tensors, in bytes
SS_EXPORT void ss_memory(int64_t* live, int64_t* peak, int64_t* kept);
SS_EXPORT void ss_memory_reset_peak();
SS_EXPORT void ss_memory_limit(int64_t bytes);
SS_EXPORT void ss_memory_trim();

// Process groups (Gloo; NCCL where it was built in)
SS_EXPORT int32_t ss_group_available(const char* backend);
SS_EXPORT int32_t ss_group_new(const char* backend, const char* host, int32_t port, const char* file, int32_t rank, int32_t size, int32_t timeout_ms, void** group);
SS_EXPORT int32_t ss_group_release(void* group);
SS_EXPORT int32_t ss_group_all_reduce(void* group, void* tensor, int32_t operation);
SS_EXPORT int32_t ss_group_broadcast(void* group, void* tensor, int32_t root);
SS_EXPORT int32_t ss_group_all_gather(void* group, void** outputs, int32_t count, void* input);
SS_EXPORT int32_t ss_group_barrier(void* group);
