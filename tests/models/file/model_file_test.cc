#include "models/file/model_file.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
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

json VersionsOf(const WeightSource& source) {
  json versions = json::array();
  for (const ModuleVersion& module : source.versions) {
    versions.push_back({module.path, module.version});
  }
  return versions;
}

// For each weight the number of its storage, in the order in which they show.
json StoragesOf(const WeightTable& weights) {
  std::map<uint32_t, size_t> numbers;
  json out = json::array();
  for (const Weight& weight : weights) {
    out.push_back(numbers.try_emplace(weight.storage_id, numbers.size()).first->second);
  }
  return out;
}

// Every file of expected.json there. The number of files.
size_t ExpectFixtures(const std::string& folder) {
  const json expected = ReadJson(folder + "expected.json");
  for (const auto& [name, want] : expected.items()) {
    SCOPED_TRACE(name);
    absl::StatusOr<ModelFile> file = ModelFile::Open(folder + name);
    EXPECT_TRUE(file.ok()) << file.status();
    if (!file.ok()) continue;
    absl::StatusOr<const WeightSource*> chosen = file->ChooseWeights("");
    EXPECT_TRUE(chosen.ok()) << chosen.status();
    if (!chosen.ok()) continue;
    EXPECT_EQ((*chosen)->path, want["from"].get<std::string>());
    EXPECT_EQ(VersionsOf(**chosen), want["versions"]);
    json rows = RowsOf((*chosen)->weights);
    json wanted = want["weights"];
    if (want.contains("unordered")) {
      std::sort(rows.begin(), rows.end());
      std::sort(wanted.begin(), wanted.end());
    }
    EXPECT_EQ(rows, wanted);
    if (want.contains("storages")) {
      EXPECT_EQ(StoragesOf((*chosen)->weights), want["storages"]);
    }
  }
  return expected.size();
}

TEST(ModelFile, ReadsWhatPyTorchWroteBitForBit) { EXPECT_GE(ExpectFixtures(kFixtures), 11u); }

TEST(ModelFile, ReadsWhatPyTorchFrom1_13To2_15WroteBitForBit) {
  EXPECT_GE(ExpectFixtures(std::string(kFixtures) + "versions/"), 6u * 9);
}

TEST(ModelFile, VerifiesChecksumsOnlyWhenAsked) {
  std::string bytes = ReadText(absl::StrCat(kFixtures, "state_dict.pt"));
  EXPECT_TRUE(*ModelFile::OpenBytes(AsBytes(bytes), "whole.pt")->VerifyChecksums());
  // A byte of the first storage, which lies on a multiple of 64 bytes behind its record's name.
  const std::string name_and_extra_field = "/data/0FB\x37";
  const size_t record = bytes.find(name_and_extra_field);
  ASSERT_NE(record, std::string::npos);
  bytes[(record + name_and_extra_field.size() + 64) / 64 * 64] ^= 1;
  absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(bytes), "patched.pt");
  ASSERT_TRUE(file.ok()) << file.status();
  const absl::Status wrong = file->VerifyChecksums().status();
  EXPECT_EQ(wrong.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(wrong.message()), HasSubstr("patched.pt: record \"state_dict/data/0\""));
}

TEST(ModelFile, KnowsFilesWithoutChecksums) {
  for (const char* name :
       {"without_checksums.pt", "state_dict_legacy.pth", "weights.safetensors"}) {
    absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(kFixtures, name));
    ASSERT_TRUE(file.ok()) << file.status();
    absl::StatusOr<bool> verified = file->VerifyChecksums();
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_FALSE(*verified) << name;
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

TEST(ModelFile, FindsWeightsInTuplesAndSubclassesOfDictAndSaysWhatItLeavesOut) {
  absl::StatusOr<ModelFile> file = ModelFile::Open(absl::StrCat(kFixtures, "containers.pt"));
  ASSERT_TRUE(file.ok()) << file.status();
  std::vector<std::string> paths;
  for (const WeightSource& source : file->weight_sources()) paths.push_back(source.path);
  ASSERT_THAT(paths, ElementsAre("0", "1.critics.0", "2"));
  EXPECT_EQ((*file->ChooseWeights("0"))->weights.size(), 2u);
  EXPECT_THAT(std::string(file->ChooseWeights("").status().message()),
              HasSubstr("holds several sets of weights: \"0\" (2 tensors), \"1.critics.0\""));
  EXPECT_THAT(
      file->weight_sources()[2].left_out,
      ElementsAre("by_column (sparse csc)", "placeholder (on the meta device, without data)",
                  "ragged (of a kind of its own)"));
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
