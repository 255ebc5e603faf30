#include "models/architecture/tensor_data.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/models/architecture/recording.h"

namespace graft::models::architecture {
namespace {

using ::testing::HasSubstr;

class TensorDataTest : public testing::Test {
 protected:
  void Build(const std::string& source) {
    const absl::Status status = recording_.Build(source);
    ASSERT_TRUE(status.ok()) << status;
  }
  TensorObject& Tensor(absl::string_view name) {
    return *recording_.Global(name).As<TensorObject>();
  }
  at::Tensor Read(absl::string_view name) { return Read(recording_, name); }
  static at::Tensor Read(Recording& recording, absl::string_view name) {
    at::Tensor elements;
    auto* tensor = recording.Global(name).As<TensorObject>();
    const absl::Status status = recording.evaluator().Guard([&] {
      elements = ReadConstant(recording.evaluator(), recording.recorder(), tensor->data()).clone();
    });
    EXPECT_TRUE(status.ok()) << status;
    return elements;
  }

  c10::InferenceMode inference_;
  Recording recording_;
};

TEST_F(TensorDataTest, ComputesInitialWeightsWhenTheyAreRead) {
  Build(
      "a = torch.empty(1000, 1000).uniform_(-1, 1)\n"
      "b = torch.Parameter(torch.Tensor(3, 4))\n"
      "b.data.normal_(2.0, 0.5)\n"
      "c = torch.ones(2, 3).mul_(4).add_(1)\n"
      "d = torch.zeros(4, 2)\n"
      "d[1].fill_(7)\n"
      "d[2:].uniform_(2, 3)\n");
  EXPECT_TRUE(Tensor("a").data().pending());
  EXPECT_TRUE(Tensor("b").data().pending());
  EXPECT_TRUE(Tensor("c").data().pending());
  EXPECT_TRUE(Tensor("d").data().pending());
  const at::Tensor a = Read("a");
  EXPECT_NEAR(a.mean().item<double>(), 0, 0.01);
  EXPECT_GE(a.min().item<double>(), -1);
  EXPECT_FALSE(Tensor("a").data().pending());
  EXPECT_NEAR(Read("b").mean().item<double>(), 2, 0.7);
  EXPECT_TRUE(at::equal(Read("c"), at::full({2, 3}, 5.0)));
  const at::Tensor d = Read("d");
  EXPECT_TRUE(at::equal(d.slice(0, 0, 2), at::tensor({0, 0, 7, 7}, at::kFloat).view({2, 2})));
  EXPECT_GE(d.slice(0, 2).min().item<double>(), 2);
}

TEST_F(TensorDataTest, GivesTheSameWeightsWhicheverAreRead) {
  const std::string source =
      "a = torch.empty(5).normal_()\n"
      "b = torch.empty(5).normal_()\n"
      "c = torch.randn(5)\n";
  const auto make = [&](uint64_t seed) {
    auto recording = std::make_unique<Recording>(RecorderOptions{.seed = seed});
    EXPECT_TRUE(recording->Build(source).ok());
    for (const char* name : {"a", "b", "c"}) recording->Global(name);
    return recording;
  };
  auto all = make(1);
  auto last = make(1);
  auto other = make(2);
  const at::Tensor a = Read(*all, "a");
  const at::Tensor b = Read(*all, "b");
  const at::Tensor c = Read(*all, "c");
  EXPECT_FALSE(at::equal(a, b));
  EXPECT_FALSE(at::equal(b, c));
  EXPECT_TRUE(at::equal(Read(*last, "c"), c));
  EXPECT_FALSE(at::equal(Read(*other, "c"), c));
}

TEST_F(TensorDataTest, StartsAnewFromASeedThatTheCodeSets) {
  Build(
      "import _graft\n"
      "def make():\n"
      "  _graft.manual_seed(3)\n"
      "  return torch.randn(4)\n"
      "a = make()\n"
      "b = make()\n");
  EXPECT_TRUE(at::equal(Read("a"), Read("b")));
}

TEST_F(TensorDataTest, KeepsViewsTiedToWhatTheyAreViewsOf) {
  Build(
      "def make():\n"
      "  a = torch.zeros(2, 3)\n"
      "  t = a.t()\n"
      "  row = t[1]\n"
      "  a.fill_(1)\n"
      "  row.mul_(5)\n"
      "  return a, t\n"
      "a, t = make()\n");
  EXPECT_TRUE(at::equal(Read("a"), at::tensor({1, 5, 1, 1, 5, 1}, at::kFloat).view({2, 3})));
  EXPECT_TRUE(at::equal(Read("t"), Read("a").t()));
}

TEST_F(TensorDataTest, IsReplacedByAFilesTensorTogetherWithItsViews) {
  Build(
      "w = torch.Parameter(torch.empty(2, 2).normal_())\n"
      "t = w.t()\n"
      "alias = w.data\n");
  Tensor("t");
  Tensor("alias");
  const at::Tensor file = at::arange(4, at::kFloat).view({2, 2});
  ReplaceConstant(Tensor("w").data(), file, /*read_only=*/true);
  EXPECT_TRUE(at::equal(Read("t"), file.t()));
  EXPECT_TRUE(at::equal(Read("alias"), file));
  // Also as another kind.
  ReplaceConstant(Tensor("w").data(), file.to(at::kHalf), /*read_only=*/false);
  EXPECT_EQ(Read("t").scalar_type(), at::kHalf);
  ASSERT_TRUE(recording_.evaluator()
                  .Guard([&] { recording_.evaluator().GetAttr(recording_.Global("t"), "dtype"); })
                  .ok());
  EXPECT_EQ(Tensor("t").data().dtype(), at::kHalf);
}

TEST_F(TensorDataTest, CopiesAFilesMemoryBeforeWritingToIt) {
  Build("w = torch.zeros(3)\n");
  const at::Tensor file = at::ones({3});
  ReplaceConstant(Tensor("w").data(), file, /*read_only=*/true);
  Build("def write(w):\n  w.mul_(3)\n");
  auto* const w = recording_.recorder().NewTensor(
      recording_.evaluator(), TensorData::Constant(file, recording_.recorder().NextOrdinal()));
  w->data().read_only = true;
  const python::Value write = recording_.Global("write");
  ASSERT_TRUE(recording_.evaluator().Guard([&] { recording_.evaluator().Call(write, {w}); }).ok());
  EXPECT_TRUE(at::equal(w->data().elements, at::full({3}, 3.0)));
  EXPECT_TRUE(at::equal(file, at::ones({3})));
}

TEST_F(TensorDataTest, CopiesRecipesWithoutComputingThem) {
  Build(
      "a = torch.Parameter(torch.empty(500, 500).normal_())\n"
      "b = a.__deepcopy__({})\n"
      "a2 = a\n");
  TensorObject& b = Tensor("b");
  EXPECT_TRUE(Tensor("a").data().pending());
  EXPECT_TRUE(b.data().pending());
  EXPECT_TRUE(b.requires_grad());
  EXPECT_TRUE(at::equal(Read("a"), Read("b")));
}

TEST_F(TensorDataTest, RefusesInitialisersThatDoNotFitAtTheirLine) {
  Build("def make():\n  return torch.zeros(2, dtype=torch.int64).normal_(mean='a')\n");
  const python::Value make = recording_.Global("make");
  const absl::Status status = recording_.evaluator().Guard(
      [&] { recording_.evaluator().Call(make, std::vector<python::Value>{}); });
  EXPECT_THAT(std::string(status.message()), HasSubstr("net.py:3:"));
}

TEST_F(TensorDataTest, InitialisesAsTorchNnInitDoes) {
  Build(
      "import _graft\n"
      "cut = _graft.trunc_normal_(torch.empty(4000), mean=0.5, std=2.0, a=-1.0, b=1.0)\n"
      "square = _graft.orthogonal_(torch.empty(16, 16), gain=2.0)\n"
      "wide = _graft.orthogonal_(torch.empty(3, 4, 2))\n"
      "kernel = _graft.dirac_(torch.empty(4, 2, 3, 3), 2)\n"
      "unit = _graft.eye_(torch.empty(3, 4))\n"
      "thin = _graft.sparse_(torch.empty(10, 6), sparsity=0.3)\n");
  EXPECT_TRUE(Tensor("square").data().pending());
  const at::Tensor cut = Read("cut");
  EXPECT_GE(cut.min().item<double>(), -1);
  EXPECT_LE(cut.max().item<double>(), 1);
  EXPECT_NEAR(cut.mean().item<double>(), 0.04, 0.05);
  const at::Tensor square = Read("square");
  EXPECT_TRUE(at::allclose(square.matmul(square.t()), at::eye(16) * 4, 1e-4, 1e-4));
  const at::Tensor wide = Read("wide").view({3, 8});
  EXPECT_TRUE(at::allclose(wide.matmul(wide.t()), at::eye(3), 1e-4, 1e-4));
  const at::Tensor kernel = Read("kernel");
  EXPECT_EQ(kernel.sum().item<double>(), 4);
  EXPECT_EQ(kernel[3][1][1][1].item<double>(), 1);
  EXPECT_TRUE(at::equal(Read("unit"), at::eye(3, 4)));
  EXPECT_TRUE(at::equal(at::sum(Read("thin") == 0, 0), at::full({6}, 3, at::kLong)));
}

TEST_F(TensorDataTest, BoundsWhatIsComputed) {
  Recording recording({.max_constant_bytes = 1 << 20});
  const absl::Status status = recording.Build("a = torch.ones(1000, 1000) * 2\n");
  ASSERT_TRUE(status.ok());
  EXPECT_THROW(recording.Global("a"), c10::Error);
}

}  // namespace
}  // namespace graft::models::architecture
