// A stretch of a network whose inside is not kept for the backward pass but computed again in it.
// Chen et al. 2016, https://arxiv.org/abs/1604.06174, section 3.
#include <ATen/core/ivalue.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/custom_class.h>

#include "support.h"

using ss::borrow;
using ss::give;

namespace {

/// What the caller keeps for the backward pass; given back when the graph goes, whether or not it ran.
struct Kept : torch::CustomClassHolder {
  Kept(int64_t id, ss_recompute_callback again, ss_recompute_release release) : id(id), again(again), release(release) {}
  ~Kept() override { release(id); }
  int64_t id;
  ss_recompute_callback again;
  ss_recompute_release release;
};

struct Result {  // not a tensor to the graph, so that the value is an output and no input
  at::Tensor value;
};

struct Recompute : torch::autograd::Function<Recompute> {
  // anchor: a trained parameter of the stretch, so that there is a backward pass even where no input asks for one
  static at::Tensor forward(torch::autograd::AutogradContext* context, at::TensorList inputs, const at::Tensor& anchor, const Result& result, const c10::intrusive_ptr<Kept>& kept) {
    context->save_for_backward(inputs.vec());
    context->saved_data["kept"] = c10::IValue::make_capsule(kept);
    return result.value;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context, torch::autograd::variable_list gradients) {
    TORCH_CHECK(!at::GradMode::is_enabled(), "a stretch that is computed again has no second derivative; switch checkpointing off");
    const auto inputs = context->get_saved_variables();
    const auto holder = context->saved_data["kept"].toCapsule();
    const auto kept = static_cast<Kept*>(holder.get());
    std::vector<void*> given, found(inputs.size());
    for (const auto& input : inputs) given.push_back(give(input.detach().set_requires_grad(input.requires_grad())));
    TORCH_CHECK(kept->again(kept->id, given.data(), static_cast<int32_t>(given.size()), give(gradients[0]), found.data()) == 0, "computing a stretch again failed");
    torch::autograd::variable_list result(inputs.size() + 3);
    for (size_t k = 0; k < found.size(); k++)
      if (found[k] != nullptr) result[k] = at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(found[k])));
    return result;
  }
};

}  // namespace

SS_EXPORT int32_t ss_recompute(void** inputs, int32_t count, void* anchor, void* value, int64_t id, ss_recompute_callback again, ss_recompute_release release, void** output) {
  return ss::guarded([&] {
    std::vector<at::Tensor> all;
    for (int32_t k = 0; k < count; k++) all.push_back(borrow(inputs[k]));
    *output = give(Recompute::apply(at::TensorList(all), borrow(anchor), Result{borrow(value)}, c10::make_intrusive<Kept>(id, again, release)));
  });
}
