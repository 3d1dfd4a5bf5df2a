#include "matrices.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/record_function.h>
#include <torch/library.h>

#include "fused.h"

#ifdef SS_WITH_ONEDNN
#include <oneapi/dnnl/dnnl.h>

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
