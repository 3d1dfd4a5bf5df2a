// Shared by the native sources: error text per thread and the handle <-> at::Tensor conversions.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <exception>
#include <string>

#include "door.h"

namespace ss {

std::string& last_error();

/// A new reference to the tensor behind a borrowed handle.
inline at::Tensor borrow(void* handle) {
  if (handle == nullptr) return at::Tensor();
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(static_cast<c10::TensorImpl*>(handle)));
}

/// An owned handle; null for an undefined tensor.
inline void* give(at::Tensor tensor) { return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr; }

inline c10::TensorImpl* raw(void* handle) { return static_cast<c10::TensorImpl*>(handle); }

template <typename F>
int32_t guarded(F&& body) noexcept {
  try {
    body();
    return 0;
  } catch (const c10::Error& e) {
    last_error() = e.what_without_backtrace();
  } catch (const std::exception& e) {
    last_error() = e.what();
  } catch (...) {
    last_error() = "unknown native error";
  }
  return 1;
}

}  // namespace ss
