// Loops over plain float memory that several native sources share.
#pragma once
#include <cstdint>

// The instruction set is chosen when the library is loaded, so one build serves every x86-64 machine.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SS_CLONES
#endif

namespace ss {

/// Elements a thread takes at least; below that, waking threads costs more than it saves.
constexpr int64_t kGrain = 32768;

/// target = bfloat16(source), to nearest even, as c10::BFloat16 rounds.
void copy_bfloat16(uint16_t* target, const float* source, int64_t n);

/// target = keep * target + take * source.
void average(float* target, const float* source, int64_t n, float keep, float take);

}  // namespace ss
