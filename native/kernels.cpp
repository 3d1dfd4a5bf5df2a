// Picks the kernel table once, by what the processor reports.
#include "kernels.h"
#include "door.h"

#include <c10/util/Exception.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

namespace ss {

namespace plain { const Kernels& table(); }
#if defined(SS_KERNEL_LEVELS)
namespace avx2 { const Kernels& table(); }
namespace avx512 { const Kernels& table(); }
namespace avx512_bf16 { const Kernels& table(); }
#endif

namespace {

std::vector<const Kernels*> runnable() {
  std::vector<const Kernels*> list{&plain::table()};
#if defined(SS_KERNEL_LEVELS)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return list;
  list.push_back(&avx2::table());
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq") ||
      !__builtin_cpu_supports("avx512cd") || !__builtin_cpu_supports("avx512vl"))
    return list;
  list.push_back(&avx512::table());
  if (__builtin_cpu_supports("avx512bf16")) list.push_back(&avx512_bf16::table());
#endif
  return list;
}

const Kernels* choose() {
  const auto list = runnable();
  const char* wanted = std::getenv("SELFSAME_INSTRUCTIONS");
  if (wanted == nullptr || *wanted == 0) return list.back();
  std::string names;
  for (auto table : list) {
    if (std::string(wanted) == table->name) return table;
    names += std::string(names.empty() ? "" : ", ") + table->name;
  }
  TORCH_CHECK(false, "SELFSAME_INSTRUCTIONS is ", wanted, "; this processor and build can run ", names);
}

std::atomic<bool> fused{true};

}  // namespace

bool fused_enabled() { return fused.load(std::memory_order_relaxed); }

void enable_fused(bool enabled) { fused.store(enabled, std::memory_order_relaxed); }

const Kernels& kernels() {
  static const Kernels* chosen = choose();
  return *chosen;
}

}  // namespace ss

SS_EXPORT int32_t ss_set_fused(int32_t enabled) {
  ss::enable_fused(enabled != 0);
  return 0;
}
