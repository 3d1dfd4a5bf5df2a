// Loops over plain memory behind the fused operators. native/kernels/*.cpp is compiled once for each instruction set
// and the best table the processor can run is picked at start; these files know nothing of libtorch.
#pragma once
#include <stdint.h>

namespace ss {

enum class Element : int32_t { float32, bfloat16 };
enum class Activation : int32_t { none, gelu, gelu_tanh, silu };
enum class Mask : int32_t { none, allow, add };

/// Rows of shift, scale or gate, [batch, groups, width]; the last dimension is contiguous.
struct Table {
  const void* data = nullptr;
  Element type = Element::float32;
  int64_t batch_stride = 0, row_stride = 0;
};

/// Which row of a table a token takes: its group, or the only row, or its own.
struct Rows {
  int64_t tokens = 1, groups = 1;
  const int64_t* group = nullptr;
};

struct NormForward {
  const void* x; Element x_type;
  void* y; Element y_type;
  float *mean, *inverse_std;  // [tokens of the batch]; null when nothing is saved
  int64_t width; float eps;
  Rows rows; Table scale, shift; float scale_offset;  // y = normalized * (scale_offset + scale) + shift
};

struct NormBackward {
  const void* gradient; Element gradient_type;
  const void* x; Element x_type;
  void* dx;  // same type as x
  const float *mean, *inverse_std;
  int64_t width;
  Rows rows; Table scale; float scale_offset;
};

struct Gate {
  const float* x; const void* branch; Element branch_type;  // backward: x is the gradient of the sum
  float* y; void* dbranch;                                   // dbranch has the type of branch
  int64_t width;
  Rows rows; Table gate;
};

struct Attention {
  const void* qkv; Element type;
  int64_t batch_stride, token_stride;  // of qkv, in elements
  void* out;                           // [batch, tokens, heads * width], contiguous
  const void* gradient; void* dqkv;    // backward only: like out, and [batch, tokens, 3 * heads * width]
  float *peak, *inverse_sum;           // [batch, heads, tokens]: largest logit and 1 / sum of exponentials of each row
  int64_t batch, heads, tokens, width, chunks;  // chunks: parts the queries of one head are cut into (forward)
  float scale;
  Mask mask; const void* mask_data; int64_t mask_batch, mask_head, mask_row;
};

struct Kernels {
  const char* name;
  // Rows [begin, end) are tokens of the flattened batch; scratch holds 4 * width floats.
  void (*norm_forward)(const NormForward&, int64_t begin, int64_t end, float* scratch);
  // dscale and dshift: [groups, width] sums to add to, or null.
  void (*norm_backward)(const NormBackward&, int64_t begin, int64_t end, float* dscale, float* dshift, float* scratch);
  void (*gate_forward)(const Gate&, int64_t begin, int64_t end, float* scratch);
  void (*gate_backward)(const Gate&, int64_t begin, int64_t end, float* dgate, float* scratch);
  void (*residual_add)(const float* x, const void* branch, Element type, float* y, int64_t count);
  void (*add_into)(float* target, const float* source, int64_t count);
  // z += bias in place, y = activation(z); y may be z. The type is that of z and y.
  void (*bias_activation)(void* z, const float* bias, void* y, Element type, Activation, int64_t rows, int64_t width);
  // dz = gradient * activation'(z) and dbias += column sums of dz; z and dz are null when there is no activation.
  void (*activation_backward)(const void* gradient, const void* z, void* dz, float* dbias, Element type, Activation, int64_t rows, int64_t width);
  int64_t (*attention_scratch)(const Attention&, bool backward);  // in floats, for one thread
  void (*attention_forward)(const Attention&, int64_t begin, int64_t end, float* scratch);   // (batch, head, chunk)
  void (*attention_backward)(const Attention&, int64_t begin, int64_t end, float* scratch);  // (batch, head)
  double (*squared_error)(const void* prediction, Element type, const float* target, int64_t count);
  void (*squared_error_backward)(const void* prediction, Element type, const float* target, float factor, void* dprediction, float* dtarget, int64_t count);
  // stats: [rows, 3] inverse clamped norms of a and b, cosine; a norm at the clamp is stored negated.
  void (*cosine)(const void* a, Element a_type, const void* b, Element b_type, float eps, float* distance, float* stats, int64_t rows, int64_t width);
  void (*cosine_backward)(const float* gradient, const void* a, Element a_type, const void* b, Element b_type, const float* stats, void* da, void* db, int64_t rows, int64_t width);
  // log_sums: [rows]; returns the summed loss.
  double (*cross_entropy)(const void* logits, Element type, const int64_t* target, float* log_sums, int64_t rows, int64_t classes);
  void (*cross_entropy_backward)(const void* logits, Element type, const int64_t* target, const float* log_sums, float factor, void* dlogits, int64_t rows, int64_t classes);
};

/// Whether fused operators take their kernels; otherwise plain operators of libtorch, which is what kernels are compared with.
bool fused_enabled();
void enable_fused(bool enabled);

/// The fastest table this processor runs, or the one that SELFSAME_INSTRUCTIONS names.
const Kernels& kernels();

}  // namespace ss
