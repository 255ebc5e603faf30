// A next version takes over the frozen graph of the version before, wherever that is right.
#include "models/torch/frozen_script.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "models/file/file_bytes.h"
#include "models/file/zip_archive.h"
#include "models/file/zip_writer.h"
#include "models/torch/forward_schema.h"
#include "models/torch/script_archive.h"
#include "models/torch/torch_model.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

// A fixture with other contents: what the next file of a training is.
class Archive {
 public:
  explicit Archive(const std::string& fixture) {
    const auto file = *ReadWholeFile(absl::StrCat("tests/fixtures/torchscript/", fixture, ".pt"));
    const ZipArchive zip = *ZipArchive::Open(file->bytes(), fixture);
    for (const ZipEntry& entry : zip.entries()) {
      absl::string_view name = entry.name;
      EXPECT_TRUE(absl::ConsumePrefix(&name, zip.RootFolder())) << name;
      const std::vector<uint8_t> contents = *zip.Inflate(entry, 1 << 20);
      records_.emplace_back(name, std::string(AsText(contents)));
    }
  }

  template <typename T>
  Archive& Set(const std::string& record, const std::vector<T>& values) {
    std::string& contents = Find(record);
    EXPECT_EQ(contents.size(), values.size() * sizeof(T)) << record;
    std::memcpy(contents.data(), values.data(), contents.size());
    return *this;
  }
  Archive& Fill(const std::string& record, float value) {
    return Set(record, std::vector<float>(Find(record).size() / sizeof(float), value));
  }
  // All floats, each by a little more than the one before it. Integers must be 0.
  Archive& Scale(float factor) {
    for (auto& [name, contents] : records_) {
      if (!absl::StartsWith(name, "data/")) continue;
      for (size_t at = 0; at < contents.size(); at += sizeof(float)) {
        float value = 0;
        std::memcpy(&value, contents.data() + at, sizeof value);
        value *= factor;
        factor += 0.01f;
        std::memcpy(contents.data() + at, &value, sizeof value);
      }
    }
    return *this;
  }
  Archive& Replace(const std::string& record, absl::string_view from, absl::string_view to) {
    EXPECT_GT(absl::StrReplaceAll({{from, to}}, &Find(record)), 0) << from;
    return *this;
  }
  Archive& Add(const std::string& record, const std::string& contents) {
    records_.emplace_back(record, contents);
    return *this;
  }

  std::string Bytes(const std::string& folder) const {
    ZipWriter writer;
    for (const auto& [name, contents] : records_) {
      writer.Add(absl::StrCat(folder, "/", name),
                 ByteSpan(reinterpret_cast<const uint8_t*>(contents.data()), contents.size()));
    }
    std::string bytes;
    for (const ByteSpan piece : writer.Finish()) absl::StrAppend(&bytes, AsText(piece));
    return bytes;
  }

 private:
  std::string& Find(const std::string& record) {
    for (auto& [name, contents] : records_) {
      if (name == record) return contents;
    }
    ADD_FAILURE() << "no record " << record;
    return records_.front().second;
  }

  std::vector<std::pair<std::string, std::string>> records_;
};

class FrozenScriptTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<TorchModel>> TryLoad(const Archive& archive) {
    files_.push_back(
        std::make_unique<ScratchFile>(archive.Bytes(absl::StrCat("step_", files_.size())), ".pt"));
    auto model = TorchModel::LoadTorchScript(files_.back()->path(), options_);
    if (model.ok()) options_.known = (*model)->known();
    return model;
  }
  // The version after the one before. Answers as the same file does alone.
  std::unique_ptr<TorchModel> Load(const Archive& archive) {
    auto model = TryLoad(archive);
    EXPECT_TRUE(model.ok()) << model.status();
    if (!model.ok()) return nullptr;
    TorchLoadOptions alone = options_;
    alone.pool = nullptr;
    alone.known = nullptr;
    auto expected = TorchModel::LoadTorchScript(files_.back()->path(), alone);
    EXPECT_TRUE(expected.ok()) << expected.status();
    if (expected.ok()) {
      EXPECT_EQ((*model)->schema(), (*expected)->schema());
      EXPECT_EQ(Run(**model), Run(**expected));
    }
    return *std::move(model);
  }

  static std::vector<std::vector<float>> Run(const TorchModel& model) {
    constexpr int64_t kRows = 3;
    const auto elements = [](const TensorSpec& spec) { return spec.RowElements() * kRows; };
    std::vector<std::vector<float>> inputs;
    std::vector<std::vector<float>> outputs;
    std::vector<const void*> in;
    std::vector<void*> out;
    for (const TensorSpec& spec : model.schema().inputs) {
      EXPECT_EQ(spec.dtype, DType::kFloat32);
      inputs.emplace_back(elements(spec));
      float value = -1.5f;
      for (float& element : inputs.back()) element = value = value > 1 ? -1.3f : value + 0.37f;
    }
    for (const TensorSpec& spec : model.schema().outputs) {
      EXPECT_EQ(spec.dtype, DType::kFloat32);
      outputs.emplace_back(elements(spec));
    }
    for (const auto& input : inputs) in.push_back(input.data());
    for (auto& output : outputs) out.push_back(output.data());
    const absl::Status status = model.Run(kRows, in, out);
    EXPECT_TRUE(status.ok()) << status;
    return outputs;
  }

  static bool CanBeTakenOver(const TorchModel& model) { return model.known()->script != nullptr; }
  static bool AreOneFreezing(const TorchModel& one, const TorchModel& other) {
    return CanBeTakenOver(one) && one.known()->script == other.known()->script;
  }

  std::vector<std::unique_ptr<ScratchFile>> files_;
  TorchLoadOptions options_ = [] {
    TorchLoadOptions options;
    options.pool = MakeTensorPool();
    return options;
  }();
};

struct Fixture {
  std::string name;
  std::vector<int64_t> input = {4};
};

class TakesOver : public FrozenScriptTest, public ::testing::WithParamInterface<Fixture> {};

TEST_P(TakesOver, OtherWeightsWithoutBeingFrozenAgain) {
  std::vector<int64_t> shape = {TensorSpec::kAgents};
  shape.insert(shape.end(), GetParam().input.begin(), GetParam().input.end());
  options_.inputs = {{"obs", DType::kFloat32, shape}};
  for (const DType precision : {DType::kFloat32, DType::kBFloat16}) {
    options_.precision = precision;
    options_.known = nullptr;
    const auto first = Load(Archive(GetParam().name).Scale(0.9f));
    const auto second = Load(Archive(GetParam().name).Scale(1.1f));
    const auto third = Load(Archive(GetParam().name).Scale(1.2f));
    ASSERT_TRUE(first != nullptr && second != nullptr && third != nullptr);
    EXPECT_TRUE(AreOneFreezing(*first, *second));
    EXPECT_TRUE(AreOneFreezing(*first, *third));
    EXPECT_TRUE(second->RunsLike(*first));
    EXPECT_NE(Run(*first), Run(*second));
    EXPECT_NE(Run(*second), Run(*third));
    EXPECT_EQ(first->weight_bytes(), second->weight_bytes());
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TakesOver,
                         ::testing::Values(Fixture{"policy_scripted"}, Fixture{"policy_traced"},
                                           Fixture{"normalised"}, Fixture{"image", {1, 5, 5}},
                                           Fixture{"norm_first"}, Fixture{"tied"},
                                           Fixture{"turned"}, Fixture{"dict_output"},
                                           Fixture{"named_output"}, Fixture{"raises"},
                                           Fixture{"zero_state"}),
                         [](const auto& fixture) { return fixture.param.name; });

TEST_F(FrozenScriptTest, TakesOverBetweenFilesOfPyTorchsOwn) {
  const std::string folder = "tests/fixtures/torchscript/";
  const auto first = *TorchModel::LoadTorchScript(folder + "constant_1.pt", options_);
  options_.known = first->known();
  const auto second = *TorchModel::LoadTorchScript(folder + "constant_2.pt", options_);
  EXPECT_TRUE(AreOneFreezing(*first, *second));
  EXPECT_EQ(Run(*first), (std::vector<std::vector<float>>{{1, 1, 1, 1, 1, 1}}));
  EXPECT_EQ(Run(*second), (std::vector<std::vector<float>>{{2, 2, 2, 2, 2, 2}}));
}

TEST_F(FrozenScriptTest, IsFrozenAgainForAWeightThatDecidedABranch) {
  const auto first = Load(Archive("decided"));
  const auto other_weights = Load(Archive("decided").Fill("data/1", 7));
  const auto other_branch = Load(Archive("decided").Fill("data/0", -1));
  EXPECT_TRUE(AreOneFreezing(*first, *other_weights));
  EXPECT_FALSE(AreOneFreezing(*first, *other_branch));
  EXPECT_NE(Run(*first), Run(*other_branch));
}

TEST_F(FrozenScriptTest, IsFrozenAgainForAWeightThatBecameANumber) {
  const auto first = Load(Archive("numbered"));
  const auto other_weights = Load(Archive("numbered").Fill("data/1", 7));
  const auto other_number = Load(Archive("numbered").Fill("data/0", 5));
  EXPECT_TRUE(AreOneFreezing(*first, *other_weights));
  EXPECT_FALSE(AreOneFreezing(*first, *other_number));
  EXPECT_NE(Run(*first), Run(*other_number));
}

TEST_F(FrozenScriptTest, IsFrozenAgainForAWeightThatSaidHowOften) {
  const auto first = Load(Archive("looping"));
  const auto other_weights = Load(Archive("looping").Fill("data/1", 0.1f));
  const auto other_times = Load(Archive("looping").Set<int64_t>("data/0", {3}));
  EXPECT_TRUE(AreOneFreezing(*first, *other_weights));
  EXPECT_FALSE(AreOneFreezing(*first, *other_times));
}

TEST_F(FrozenScriptTest, IsFrozenAgainForIndices) {
  const auto first = Load(Archive("picking"));
  const auto other_weights = Load(Archive("picking").Fill("data/1", 7));
  const auto other_indices = Load(Archive("picking").Set<int64_t>("data/0", {1, 2}));
  EXPECT_TRUE(AreOneFreezing(*first, *other_weights));
  EXPECT_FALSE(AreOneFreezing(*first, *other_indices));
}

TEST_F(FrozenScriptTest, TellsWeightsApartThatWereEqualWhenTheyWereFrozen) {
  const auto equal = Load(Archive("twins"));
  const auto differ = Load(Archive("twins").Fill("data/0", 0.5f).Fill("data/1", 2));
  const auto differ_too = Load(Archive("twins").Fill("data/0", 0.25f).Fill("data/1", 3));
  const auto equal_again = Load(Archive("twins"));
  EXPECT_FALSE(AreOneFreezing(*equal, *differ));
  EXPECT_TRUE(AreOneFreezing(*differ, *differ_too));
  EXPECT_TRUE(AreOneFreezing(*differ, *equal_again));
}

TEST_F(FrozenScriptTest, IsNeverTakenOverWhereFreezingComputedAWeight) {
  options_.inputs = {{"obs", DType::kFloat32, {TensorSpec::kAgents, 4}}};
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("computed"))));
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("computed").Scale(2))));
}

TEST_F(FrozenScriptTest, IsNeverTakenOverWithTensorsInLists) {
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("indexing"))));
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("indexing").Set<int64_t>("data/0", {1, 2}))));
}

TEST_F(FrozenScriptTest, IsNeverTakenOverFromCodeThatLooksUnseen) {
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("compared"))));
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("compared").Scale(2))));
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("as_list"))));
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("as_list").Scale(2))));
}

TEST_F(FrozenScriptTest, IsNeverTakenOverFromModelsThatWriteOrRestoreThemselves) {
  options_.forward_only = true;
  for (const std::string name : {"counter", "restored"}) {
    const auto model = TryLoad(Archive(name));
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_FALSE(CanBeTakenOver(**model)) << name;
  }
}

TEST_F(FrozenScriptTest, IsFrozenAgainForOtherCodeAndOtherAttributes) {
  const auto first = Load(Archive("policy_scripted"));
  Archive code("policy_scripted");
  code.Replace("code/__torch__.py", "torch.relu", "torch.tanh");
  const auto other_code = Load(code);
  EXPECT_FALSE(AreOneFreezing(*first, *other_code));
  EXPECT_NE(Run(*first), Run(*other_code));
  const auto again = Load(Archive("policy_scripted"));
  EXPECT_FALSE(AreOneFreezing(*other_code, *again));
  Archive attributes("policy_scripted");
  attributes.Replace("data.pkl", "\x89", "\x88");  // training: True
  EXPECT_FALSE(AreOneFreezing(*again, *Load(attributes)));
}

TEST_F(FrozenScriptTest, DoesNotMindFilesOfTheUsers) {
  const auto first = Load(Archive("policy_scripted").Add("extra/step", "100"));
  const auto second = Load(Archive("policy_scripted").Add("extra/step", "2000").Scale(2));
  EXPECT_TRUE(AreOneFreezing(*first, *second));
}

TEST_F(FrozenScriptTest, IsFrozenAgainForOtherTaps) {
  options_.inputs = {{"obs", DType::kFloat32, {TensorSpec::kAgents, 1}}};
  options_.taps = {"inner.1"};
  const auto first = Load(Archive("tapped").Scale(0.5f));
  const auto second = Load(Archive("tapped").Scale(1.5f));
  EXPECT_TRUE(AreOneFreezing(*first, *second));
  EXPECT_EQ(second->schema().outputs.size(), 2);
  options_.taps = {"inner", "pair"};
  const auto third = Load(Archive("tapped"));
  EXPECT_FALSE(AreOneFreezing(*second, *third));
}

TEST_F(FrozenScriptTest, ChecksTheNextFileAsEver) {
  const auto first = Load(Archive("policy_scripted"));
  const auto refused = [this](const Archive& archive) {
    const absl::Status status = TryLoad(archive).status();
    TorchLoadOptions alone;
    EXPECT_EQ(TorchModel::LoadTorchScript(files_.back()->path(), alone).status(), status);
    return status;
  };
  const absl::Status nan = refused(Archive("policy_scripted").Fill("data/1", NAN));
  EXPECT_EQ(nan.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(nan.message(), "layer.bias holds 3 NaN")) << nan;

  std::string damaged = Archive("policy_scripted").Bytes("step");
  // The first weights are ones.
  const size_t weights = damaged.find(std::string("\0\0\x80\x3f\0\0\x80\x3f", 8));
  ASSERT_NE(weights, std::string::npos);
  damaged[weights] = 1;
  const ScratchFile file(damaged, ".pt");
  const absl::Status status = TorchModel::LoadTorchScript(file.path(), options_).status();
  EXPECT_TRUE(absl::StrContains(status.message(), "CRC")) << status;

  EXPECT_TRUE(AreOneFreezing(*first, *Load(Archive("policy_scripted").Scale(2))));
}

TEST_F(FrozenScriptTest, IsNotKeptWhereNothingIsShared) {
  options_.pool = nullptr;
  EXPECT_FALSE(CanBeTakenOver(*Load(Archive("policy_scripted"))));
}

TEST_F(FrozenScriptTest, HoldsNothingOfAFile) {
  ForwardOptions options;
  options.pool = MakeTensorPool();
  std::shared_ptr<const FrozenScript> frozen;
  for (int version = 0; version < 3; ++version) {
    const ScratchFile scratch(Archive("image").Scale(1 + version).Bytes("image"), ".pt");
    std::shared_ptr<const FileBytes> file = *MapFile(scratch.path());
    const std::weak_ptr<const FileBytes> alive = file;
    absl::StatusOr<LoadedScript> loaded = LoadScriptArchive(file, options, frozen);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ASSERT_NE(loaded->frozen, nullptr);
    EXPECT_TRUE(frozen == nullptr || loaded->frozen == frozen);
    frozen = loaded->frozen;
    file.reset();
    EXPECT_FALSE(alive.expired());  // the head is computed with where it lies
    loaded->forward.reset();
    EXPECT_TRUE(alive.expired());
  }
}

}  // namespace
}  // namespace graft::models
