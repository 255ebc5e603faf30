// A next version takes over the network that the version before recorded, wherever that is right.
#include "models/architecture/recorded_network.h"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/architecture/prior_version.h"
#include "models/loading/load_model.h"
#include "tests/models/file/scratch_file.h"
#include "tests/models/loading/float_weights.h"

namespace graft::models {
namespace {

// Two linear layers of 4 and 4 numbers; what forward does with them is the test's.
std::string Net(const std::string& init, const std::string& forward) {
  return absl::StrCat(
      "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\n"
      "class Net(nn.Module):\n"
      "    def __init__(self):\n"
      "        super().__init__()\n"
      "        self.a = nn.Linear(4, 4)\n"
      "        self.b = nn.Linear(4, 4)\n",
      init, "\n    def forward(self, x):\n", forward, "\n");
}

FloatWeights Layers(float a, float b) {
  FloatWeights weights;
  weights.Add("a.weight", {4, 4}, a)
      .Add("a.bias", {4}, a / 2)
      .Add("b.weight", {4, 4}, b)
      .Add("b.bias", {4}, b / 2);
  return weights;
}

class RecordedNetworkTest : public ::testing::Test {
 protected:
  void Use(const std::string& source) {
    net_.Write(source);
    options_.network.architecture = ParseArchitecture(net_.path() + ":Net()", "").value();
  }

  // A version from a file with these weights, after the one before.
  absl::StatusOr<LoadedModel> TryLoad(const FloatWeights& weights) {
    files_.push_back(std::make_unique<ScratchFile>("", ".pt"));
    weights.WriteTo(files_.back()->path());
    absl::StatusOr<LoadedModel> loaded = LoadModel(files_.back()->path(), options_);
    if (loaded.ok()) options_.prior = loaded->prior;
    return loaded;
  }
  LoadedModel Load(const FloatWeights& weights) {
    absl::StatusOr<LoadedModel> loaded = TryLoad(weights);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *std::move(loaded);
  }

  // The same weights without any version before.
  std::vector<float> Expected(const FloatWeights& weights) {
    SourceModelOptions alone = options_;
    alone.torch.pool = nullptr;
    alone.prior = nullptr;
    const ScratchFile file("", ".pt");
    weights.WriteTo(file.path());
    return Run(LoadModel(file.path(), alone).value());
  }

  static std::vector<float> Run(const LoadedModel& loaded) {
    const std::vector<float> x = {1, -2, 3, -4, 0.5f, 6, -7, 8};
    std::vector<float> y(8);
    const void* inputs[] = {x.data()};
    void* outputs[] = {y.data()};
    const absl::Status status = loaded.model->Run(2, inputs, outputs);
    EXPECT_TRUE(status.ok()) << status;
    return y;
  }

  static bool AreOneRecording(const LoadedModel& one, const LoadedModel& other) {
    return one.prior->recorded != nullptr && one.prior->recorded == other.prior->recorded;
  }

  const ScratchFile net_{"", ".py"};
  std::vector<std::unique_ptr<ScratchFile>> files_;
  SourceModelOptions options_ = [] {
    SourceModelOptions options;
    options.torch.inputs = {{"x", DType::kFloat32, {TensorSpec::kAgents, 4}}};
    options.torch.pool = MakeTensorPool();
    return options;
  }();
};

TEST_F(RecordedNetworkTest, ServesTheNextWeightsWithoutBeingRecordedAgain) {
  Use(Net("", "        return self.b(torch.tanh(self.a(x)))"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  const LoadedModel second = Load(Layers(0.3f, 0.2f));
  const LoadedModel third = Load(Layers(0.5f, 0.7f));
  EXPECT_TRUE(AreOneRecording(first, second));
  EXPECT_TRUE(AreOneRecording(first, third));
  EXPECT_EQ(Run(first), Expected(Layers(0.1f, 0.2f)));
  EXPECT_EQ(Run(second), Expected(Layers(0.3f, 0.2f)));
  EXPECT_EQ(Run(third), Expected(Layers(0.5f, 0.7f)));
}

TEST_F(RecordedNetworkTest, IsRecordedAgainWhenItsSourceHasChanged) {
  Use(Net("", "        return self.b(torch.tanh(self.a(x)))"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  Use(Net("", "        return self.b(torch.relu(self.a(x)) + 1)"));
  const LoadedModel second = Load(Layers(0.3f, 0.2f));
  EXPECT_FALSE(AreOneRecording(first, second));
  EXPECT_EQ(Run(second), Expected(Layers(0.3f, 0.2f)));
}

// Equal weights share their memory: in the next version they may differ.
TEST_F(RecordedNetworkTest, TellsWeightsApartThatWereEqualWhenItWasRecorded) {
  Use(Net("", "        return self.b(torch.tanh(self.a(x)))"));
  const LoadedModel first = Load(Layers(0.4f, 0.4f));
  const LoadedModel second = Load(Layers(0.1f, 0.9f));
  const LoadedModel third = Load(Layers(0.6f, 0.6f));
  EXPECT_TRUE(AreOneRecording(first, third));
  EXPECT_EQ(Run(first), Expected(Layers(0.4f, 0.4f)));
  EXPECT_EQ(Run(second), Expected(Layers(0.1f, 0.9f)));
  EXPECT_EQ(Run(third), Expected(Layers(0.6f, 0.6f)));
}

// What recording computes from weights is in the graph, and the weights are not.
TEST_F(RecordedNetworkTest, IsRecordedAgainForWeightsThatItComputedWith) {
  Use(Net("", "        return F.linear(x, self.a.weight / self.a.weight.norm()) + self.b(x)"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  const LoadedModel other = Load(Layers(0.3f, 0.2f));
  EXPECT_FALSE(AreOneRecording(first, other));
  EXPECT_EQ(Run(other), Expected(Layers(0.3f, 0.2f)));
  const LoadedModel same = Load(Layers(0.3f, 0.8f));  // b alone is exchanged
  EXPECT_TRUE(AreOneRecording(other, same));
  EXPECT_EQ(Run(same), Expected(Layers(0.3f, 0.8f)));
}

TEST_F(RecordedNetworkTest, IsRecordedAgainForWeightsThatItShowedOtherwise) {
  Use(Net("        self.turned = self.a.weight.t()\n",
          "        return x @ self.turned + self.b(x) + x @ self.b.weight[:, :4].t()"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  for (const auto& [a, b] : {std::pair(0.3f, 0.2f), std::pair(0.3f, 0.9f)}) {
    const LoadedModel next = Load(Layers(a, b));
    EXPECT_EQ(Run(next), Expected(Layers(a, b)));
  }
}

TEST_F(RecordedNetworkTest, IsRecordedAgainForAWeightThatDecidedABranch) {
  Use(Net("", "        return self.b(x) if self.a.bias[0].item() > 0 else self.a(x)"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  const LoadedModel second = Load(Layers(-0.3f, 0.2f));
  EXPECT_EQ(Run(first), Expected(Layers(0.1f, 0.2f)));
  EXPECT_EQ(Run(second), Expected(Layers(-0.3f, 0.2f)));
}

TEST_F(RecordedNetworkTest, KeepsWhatForwardDoesToAWeight) {
  Use(Net("", "        self.a.weight.data.clamp_(max=0.15)\n        return self.b(self.a(x))"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  const LoadedModel second = Load(Layers(0.1f, 0.9f));
  EXPECT_EQ(Run(second), Expected(Layers(0.1f, 0.9f)));
  const LoadedModel third = Load(Layers(0.05f, 0.9f));
  EXPECT_EQ(Run(third), Expected(Layers(0.05f, 0.9f)));
}

TEST_F(RecordedNetworkTest, FollowsTiedWeights) {
  Use(Net("        self.b.weight = self.a.weight\n",
          "        return self.b(torch.tanh(self.a(x)))"));
  const FloatWeights first_weights = Layers(0.1f, 0.2f).Without("b.weight");
  const FloatWeights second_weights = Layers(0.7f, 0.2f).Without("b.weight");
  const LoadedModel first = Load(first_weights);
  const LoadedModel second = Load(second_weights);
  EXPECT_TRUE(AreOneRecording(first, second));
  EXPECT_EQ(Run(first), Expected(first_weights));
  EXPECT_EQ(Run(second), Expected(second_weights));
}

TEST_F(RecordedNetworkTest, KeepsWhatNoFileGives) {
  Use(Net("        self.register_buffer('scale', torch.full((4,), 3.0), persistent=False)\n",
          "        return self.b(self.a(x) * self.scale)"));
  options_.network.weights.allow_missing.all = true;
  options_.network.seed = 7;
  const LoadedModel first = Load(Layers(0.1f, 0.2f).Without("b."));
  const LoadedModel second = Load(Layers(0.3f, 0.2f).Without("b."));
  EXPECT_TRUE(AreOneRecording(first, second));
  EXPECT_EQ(Run(second), Expected(Layers(0.3f, 0.2f).Without("b.")));
  // What a file gives now was the network's own when it was recorded.
  const LoadedModel third = Load(Layers(0.3f, 0.2f));
  EXPECT_FALSE(AreOneRecording(first, third));
  EXPECT_EQ(Run(third), Expected(Layers(0.3f, 0.2f)));
}

TEST_F(RecordedNetworkTest, FillsInPartWhatAFileGivesInPart) {
  Use(Net("", "        return self.b(self.a(x))"));
  options_.network.weights.mismatch = MismatchPolicy::kSlice;
  FloatWeights narrow;
  narrow.Add("a.weight", {4, 4}, 0.1f).Add("a.bias", {4}, 1).Add("b.weight", {2, 4}, 0.3f);
  narrow.Add("b.bias", {2}, 2);
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  const LoadedModel second = Load(narrow);
  EXPECT_EQ(Run(second), Expected(narrow));
  const LoadedModel third = Load(Layers(0.6f, 0.2f));
  EXPECT_EQ(Run(third), Expected(Layers(0.6f, 0.2f)));
}

TEST_F(RecordedNetworkTest, RefusesWeightsThatDoNotFitAsEver) {
  Use(Net("", "        return self.b(self.a(x))"));
  const LoadedModel first = Load(Layers(0.1f, 0.2f));
  const absl::Status status = TryLoad(Layers(0.1f, 0.2f).Without("b.")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  FloatWeights diverged = Layers(0.1f, 0.2f);
  diverged["b.bias"][2] = std::nanf("");
  EXPECT_EQ(TryLoad(diverged).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(AreOneRecording(first, Load(Layers(0.5f, 0.2f))));
}

TEST_F(RecordedNetworkTest, ServesHalfPrecisionWithFloat32Islands) {
  Use(Net("        self.norm = nn.LayerNorm(4)\n", "        return self.b(self.norm(self.a(x)))"));
  options_.network.precision.base = DType::kBFloat16;
  options_.network.precision.layers = {{NamePattern::Parse("norm").value(), DType::kFloat32}};
  const auto weights = [](float a, float b, float norm) {
    return Layers(a, b).Add("norm.weight", {4}, norm).Add("norm.bias", {4}, norm);
  };
  const LoadedModel first = Load(weights(0.1f, 0.2f, 1));
  const LoadedModel second = Load(weights(0.4f, 0.2f, 2));
  EXPECT_EQ(Run(second), Expected(weights(0.4f, 0.2f, 2)));
}

// A chain of linear layers is read off the file: another file may have another.
TEST_F(RecordedNetworkTest, IsRecordedAgainForAnotherChainOfLayers) {
  options_.network.architecture = ParseArchitecture("mlp", "").value();
  options_.network.architecture->activation = "tanh";
  const auto chain = [](int layers, float first) {
    FloatWeights weights;
    for (int i = 0; i < layers; ++i) {
      weights.Add(absl::StrCat("net.", 2 * i, ".weight"), {4, 4},
                  first / static_cast<float>(i + 1));
    }
    return weights;
  };
  options_.network.weights.strip_prefix = std::vector<std::string>{"net."};
  const LoadedModel first = Load(chain(2, 0.1f));
  const LoadedModel second = Load(chain(2, 0.2f));
  EXPECT_TRUE(AreOneRecording(first, second));
  EXPECT_EQ(Run(second), Expected(chain(2, 0.2f)));
  const LoadedModel third = Load(chain(3, 0.2f));
  EXPECT_FALSE(AreOneRecording(first, third));
  EXPECT_EQ(Run(third), Expected(chain(3, 0.2f)));
}

}  // namespace
}  // namespace graft::models
