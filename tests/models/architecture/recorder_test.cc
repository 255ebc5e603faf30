#include "models/architecture/recorder.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/models/architecture/recording.h"

namespace graft::models::architecture {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RecorderTest : public testing::Test {
 protected:
  // Builds `source`, so that the globals named in `network` are there before forward is recorded.
  absl::Status Record(const std::string& source, std::vector<std::string> network) {
    if (absl::Status status = recording_.Build(source); !status.ok()) return status;
    for (const std::string& name : network) {
      if (auto* tensor = recording_.Global(name).As<TensorObject>()) tensor->data().name = name;
    }
    return recording_.RecordBuilt({{"x", {4}}});
  }
  at::Tensor Run(const at::Tensor& x) { return recording_.Run({x}).at(0); }

  c10::InferenceMode inference_;
  Recording recording_;
};

TEST_F(RecorderTest, NamesOutputsAfterWhatForwardReturns) {
  const auto names = [&](const std::string& result) {
    const absl::Status status =
        Record("class Out:\n  pass\ndef forward(x):\n  " + result + "\n", {});
    EXPECT_TRUE(status.ok()) << status;
    return recording_.graph().outputs;
  };
  EXPECT_THAT(names("return x + 1"), ElementsAre("out0"));
  EXPECT_THAT(names("return x + 1, None, x + 2"), ElementsAre("out0", "out1"));
  EXPECT_THAT(names("return {'a': x + 1, 'b': [x, x + 2]}"), ElementsAre("a", "b.0", "b.1"));
  EXPECT_THAT(names("return x.max(-1)"), ElementsAre("values", "indices"));
  EXPECT_THAT(names("o = Out(); o.logits = x; o.state = {'h': x}; o._x = x; return o"),
              ElementsAre("logits", "state.h"));
  EXPECT_THAT(std::string(Record("def forward(x):\n  return 3\n", {}).message()),
              HasSubstr("forward returned no tensor, but int"));
}

TEST_F(RecorderTest, SaysWhyAndWhatToWriteInsteadAtTheLineOfTheSource) {
  const auto message = [&](const std::string& body) {
    return std::string(Record("def forward(x):\n  " + body + "\n", {}).message());
  };
  EXPECT_THAT(message("return x if x.max() > 1 else -x"),
              HasSubstr("net.py:3:15: a condition that depends on the elements of a tensor is not "
                        "supported: forward is recorded once, for any inputs; go on with tensors: "
                        "torch.where(condition, x, y)\n"));
  EXPECT_THAT(message("return torch.stack([row for row in x])"),
              HasSubstr("a loop over the agents is not supported: their number is not known"));
  EXPECT_THAT(message("return x[x > 0]"), HasSubstr("write torch.where(mask, x, other)"));
  EXPECT_THAT(message("return x if x.shape[0] > 1 else -x"),
              HasSubstr("a branch that depends on the number of agents is not supported: it is "
                        "decided once"));
  EXPECT_THAT(message("return x.nonzero()"), HasSubstr("is decided once; write torch.where"));
}

TEST_F(RecorderTest, TakesOfTheOtherTensorOnlyItsTypeInConversions) {
  const absl::Status status = Record(
      "def forward(x):\n  w = torch.ones(4).to(x)\n"
      "  return x * (w if w.sum() > 3 else -w).type_as(x)\n",
      {});
  EXPECT_TRUE(status.ok()) << status;
}

TEST_F(RecorderTest, SaysWhichInputsAreWritten) {
  ASSERT_TRUE(recording_
                  .Record("def forward(x, y):\n  y.view(-1)[0] = 5\n  return x + y\n",
                          {{"x", {4}}, {"y", {4}}})
                  .ok());
  EXPECT_THAT(recording_.graph().writes_input, ElementsAre(false, true));
}

TEST_F(RecorderTest, RefusesToKeepStateFromOneCallToTheNext) {
  const absl::Status status =
      Record("running = torch.zeros(4)\ndef forward(x):\n  running.copy_(x[0])\n  return x\n",
             {"running"});
  EXPECT_THAT(std::string(status.message()), HasSubstr("writing to 'running'"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("net.py:4:"));
}

TEST_F(RecorderTest, RefusesToReadACounter) {
  const std::string counter =
      "count = torch.zeros(1, dtype=torch.int64)\ndef forward(x):\n  count.add_(1)\n";
  EXPECT_TRUE(Record(counter + "  return x\n", {"count"}).ok());
  const absl::Status status = Record(counter + "  return x + count\n", {"count"});
  EXPECT_THAT(std::string(status.message()), HasSubstr("reading 'count', which forward changes"));
}

TEST_F(RecorderTest, AllowsChangesOfTheNetworkThatEveryCallWouldRepeat) {
  ASSERT_TRUE(
      Record("w = torch.full((4,), 3.0)\ndef forward(x):\n  w.clamp_(max=1)\n  return x * w\n",
             {"w"})
          .ok());
  EXPECT_TRUE(at::equal(Run(at::ones({2, 4})), at::ones({2, 4})));
}

TEST_F(RecorderTest, LeavesAloneWhatAnEarlierNodeUses) {
  ASSERT_TRUE(Record("def forward(x):\n  z = torch.zeros(4)\n  a = x + z\n  z += 1\n  z[0] = 9\n"
                     "  return a + z * 10\n",
                     {})
                  .ok());
  EXPECT_TRUE(
      at::equal(Run(at::zeros({1, 4})), at::tensor({90, 10, 10, 10}, at::kFloat).view({1, 4})));
}

TEST_F(RecorderTest, RefusesToWriteToAViewOfAConstantThatDependsOnTheAgents) {
  const absl::Status status = Record(
      "w = torch.zeros(1, 4)\ndef forward(x):\n  e = w.expand(x.size(0), 4)\n  e += x\n  return "
      "e\n",
      {"w"});
  EXPECT_THAT(std::string(status.message()), HasSubstr("a view of a constant"));
}

TEST_F(RecorderTest, FoldsBatchNormIntoConvolutions) {
  ASSERT_TRUE(recording_
                  .Record("def forward(x):\n"
                          "  y = torch.conv2d(x, torch.ones(2, 3, 3, 3) * 0.1, None, 1, 1)\n"
                          "  y = torch.batch_norm(y, torch.ones(2) * 2, torch.ones(2),\n"
                          "                       torch.ones(2) * 0.5, torch.ones(2) * 3, False,\n"
                          "                       0.1, 1e-5, False)\n"
                          "  return y.relu_()\n",
                          {{"x", {3, 5, 5}}})
                  .ok());
  EXPECT_EQ(recording_.CountNodes("aten::batch_norm"), 0);
  const at::Tensor x = at::randn({2, 3, 5, 5});
  const at::Tensor convolved = at::conv2d(x, at::full({2, 3, 3, 3}, 0.1), {}, 1, 1);
  const at::Tensor expected = at::relu((convolved - 0.5) / std::sqrt(3 + 1e-5) * 2 + 1);
  EXPECT_TRUE(at::allclose(Run(x), expected, 1e-4, 1e-5));
}

TEST_F(RecorderTest, FoldsBatchNormOfFloat32IntoConvolutionsInHalfPrecision) {
  Recording half({.compute_type = at::kBFloat16});
  ASSERT_TRUE(half.Record("def forward(x):\n"
                          "  w = torch.ones(2, 3, 1, 1, dtype=torch.bfloat16)\n"
                          "  y = torch.conv2d(x, w)\n"
                          "  one = torch.tensor([1.0, 1.0])\n"
                          "  return torch.batch_norm(y, one * 2, one, one, one * 3, False, 0.1,\n"
                          "                          1e-5, False)\n",
                          {{"x", {3, 5, 5}, at::kBFloat16}})
                  .ok());
  const at::Tensor out = half.Run({at::ones({1, 3, 5, 5}, at::kBFloat16)}).at(0);
  EXPECT_EQ(out.scalar_type(), at::kBFloat16);
  EXPECT_NEAR(out[0][0][0][0].item<double>(), 2 * 2 / std::sqrt(3.0) + 1, 0.03);
}

TEST_F(RecorderTest, TrainsBatchNormOnTheBatchWithoutTouchingItsStatistics) {
  ASSERT_TRUE(
      Record("mean = torch.zeros(4)\nvar = torch.ones(4)\n"
             "def forward(x):\n"
             "  return torch.batch_norm(x, None, None, mean, var, True, 0.1, 1e-5, False)\n",
             {"mean", "var"})
          .ok());
  const at::Tensor x = at::randn({6, 4}) * 3 + 1;
  const at::Tensor once = Run(x);
  EXPECT_NEAR(once.mean().item<double>(), 0, 1e-5);
  EXPECT_TRUE(at::equal(Run(x), once));
}

TEST_F(RecorderTest, SaysTheTargetDeviceToTheCode) {
  Recording cuda({.device = c10::Device("cuda:0")});
  const absl::Status status = cuda.Record(
      "def forward(x):\n"
      "  assert x.is_cuda and str(x.device) == 'cuda:0'\n"
      "  return x.to('cuda') + torch.zeros(x.size(0), 4, device=x.device)\n",
      {{"x", {4}}});
  ASSERT_TRUE(status.ok()) << status;
  bool found = false;
  for (const torch::jit::Node* node : cuda.graph().graph->nodes()) {
    const auto value = torch::jit::toIValue(node->outputs().empty() ? nullptr : node->outputs()[0]);
    if (value && value->isDevice()) found = value->toDevice() == c10::Device("cuda:0");
  }
  EXPECT_TRUE(found);
}

TEST(Recorder, RefusesWhatMayNotBeUsedOnlyWhereAResultDependsOnIt) {
  const std::string sample =
      "import _graft\ndef forward(x):\n"
      "  drawn = _graft.refused_if_used(torch.rand_like(x), 'a sample', 'write its mean')\n"
      "  unused = drawn * 2 + x\n";
  Recording unused;
  ASSERT_TRUE(unused.Record(sample + "  return x * 3\n", {{"x", {3}}}).ok());
  EXPECT_TRUE(unused.Run({at::ones({2, 3})})[0].equal(at::full({2, 3}, 3.0)));
  Recording used;
  EXPECT_THAT(std::string(used.Record(sample + "  return x * 3, unused\n", {{"x", {3}}}).message()),
              StartsWith("net.py:4:11: a sample is not supported: write its mean"));
  Recording constant;
  EXPECT_THAT(
      std::string(constant
                      .Record("import _graft\ndef forward(x):\n  y = "
                              "_graft.refused_if_used(torch.ones(1), 'a', 'b')\n  return x\n",
                              {{"x", {3}}})
                      .message()),
      HasSubstr("a is not supported: b"));
}

TEST(Recorder, TakesAnAssertionAboutElementsToHold) {
  Recording recording;
  const absl::Status status = recording.Record(
      "def forward(x):\n  assert (x > 0).all(), 'positive'\n  return x * 2\n", {{"x", {3}}});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(recording.Run({-at::ones({2, 3})})[0].equal(at::full({2, 3}, -2.0)));
  Recording agents;
  EXPECT_THAT(
      std::string(
          agents.Record("def forward(x):\n  assert x.shape[0] < 3\n  return x\n", {{"x", {3}}})
              .message()),
      HasSubstr("a branch that depends on the number of agents"));
  Recording constant;
  EXPECT_THAT(
      std::string(constant
                      .Record("def forward(x):\n  assert torch.zeros(1) > 0, 'known'\n  return x\n",
                              {{"x", {3}}})
                      .message()),
      HasSubstr("AssertionError: known"));
}

}  // namespace
}  // namespace graft::models::architecture
