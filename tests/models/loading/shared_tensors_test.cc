// What versions of one model share: tensors that did not change from file to file, and frozen ones.
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/loading/load_model.h"
#include "tests/models/file/scratch_file.h"
#include "tests/models/loading/float_weights.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

constexpr char kNet[] = R"(
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(2, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.head = nn.Linear(32, 3)

    def forward(self, x):
        return self.head(self.body(x).flatten(1))
)";
constexpr size_t kHeadBytes = (32 * 3 + 3) * sizeof(float);
// Folded: the convolution and its new bias.
constexpr size_t kBodyBytes = (8 * 2 * 3 * 3 + 8) * sizeof(float);

// Weights of a Net; `body` and `head` say which ones.
FloatWeights Values(float body, float head) {
  FloatWeights weights;
  weights.Add("body.0.weight", {8, 2, 3, 3}, body)
      .Add("body.1.weight", {8}, body + 1)
      .Add("body.1.bias", {8}, body + 2)
      .Add("body.1.running_mean", {8}, body + 3)
      .Add("body.1.running_var", {8}, body + 4)
      .Add("head.weight", {3, 32}, head)
      .Add("head.bias", {3}, head + 1);
  return weights;
}

class SharedTensors : public ::testing::Test {
 protected:
  SharedTensors() {
    options_.network.architecture = ParseArchitecture(net_.path() + ":Net()", "").value();
    options_.torch.inputs = {{"x", DType::kFloat32, {TensorSpec::kAgents, 2, 4, 4}}};
    options_.torch.pool = MakeTensorPool();
  }

  void FreezeBody() { options_.network.freeze.keep = {NamePattern::Parse("body").value()}; }

  // A version from a file of its own with these values.
  LoadedModel Load(FloatWeights values) {
    files_.push_back(std::make_unique<ScratchFile>("", ".pt"));
    values.WriteTo(files_.back()->path());
    absl::StatusOr<LoadedModel> loaded = LoadModel(files_.back()->path(), options_);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    options_.prior = loaded->prior;
    return *std::move(loaded);
  }

  static std::vector<float> Run(const LoadedModel& loaded) {
    std::vector<float> x(size_t{2} * 2 * 4 * 4);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i) / 10;
    std::vector<float> y(6);
    const void* inputs[] = {x.data()};
    void* outputs[] = {y.data()};
    const absl::Status status = loaded.model->Run(2, inputs, outputs);
    EXPECT_TRUE(status.ok()) << status;
    return y;
  }

  // What the same values answer with nothing shared.
  std::vector<float> Expected(FloatWeights values) {
    SourceModelOptions alone = options_;
    alone.torch.pool = nullptr;
    alone.prior = nullptr;
    const ScratchFile file("", ".pt");
    values.WriteTo(file.path());
    return Run(LoadModel(file.path(), alone).value());
  }

  // Flips a bit of the first element of a tensor in the newest file.
  void Damage(const std::vector<float>& values) {
    const std::string& path = files_.back()->path();
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    const std::string contents(reinterpret_cast<const char*>(values.data()),
                               values.size() * sizeof(float));
    const size_t at = bytes.find(contents);
    ASSERT_NE(at, std::string::npos);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    files_.back()->Write(bytes);
  }

  const ScratchFile net_{kNet, ".py"};
  std::vector<std::unique_ptr<ScratchFile>> files_;
  SourceModelOptions options_;
};

TEST_F(SharedTensors, AFirstVersionSharesNothing) {
  const LoadedModel first = Load(Values(1, 2));
  EXPECT_EQ(first.model->weight_bytes(), kBodyBytes + kHeadBytes);
  EXPECT_EQ(first.model->shared_bytes(), 0u);
}

TEST_F(SharedTensors, WhatDidNotChangeIsInMemoryOnce) {
  const LoadedModel first = Load(Values(1, 2));
  const LoadedModel head = Load(Values(1, 5));
  EXPECT_EQ(head.model->weight_bytes(), kBodyBytes + kHeadBytes);
  EXPECT_EQ(head.model->shared_bytes(), kBodyBytes);
  const LoadedModel body = Load(Values(3, 2));
  EXPECT_EQ(body.model->shared_bytes(), kHeadBytes);
  const LoadedModel all = Load(Values(7, 8));
  EXPECT_EQ(all.model->shared_bytes(), 0u);
  const LoadedModel again = Load(Values(1, 2));
  EXPECT_EQ(again.model->shared_bytes(), kBodyBytes + kHeadBytes);
  EXPECT_EQ(Run(first), Expected(Values(1, 2)));
  EXPECT_EQ(Run(head), Expected(Values(1, 5)));
  EXPECT_EQ(Run(body), Expected(Values(3, 2)));
  EXPECT_EQ(Run(all), Expected(Values(7, 8)));
  EXPECT_EQ(Run(again), Expected(Values(1, 2)));
}

// One statistic of batch norm changes all of what it is folded into.
TEST_F(SharedTensors, WhatIsFoldedDependsOnAllThatItIsMadeOf) {
  const LoadedModel first = Load(Values(1, 2));
  FloatWeights other = Values(1, 2);
  other["body.1.running_var"][3] = 9;
  const LoadedModel second = Load(other);
  EXPECT_EQ(second.model->shared_bytes(), kHeadBytes);
  EXPECT_EQ(Run(second), Expected(other));
  EXPECT_NE(Run(second), Run(first));
}

TEST_F(SharedTensors, SharedMemoryOutlivesTheVersionThatBroughtIt) {
  LoadedModel first = Load(Values(1, 2));
  const LoadedModel second = Load(Values(1, 5));
  first = {};
  files_.front()->Write("gone");
  EXPECT_EQ(Run(second), Expected(Values(1, 5)));
}

TEST_F(SharedTensors, NothingIsSharedWithAVersionThatIsGone) {
  LoadedModel first = Load(Values(1, 2));
  first = {};
  EXPECT_EQ(Load(Values(1, 2)).model->shared_bytes(), 0u);
}

TEST_F(SharedTensors, InHalfPrecisionToo) {
  options_.network.precision.base = DType::kBFloat16;
  const LoadedModel first = Load(Values(1, 2));
  const LoadedModel head = Load(Values(1, 5));
  EXPECT_GT(head.model->shared_bytes(), 0u);
  EXPECT_EQ(head.model->weight_bytes() - head.model->shared_bytes(), kHeadBytes / 2);
  EXPECT_EQ(Run(head), Expected(Values(1, 5)));
}

TEST_F(SharedTensors, FrozenTensorsAreTheSameMemoryWhateverLaterFilesHold) {
  FreezeBody();
  const LoadedModel first = Load(Values(1, 2));
  const LoadedModel second = Load(Values(99, 5));
  EXPECT_EQ(second.model->shared_bytes(), kBodyBytes);
  EXPECT_EQ(Run(second), Expected(Values(1, 5)));
}

TEST_F(SharedTensors, ACheckpointMayLackFrozenTensors) {
  FreezeBody();
  const LoadedModel first = Load(Values(1, 2));
  const LoadedModel second = Load(Values(99, 5).Without("body."));
  EXPECT_EQ(second.model->shared_bytes(), kBodyBytes);
  EXPECT_EQ(Run(second), Expected(Values(1, 5)));
}

// A damaged record is refused; one that is not read says nothing.
TEST_F(SharedTensors, FrozenTensorsAreNotRead) {
  FreezeBody();
  const LoadedModel first = Load(Values(1, 2));
  FloatWeights next = Values(50, 5);
  (void)Load(next);
  Damage(next["body.0.weight"]);
  EXPECT_TRUE(LoadModel(files_.back()->path(), options_).ok());
  Damage(next["head.weight"]);
  const absl::Status status = LoadModel(files_.back()->path(), options_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

// Bytes that differ are no bytes that are known.
TEST_F(SharedTensors, ADamagedRecordIsRefusedBesideVersionsThatShareTheOthers) {
  FloatWeights values = Values(1, 2);
  const LoadedModel first = Load(values);
  const LoadedModel second = Load(values);
  Damage(values["body.1.bias"]);
  const absl::Status status = LoadModel(files_.back()->path(), options_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
}

TEST_F(SharedTensors, VersionsOfTorchScriptShareToo) {
  TorchLoadOptions options;
  options.pool = MakeTensorPool();
  const auto load = [&] {
    return TorchModel::LoadTorchScript("tests/fixtures/torchscript/policy_scripted.pt", options)
        .value();
  };
  const std::unique_ptr<TorchModel> first = load();
  EXPECT_EQ(first->shared_bytes(), 0u);
  const std::unique_ptr<TorchModel> second = load();
  EXPECT_GT(second->weight_bytes(), 0u);
  EXPECT_EQ(second->shared_bytes(), second->weight_bytes());
}

}  // namespace
}  // namespace graft::models
