// Taps and float32 islands.
#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/interpreter.h>

#include <string>

#include "models/architecture/float32_islands.h"
#include "models/architecture/taps.h"
#include "tests/models/architecture/recording.h"

namespace graft::models::architecture {
namespace {

using python::Value;
using ::testing::ElementsAre;

constexpr char kNet[] = R"(
import _graft
class Module:
  def __call__(self, *args, **kwargs):
    return _graft.call_module(self, args, kwargs)
class Double(Module):
  def forward(self, x):
    return x * 2
class Relu(Module):
  def forward(self, x):
    return x.relu_()
class Norm(Module):
  def forward(self, x, scale=None):
    assert x.dtype == torch.float32 and scale.dtype == torch.float32
    return x * scale
class Net(Module):
  def __init__(self):
    self.first = Double()
    self.relu = Relu()
    self.norm = Norm()
  def forward(self, x):
    return self.relu(self.first(x)) + 1
net = Net()
half = Net()
def forward_half(x):
  y = half.norm(x, scale=torch.ones(3, dtype=x.dtype))
  assert y.dtype == torch.float16
  return y
)";

class ModuleHooks : public testing::Test {
 protected:
  Value Net(absl::string_view name) {
    const absl::Status status = recording_.Build(kNet);
    EXPECT_TRUE(status.ok()) << status;
    const Value net = recording_.Global(name);
    for (const char* child : {"first", "relu", "norm"}) {
      EXPECT_TRUE(recording_.evaluator()
                      .Guard([&] {
                        recording_.recorder().module_calls().SetPath(
                            recording_.evaluator().GetAttr(net, child).object(), child);
                      })
                      .ok());
    }
    return net;
  }

  Recording recording_{{.compute_type = at::kHalf}};
};

TEST_F(ModuleHooks, TapsGiveWhatModulesGaveBeforeItWasWrittenOver) {
  const Value net = Net("net");
  Recorder& recorder = recording_.recorder();
  python::Evaluator& ev = recording_.evaluator();
  Taps taps(recorder, {"first", "nothing"});
  recorder.module_calls().AddHook(taps.Hook());
  RecordedGraph graph;
  const absl::Status status = ev.Guard([&] {
    recorder.Start(ev);
    const Value x = recorder.AddInput(ev, "x", at::kFloat, {2});
    graph = recorder.Finish(ev, taps.WithResult(ev, ev.Call(net, {x})));
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(graph.outputs, ElementsAre("out0", "first"));
  EXPECT_THAT(taps.Missing(), ElementsAre("nothing"));
  c10::InferenceMode inference;
  torch::jit::Stack stack = {at::tensor({-1.0f, 3.0f}).view({1, 2})};
  torch::jit::InterpreterState(torch::jit::Code(graph.graph, "forward")).run(stack);
  const auto& outputs = stack[0].toTupleRef().elements();
  EXPECT_TRUE(at::equal(outputs[0].toTensor(), at::tensor({1.0f, 7.0f}).view({1, 2})));
  EXPECT_TRUE(at::equal(outputs[1].toTensor(), at::tensor({-2.0f, 6.0f}).view({1, 2})));
}

TEST_F(ModuleHooks, Float32IslandsCastWhatGoesInAndWhatComesOut) {
  Net("half");
  Recorder& recorder = recording_.recorder();
  python::Evaluator& ev = recording_.evaluator();
  Float32Islands islands(recorder, [](absl::string_view path) { return path == "norm"; });
  recorder.module_calls().AddHook(islands.Hook());
  const Value forward = recording_.Global("forward_half");
  RecordedGraph graph;
  const absl::Status status = ev.Guard([&] {
    recorder.Start(ev);
    const Value x = recorder.AddInput(ev, "x", at::kHalf, {3});
    graph = recorder.Finish(ev, ev.Call(forward, {x}));
  });
  EXPECT_TRUE(status.ok()) << status;
}

}  // namespace
}  // namespace graft::models::architecture
