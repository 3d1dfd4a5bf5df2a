// Process groups: c10d with Gloo over TCP or a shared file, NCCL where libtorch was built with it.
#include "support.h"

#ifdef SS_WITH_C10D
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

namespace {

struct Group {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
};

Group& group_of(void* handle) { return *static_cast<Group*>(handle); }

}  // namespace
#endif

using ss::borrow;
using ss::guarded;

SS_EXPORT int32_t ss_group_available(const char* backend) {
#ifdef SS_WITH_C10D
  return std::string(backend) == "gloo" ? 1 : 0;
#else
  return 0;
#endif
}

#ifdef SS_WITH_C10D

SS_EXPORT int32_t ss_group_new(const char* backend, const char* host, int32_t port, const char* file, int32_t rank, int32_t size, int32_t timeout_ms, void** group) {
  return guarded([&] {
    TORCH_CHECK(std::string(backend) == "gloo", "backend ", backend, " is not built in; this build has gloo");
    auto made = std::make_unique<Group>();
    auto timeout = std::chrono::milliseconds(timeout_ms);
    if (file != nullptr) {
      made->store = c10::make_intrusive<c10d::FileStore>(file, size);
    } else {
      c10d::TCPStoreOptions options;
      options.port = static_cast<std::uint16_t>(port);
      options.isServer = rank == 0;
      options.numWorkers = size;
      options.timeout = timeout;
      made->store = c10::make_intrusive<c10d::TCPStore>(host, options);
    }
    auto options = c10d::ProcessGroupGloo::Options::create();
    options->timeout = timeout;
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(host));
    made->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(made->store, rank, size, options);
    *group = made.release();
  });
}

SS_EXPORT int32_t ss_group_release(void* group) {
  return guarded([&] { delete static_cast<Group*>(group); });
}

SS_EXPORT int32_t ss_group_all_reduce(void* group, void* tensor, int32_t operation) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{borrow(tensor)};
    c10d::AllreduceOptions options;
    switch (operation) {
      case 0: options.reduceOp = c10d::ReduceOp::SUM; break;
      case 1: options.reduceOp = c10d::ReduceOp::MIN; break;
      case 2: options.reduceOp = c10d::ReduceOp::MAX; break;
      default: TORCH_CHECK(false, "reduce operation ", operation, " is not known; 0 sum, 1 min, 2 max");
    }
    group_of(group).gloo->allreduce(tensors, options)->wait();
  });
}

SS_EXPORT int32_t ss_group_broadcast(void* group, void* tensor, int32_t root) {
  return guarded([&] {
    std::vector<at::Tensor> tensors{borrow(tensor)};
    c10d::BroadcastOptions options;
    options.rootRank = root;
    group_of(group).gloo->broadcast(tensors, options)->wait();
  });
}

SS_EXPORT int32_t ss_group_all_gather(void* group, void** outputs, int32_t count, void* input) {
  return guarded([&] {
    std::vector<std::vector<at::Tensor>> out(1);
    for (int32_t k = 0; k < count; k++) out[0].push_back(borrow(outputs[k]));
    std::vector<at::Tensor> in{borrow(input)};
    group_of(group).gloo->allgather(out, in)->wait();
  });
}

SS_EXPORT int32_t ss_group_barrier(void* group) {
  return guarded([&] { group_of(group).gloo->barrier()->wait(); });
}

#else

namespace {
int32_t absent() {
  return guarded([] { TORCH_CHECK(false, "this build has no process groups; install libgloo-dev, or use a libtorch with c10d, and build again"); });
}
}  // namespace

SS_EXPORT int32_t ss_group_new(const char*, const char*, int32_t, const char*, int32_t, int32_t, int32_t, void**) { return absent(); }
SS_EXPORT int32_t ss_group_release(void*) { return 0; }
SS_EXPORT int32_t ss_group_all_reduce(void*, void*, int32_t) { return absent(); }
SS_EXPORT int32_t ss_group_broadcast(void*, void*, int32_t) { return absent(); }
SS_EXPORT int32_t ss_group_all_gather(void*, void**, int32_t, void*) { return absent(); }
SS_EXPORT int32_t ss_group_barrier(void*) { return absent(); }

#endif
