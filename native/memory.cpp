// Memory of CPU tensors, kept for the next step. A training step asks for the same sizes again and again; malloc returns large blocks to the
// system each time and the pages are cleared anew. Two runs of the quickstart each: 174 and 176 samples/s without, 183 and 199 with. A step that
// needs 9 GB spends 10 of 50 seconds of two processors on clearing pages where 6 GB are kept. SELFSAME_MALLOC=1 switches it off.
// It also counts: what live tensors take, and the most they took. A plan is made from that, and a limit can be set (bytes; 0 for none).
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/util/Exception.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <unordered_map>

#include "door.h"

namespace ss {
namespace {

constexpr size_t kHeader = 64, kSmallest = size_t{1} << 16, kHugePage = size_t{1} << 21, kSlack = size_t{1} << 26;

/// In front of a block's data: a whole cache line, which keeps the data aligned to one. Free blocks hang in two lists.
struct alignas(kHeader) Block {
  size_t size;              // with this header
  Block *next, *previous;   // of the same size, the last one freed first
  Block *newer, *older;     // of all sizes
};
static_assert(sizeof(Block) == kHeader, "data must start on a cache line");

/// Of the machine, or of the container this process lives in.
size_t machine_memory() {
  const size_t whole = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
  size_t most = 0;
  std::ifstream("/sys/fs/cgroup/memory.max") >> most;  // 0 where there is no such file or it says "max"
  return most > 0 ? std::min(whole, most) : whole;
}

class CachingAllocator final : public c10::Allocator {
 public:
  CachingAllocator() : limit_(machine_memory() / 4 * 3) {}

  // Const up to libtorch 2.2 and not any more: one of the two overrides.
  c10::DataPtr allocate(size_t count) const { return const_cast<CachingAllocator*>(this)->make(count); }
  c10::DataPtr allocate(size_t count) { return make(count); }
  c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* target, const void* source, size_t count) const { std::memcpy(target, source, count); }  // overrides from libtorch 2.3 on

  int64_t live() const { return live_.load(std::memory_order_relaxed); }
  int64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  void reset_peak() { peak_.store(live(), std::memory_order_relaxed); }
  void set_ceiling(int64_t bytes) { ceiling_.store(bytes, std::memory_order_relaxed); }
  int64_t kept() {
    const std::lock_guard<std::mutex> guard(lock_);
    return static_cast<int64_t>(kept_);
  }
  void trim() {
    evict(0);
    reset_peak();  // what was live before says nothing of what comes
#ifdef __GLIBC__
    malloc_trim(0);
#endif
  }

  static CachingAllocator& instance() {
    static auto* const one = new CachingAllocator();  // outlives every tensor
    return *one;
  }

 private:
  c10::DataPtr make(size_t count) {
    if (count == 0) return {nullptr, nullptr, &release, c10::Device(c10::DeviceType::CPU)};
    const size_t size = rounded(count + kHeader);
    const auto bytes = static_cast<int64_t>(size);
    charge(bytes);
    Block* block = take(size);
    if (block == nullptr) {
      try {
        block = create(size);
      } catch (...) {
        live_.fetch_sub(bytes, std::memory_order_relaxed);
        throw;
      }
    }
    void* data = block + 1;
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }

  void charge(int64_t bytes) {
    const int64_t now = live_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    const int64_t ceiling = ceiling_.load(std::memory_order_relaxed);
    if (ceiling > 0 && now > ceiling) {
      live_.fetch_sub(bytes, std::memory_order_relaxed);
      TORCH_CHECK(false, "out of memory: a tensor of ", bytes - static_cast<int64_t>(kHeader), " bytes does not fit below the limit of ", ceiling, " bytes for all tensors");
    }
    if (ceiling > 0) evict(static_cast<size_t>(ceiling - now));
    int64_t most = peak_.load(std::memory_order_relaxed);
    while (now > most && !peak_.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
    }
  }

  /// Steps of an eighth of a power of two, so that nearly equal sizes share blocks.
  static size_t rounded(size_t size) {
    if (size < kSmallest) return (size + kHeader - 1) / kHeader * kHeader;
    size_t step = kSmallest / 8;
    while (step * 16 <= size) step *= 2;
    return (size + step - 1) / step * step;
  }

  Block* take(size_t size) {
    if (size < kSmallest) return nullptr;
    const std::lock_guard<std::mutex> guard(lock_);
    const auto found = free_.find(size);
    if (found == free_.end() || found->second == nullptr) return nullptr;
    Block* block = found->second;
    unlink(block);
    return block;
  }

  Block* create(size_t size) {
    void* memory = nullptr;
    const bool huge = size >= kHugePage;
    if (posix_memalign(&memory, huge ? kHugePage : kHeader, size) != 0) {
      evict(0);
      TORCH_CHECK(posix_memalign(&memory, kHeader, size) == 0, "out of memory: the system has no room for a tensor of ", size - kHeader, " bytes");
    }
    if (huge) madvise(memory, size / kHugePage * kHugePage, MADV_HUGEPAGE);  // a wish; it does not matter if the system refuses
    auto* block = static_cast<Block*>(memory);
    block->size = size;
    return block;
  }

  static void release(void* data) {
    if (data != nullptr) instance().keep(static_cast<Block*>(data) - 1);
  }

  void keep(Block* block) {
    live_.fetch_sub(static_cast<int64_t>(block->size), std::memory_order_relaxed);
    if (block->size < kSmallest) {
      std::free(block);
      return;
    }
    {
      const std::lock_guard<std::mutex> guard(lock_);
      Block*& first = free_[block->size];
      block->next = first;
      block->previous = nullptr;
      if (first != nullptr) first->previous = block;
      first = block;
      block->newer = nullptr;
      block->older = newest_;
      (newest_ != nullptr ? newest_->newer : oldest_) = block;
      newest_ = block;
      kept_ += block->size;
      if (kept_ <= room()) return;
    }
    evict(room());
  }

  /// What may lie unused: live and kept together stay near the most that was ever live. A step finds all its sizes again, and the odd sizes
  /// of an evaluation do not pile up. Beyond three quarters of the memory there is no slack.
  size_t room() const {
    const auto most = static_cast<size_t>(peak()), now = static_cast<size_t>(live());
    const size_t whole = std::max(most, std::min(limit_, most + most / 4 + kSlack));
    return whole > now ? whole - now : 0;
  }

  /// Gives back what has lain longest, until no more than that many bytes are kept.
  void evict(size_t bytes) {
    const std::lock_guard<std::mutex> guard(lock_);
    while (kept_ > bytes) {
      Block* block = oldest_;
      unlink(block);
      std::free(block);
    }
  }

  void unlink(Block* block) {
    (block->previous != nullptr ? block->previous->next : free_[block->size]) = block->next;
    if (block->next != nullptr) block->next->previous = block->previous;
    (block->newer != nullptr ? block->newer->older : newest_) = block->older;
    (block->older != nullptr ? block->older->newer : oldest_) = block->newer;
    kept_ -= block->size;
  }

  const size_t limit_;
  std::mutex lock_;
  std::unordered_map<size_t, Block*> free_;
  Block *newest_ = nullptr, *oldest_ = nullptr;
  size_t kept_ = 0;
  std::atomic<int64_t> live_{0}, peak_{0}, ceiling_{0};
};

const bool installed = [] {
  if (const char* choice = std::getenv("SELFSAME_MALLOC"); choice != nullptr && choice[0] == '1') return false;  // for memory checkers
  if (const char* bytes = std::getenv("SELFSAME_MEMORY_LIMIT"); bytes != nullptr) CachingAllocator::instance().set_ceiling(std::max(0LL, std::atoll(bytes)));
  c10::SetCPUAllocator(&CachingAllocator::instance(), 1);
  return true;
}();

}  // namespace
}  // namespace ss

SS_EXPORT void ss_memory(int64_t* live, int64_t* peak, int64_t* kept) {
  auto& allocator = ss::CachingAllocator::instance();
  *live = allocator.live();
  *peak = allocator.peak();
  *kept = allocator.kept();
}

SS_EXPORT void ss_memory_reset_peak() { ss::CachingAllocator::instance().reset_peak(); }

SS_EXPORT void ss_memory_limit(int64_t bytes) { ss::CachingAllocator::instance().set_ceiling(bytes); }

SS_EXPORT void ss_memory_trim() { ss::CachingAllocator::instance().trim(); }
