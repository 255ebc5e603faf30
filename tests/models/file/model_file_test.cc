#include "models/file/model_file.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/safetensors.h"
#include "models/file/torch_writer.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/case_files.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const char* const kFixtures = "tests/fixtures/torch/";

// The rows of the weights as expected.json has them.
json RowsOf(const WeightTable& weights) {
  json rows = json::array();
  for (const Weight& weight : weights) {
    rows.push_back({{"name", weight.name},
                    {"dtype", std::string(DTypeName(weight.dtype))},
                    {"shape", weight.shape},
                    {"sha256", ElementsSha256(weight)}});
  }
  return rows;
}

TEST(ModelFile, ReadsWhatPyTorchWroteBitForBit) {
  const json expected = ReadJson(std::string(kFixtures) + "expected.json");
  ASSERT_GE(expected.size(), 10u);
  for (const auto& [name, want] : expected.items()) {
    SCOPED_TRACE(name);
    absl::StatusOr<ModelFile> file = ModelFile::Open(kFixtures + name);
    ASSERT_TRUE(file.ok()) << file.status();
    absl::StatusOr<const WeightSource*> chosen = file->ChooseWeights("");
    ASSERT_TRUE(chosen.ok()) << chosen.status();
    EXPECT_EQ((*chosen)->path, want["from"].get<std::string>());
    json rows = RowsOf((*chosen)->weights);
    json wanted = want["weights"];
    if (want.contains("unordered")) {
      std::sort(rows.begin(), rows.end());
      std::sort(wanted.begin(), wanted.end());
    }
    EXPECT_EQ(rows, wanted);
  }
}

TEST(ModelFile, UsesAlignedRecordsInPlace) {
  absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(kFixtures, "state_dict.pt"));
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->copied_bytes(), 0u);
}

TEST(ModelFile, OffersEverySetOfWeightsButTheOptimizers) {
  absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(kFixtures, "checkpoint.pt"));
  ASSERT_TRUE(file.ok()) << file.status();
  std::vector<std::string> paths;
  for (const WeightSource& source : file->weight_sources()) paths.push_back(source.path);
  EXPECT_THAT(paths, ElementsAre("model_state_dict", "ema"));
  EXPECT_EQ((*file->ChooseWeights("ema"))->path, "ema");
  EXPECT_THAT(std::string(file->ChooseWeights("net").status().message()),
              HasSubstr("no weights at \"net\"; it has \"model_state_dict\" (9 tensors), \"ema\""));
}

TEST(ModelFile, SaysWhichOfTorchSavesKindsItIs) {
  auto description = [](absl::string_view name) {
    absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(kFixtures, name));
    return file.ok() ? file->probe().description : std::string(file.status().message());
  };
  EXPECT_THAT(description("state_dict.pt"), HasSubstr("a PyTorch state_dict"));
  EXPECT_THAT(description("state_dict_legacy.pth"), HasSubstr("before PyTorch 1.6"));
  EXPECT_THAT(description("module.pt"),
              HasSubstr("a whole pickled PyTorch module of class __main__.Policy"));
  EXPECT_THAT(description("checkpoint.pt"), HasSubstr("a PyTorch checkpoint"));
}

TEST(ModelFile, ReadsTorchScriptWithoutCompilingIt) {
  absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(kFixtures, "scripted.pt"));
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_NE(file->torchscript(), nullptr);
  EXPECT_THAT(file->torchscript()->methods(), ElementsAre("forward(self, obs: Tensor) -> Tensor"));
}

TEST(ModelFile, EveryTruncationIsRefused) {
  for (const char* name : {"state_dict.pt", "views_legacy.pth", "weights.safetensors"}) {
    const std::string whole = ReadText(absl::StrCat(kFixtures, name));
    for (size_t size = 0; size < whole.size(); ++size) {
      // A copy of exactly that size, so that the address sanitizer sees one byte too many.
      const std::vector<uint8_t> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_FALSE(ModelFile::OpenBytes(cut, name).ok()) << name << " cut at " << size;
    }
  }
}

TEST(ModelFile, EveryFlippedByteIsAnErrorOrReadsTensorsInside) {
  for (const char* name :
       {"state_dict.pt", "views.pt", "views_legacy.pth", "weights.safetensors", "module.pt"}) {
    const std::string whole = ReadText(absl::StrCat(kFixtures, name));
    for (size_t at = 0; at < whole.size(); ++at) {
      std::vector<uint8_t> bytes(whole.begin(), whole.end());
      bytes[at] ^= static_cast<uint8_t>(1 << (at % 8));
      absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(bytes, name);
      if (!file.ok()) continue;
      for (const WeightSource& source : file->weight_sources()) {
        for (const Weight& weight : source.weights) ElementsSha256(weight);
      }
      file->Tree({}).status().IgnoreError();
    }
  }
}

TEST(ModelFile, ReadsShardedSafetensors) {
  const std::string bytes(8, 'x');
  ScratchFile first("", ".safetensors");
  ScratchFile second("", ".safetensors");
  ASSERT_TRUE(WriteSafetensors(first.path(), {{"a", DType::kFloat32, {2}, AsBytes(bytes)}}).ok());
  ASSERT_TRUE(WriteSafetensors(second.path(), {{"b", DType::kFloat64, {1}, AsBytes(bytes)}}).ok());
  auto file_name = [](const ScratchFile& file) {
    return file.path().substr(file.path().rfind('/') + 1);
  };
  auto index = [&](const std::string& of_b) {
    return json{{"weight_map", {{"a", file_name(first)}, {"b", of_b}}}}.dump();
  };
  ScratchFile good(index(file_name(second)), ".json");
  absl::StatusOr<ModelFile> file = ModelFile::Open(good.path());
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file->ChooseWeights(""))->weights.size(), 2u);
  EXPECT_EQ(ModelFile::Open(ScratchFile(index("missing.safetensors")).path()).status().code(),
            absl::StatusCode::kNotFound);
  for (const std::string& elsewhere :
       {std::string("../b.safetensors"), std::string("/etc/passwd")}) {
    ScratchFile bad(index(elsewhere), ".json");
    EXPECT_THAT(std::string(ModelFile::Open(bad.path()).status().message()),
                HasSubstr("must name a file beside the index"));
  }
  ScratchFile wrong(index(file_name(first)), ".json");
  EXPECT_THAT(std::string(ModelFile::Open(wrong.path()).status().message()),
              HasSubstr("weight \"b\" is not in"));
}

TEST(ModelFile, StaysReadableWhenTheFileIsOverwritten) {
  const std::string contents = ReadText(absl::StrCat(kFixtures, "checkpoint.pt"));
  ScratchFile scratch(contents, ".pt");
  absl::StatusOr<ModelFile> file = ModelFile::Open(scratch.path());
  ASSERT_TRUE(file.ok());
  const json before = RowsOf(file->weight_sources()[0].weights);
  scratch.Write("gone");
  EXPECT_EQ(RowsOf(file->weight_sources()[0].weights), before);
}

TEST(TorchWriter, KeepsTiedWeightsTied) {
  const std::string bytes(8, 'x');
  Weight weight{.name = "a", .shape = {2}, .stride = {1}, .storage = AsBytes(bytes)};
  Weight tied = weight;
  tied.name = "b";
  ScratchFile file("", ".pt");
  ASSERT_TRUE(WriteTorchStateDict(file.path(), {weight, tied}).ok());
  absl::StatusOr<ModelFile> read = ModelFile::Open(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  const WeightTable& table = (*read->ChooseWeights(""))->weights;
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].storage_id, table[1].storage_id);
}

}  // namespace
}  // namespace graft::models
