// Time by operator: what libtorch reports of every operator and every node of a backward pass, while a profile runs.
// Without one no callback is installed, and libtorch's own check for callbacks is all that it costs.
#include <ATen/record_function.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <sstream>
#include <vector>

#include "support.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Tally {
  int64_t calls = 0, nanoseconds = 0;
  double flops = 0;
};

struct Frame {
  Clock::time_point start;
  int64_t inside = 0;  // nanoseconds of what was called within
};

std::mutex tallies_lock;
std::map<std::string, Tally> tallies;
at::CallbackHandle running = at::INVALID_CALLBACK_HANDLE;
thread_local std::vector<Frame> frames;

at::Tensor tensor_at(const std::vector<c10::IValue>& values, size_t index) {
  return index < values.size() && values[index].isTensor() ? values[index].toTensor() : at::Tensor();
}

/// Multiplications and additions of the last two dimensions' products, over all leading ones.
double product_flops(const at::Tensor& left, const at::Tensor& right) {
  return left.defined() && right.defined() && left.dim() >= 2 && right.dim() >= 2 ? 2.0 * left.numel() * right.size(-1) : 0;
}

double attention_flops(const at::Tensor& tokens, double products, int64_t parts) {
  return tokens.defined() && tokens.dim() == 3 ? 2.0 * products * tokens.numel() / parts * tokens.size(1) : 0;
}

/// Floating-point operations of the operators that do most of the arithmetic; 0 for others. Only those at the bottom count, so that nothing counts twice.
double flops_of(const std::string& name, const std::vector<c10::IValue>& in, const std::vector<c10::IValue>& out) {
  const bool convolution = name == "aten::mkldnn_convolution" || name == "aten::thnn_conv2d" || name == "aten::_slow_conv2d_forward";
  if (name == "aten::mm" || name == "selfsame::mm" || name == "aten::bmm") return product_flops(tensor_at(in, 0), tensor_at(in, 1));
  if (name == "aten::addmm" || name == "aten::baddbmm") return product_flops(tensor_at(in, 1), tensor_at(in, 2));
  if (name == "selfsame::attention") return attention_flops(tensor_at(in, 0), 2, 3);
  if (name == "SelfAttention (backward)") return attention_flops(tensor_at(in, 0), 4, 1);
  if (convolution && !out.empty() && out[0].isTensor()) {
    const auto weight = tensor_at(in, 1);
    return weight.defined() ? 2.0 * out[0].toTensor().numel() * (weight.numel() / weight.size(0)) : 0;
  }
  if (name == "aten::convolution_backward") {
    const auto gradient = tensor_at(in, 0), weight = tensor_at(in, 2);
    int products = 0;
    if (in.size() > 10 && in[10].isBoolList())
      for (size_t k = 0; k < 2; k++) products += in[10].toBoolList().get(k) ? 1 : 0;
    return gradient.defined() && weight.defined() ? 2.0 * products * gradient.numel() * (weight.numel() / weight.size(0)) : 0;
  }
  return 0;
}

/// Short names for nodes of the backward pass: ours carry their C++ type, libtorch's a number.
std::string short_name(const at::RecordFunction& function) {
  std::string name = function.name();
  if (name.rfind("autograd::engine::evaluate_function", 0) == 0) return "autograd::engine";
  if (function.scope() != at::RecordScope::BACKWARD_FUNCTION) return name;
  if (const auto end = name.rfind('>'); end != std::string::npos) name.resize(end);
  if (const auto colon = name.rfind(':'); colon != std::string::npos) name.erase(0, colon + 1);
  return name + " (backward)";
}

struct Known : at::ObserverContext {
  std::string name;
  std::vector<c10::IValue> inputs;
};

std::unique_ptr<at::ObserverContext> enter(const at::RecordFunction& function) {
  auto known = std::make_unique<Known>();
  known->name = short_name(function);
  known->inputs.assign(function.inputs().begin(), function.inputs().end());
  frames.push_back({Clock::now(), 0});
  return known;
}

void leave(const at::RecordFunction& function, at::ObserverContext* context) {
  if (frames.empty()) return;
  const auto frame = frames.back();
  frames.pop_back();
  const auto whole = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - frame.start).count();
  if (!frames.empty()) frames.back().inside += whole;
  const auto& known = *static_cast<Known*>(context);
  const auto flops = flops_of(known.name, known.inputs, function.outputs());
  std::lock_guard<std::mutex> guard(tallies_lock);
  auto& tally = tallies[known.name];
  tally.calls++;
  tally.nanoseconds += whole - frame.inside;
  tally.flops += flops;
}

}  // namespace

SS_EXPORT int32_t ss_profile_start() {
  return ss::guarded([] {
    TORCH_CHECK(running == at::INVALID_CALLBACK_HANDLE, "a profile is running already");
    std::lock_guard<std::mutex> guard(tallies_lock);
    tallies.clear();
    frames.clear();
    running = at::addGlobalCallback(at::RecordFunctionCallback(enter, leave)
                                        .needsInputs(true)
                                        .needsOutputs(true)
                                        .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
  });
}

SS_EXPORT int32_t ss_profile_stop(char** lines) {
  return ss::guarded([&] {
    TORCH_CHECK(running != at::INVALID_CALLBACK_HANDLE, "no profile is running");
    at::removeCallback(running);
    running = at::INVALID_CALLBACK_HANDLE;
    std::lock_guard<std::mutex> guard(tallies_lock);
    std::ostringstream text;
    for (const auto& [name, tally] : tallies) text << name << '\t' << tally.calls << '\t' << tally.nanoseconds << '\t' << static_cast<int64_t>(tally.flops) << '\n';
    *lines = strdup(text.str().c_str());
  });
}
