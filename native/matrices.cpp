#include "matrices.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/record_function.h>
#include <torch/library.h>

#include "fused.h"

#ifdef SS_WITH_ONEDNN
#include <ATen/Parallel.h>

#include <array>
#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>
#endif

namespace ss {

#ifdef SS_WITH_ONEDNN
namespace {

// A matrix as BLAS wants it: rows that lie one behind another, or columns.
struct Layout {
  char transposed = 'N';
  int64_t leading = 0;
};

bool layout_of(const at::Tensor& m, Layout& layout) {
  const int64_t rows = m.size(0), columns = m.size(1);
  if (m.stride(1) == 1 && m.stride(0) >= columns) return layout = {'N', m.stride(0)}, true;
  if (m.stride(0) == 1 && m.stride(1) >= rows) return layout = {'T', m.stride(1)}, true;
  return false;
}

/// oneDNN has two ways to multiply: BLAS's sgemm, which copies both operands into tiles of its own, and a primitive over small batched products
/// ("brg"). Medians of 15, 4,096 rows and the layers of a 384-wide block on 2 threads of an Ice Lake: sgemm 76, 69 and 89 ms for y, dx and dW, the
/// primitive 71, 72 and 81. It wins where the result is no wider than the sum is long; on one
/// thread only where the left operand is transposed, or width and length are equal.
bool prefers_primitive(Layout left, int64_t rows, int64_t columns, int64_t inner) {
  return rows >= 64 && columns >= 64 && columns <= inner && (at::get_num_threads() > 1 || left.transposed == 'T' || columns == inner);
}

/// The primitive of one shape, made once for each thread that multiplies; empty where oneDNN would take another way than small batched products.
class Multiplication {
 public:
  Multiplication(Layout left, Layout right, int64_t rows, int64_t columns, int64_t inner)
      : a_({rows, inner}, dnnl::memory::data_type::f32, strides(left)),
        b_({inner, columns}, dnnl::memory::data_type::f32, strides(right)),
        c_({rows, columns}, dnnl::memory::data_type::f32, dnnl::memory::format_tag::ab) {
    try {
#if DNNL_VERSION_MAJOR >= 3
      const dnnl::matmul::primitive_desc description(engine(), a_, b_, c_);
#else
      const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(a_, b_, c_), engine());
#endif
      if (std::string(description.impl_info_str()).rfind("brg", 0) == 0) primitive_ = dnnl::matmul(description);
    } catch (const dnnl::error&) {  // not for this shape or processor
    }
  }

  bool run(float* a, float* b, float* c) const {
    if (!primitive_) return false;
    thread_local dnnl::stream stream(engine());
    primitive_.execute(stream, {{DNNL_ARG_SRC, {a_, engine(), a}}, {DNNL_ARG_WEIGHTS, {b_, engine(), b}}, {DNNL_ARG_DST, {c_, engine(), c}}});
    stream.wait();
    return true;
  }

  static const Multiplication& of(Layout left, Layout right, int64_t rows, int64_t columns, int64_t inner) {
    constexpr size_t kMost = 512;  // texts of every length bring shapes of their own
    using Key = std::array<int64_t, 8>;
    thread_local std::map<Key, Multiplication> known;
    const Key key{rows, columns, inner, left.transposed, left.leading, right.transposed, right.leading, at::get_num_threads()};
    const auto found = known.find(key);
    if (found != known.end()) return found->second;
    if (known.size() >= kMost) known.clear();
    return known.emplace(key, Multiplication(left, right, rows, columns, inner)).first->second;
  }

 private:
  static dnnl::memory::dims strides(Layout layout) {
    return layout.transposed == 'T' ? dnnl::memory::dims{1, layout.leading} : dnnl::memory::dims{layout.leading, 1};
  }

  static const dnnl::engine& engine() {
    static const auto* const one = new dnnl::engine(dnnl::engine::kind::cpu, 0);  // outlives every thread
    return *one;
  }

  dnnl::memory::desc a_, b_, c_;
  dnnl::matmul primitive_;
};

}  // namespace
#endif

// libtorch built against OpenBLAS multiplies in a thread pool of its own, whose threads spin while they wait and take the cores from the
// OpenMP pool that everything else runs in. oneDNN works in that pool.
at::Tensor product(const at::Tensor& a, const at::Tensor& b) {
#ifdef SS_WITH_ONEDNN
  Layout left, right;
  if (a.device().is_cpu() && a.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat && a.numel() > 0 && b.numel() > 0 && layout_of(a, left) && layout_of(b, right)) {
    RECORD_FUNCTION("selfsame::mm", std::vector<c10::IValue>({a, b}));
    auto c = at::empty({a.size(0), b.size(1)}, a.options());
    if (prefers_primitive(left, a.size(0), b.size(1), a.size(1)) &&
        Multiplication::of(left, right, a.size(0), b.size(1), a.size(1)).run(a.data_ptr<float>(), b.data_ptr<float>(), c.data_ptr<float>()))
      return c;
    const auto status = dnnl_sgemm(left.transposed, right.transposed, a.size(0), b.size(1), a.size(1), 1.0f, a.data_ptr<float>(), left.leading,
                                   b.data_ptr<float>(), right.leading, 0.0f, c.data_ptr<float>(), c.size(1));
    if (status == dnnl_success) return c;
  }
#endif
  return at::mm(a, b);
}

}  // namespace ss

TORCH_LIBRARY_FRAGMENT(selfsame, library) {
  library.def("product(Tensor self, Tensor other) -> Tensor");
}

TORCH_LIBRARY_IMPL(selfsame, CompositeImplicitAutograd, library) {
  library.impl("product", [](const at::Tensor& a, const at::Tensor& b) {
    TORCH_CHECK(a.dim() == 2 && b.dim() == 2 && a.size(1) == b.size(0) && a.scalar_type() == b.scalar_type() && a.device() == b.device(),
                "product: ", a.sizes(), " does not fit ", b.sizes(), ", or their types or devices differ");
    TORCH_CHECK(!ss::records({a, b}), "product: it has no gradient; use mm");
    return ss::product(a, b);
  });
}
