#include "models/file/sharded_weights.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/model_file.h"
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

const std::string& EightBytes() {
  static const std::string* const bytes = new std::string("abcdefgh");
  return *bytes;
}

std::string FileName(const ScratchFile& file) {
  return file.path().substr(file.path().rfind('/') + 1);
}

Weight TwoFloats(const std::string& name) {
  return {.name = name, .shape = {2}, .stride = {1}, .storage = AsBytes(EightBytes())};
}

void WriteShard(const ScratchFile& file, const std::string& name) {
  ASSERT_TRUE(
      WriteSafetensors(file.path(), {{name, DType::kFloat32, {2}, AsBytes(EightBytes())}}).ok());
}

// An index, written beside the shards, and read.
absl::StatusOr<ModelFile> OpenIndex(const json& weight_map) {
  ScratchFile index(json{{"metadata", {{"total_size", 8}}}, {"weight_map", weight_map}}.dump(),
                    ".index.json");
  return ModelFile::Open(index.path());
}

std::string ErrorOf(const json& weight_map) {
  const absl::StatusOr<ModelFile> file = OpenIndex(weight_map);
  return file.ok() ? "no error" : std::string(file.status().message());
}

std::vector<std::string> NamesOf(const ModelFile& file) {
  std::vector<std::string> names;
  for (const Weight& weight : file.weight_sources().at(0).weights) names.push_back(weight.name);
  return names;
}

TEST(ShardedWeights, ReadsSafetensorsShards) {
  ScratchFile first("", ".safetensors");
  ScratchFile second("", ".safetensors");
  WriteShard(first, "a");
  WriteShard(second, "b");
  absl::StatusOr<ModelFile> file = OpenIndex({{"a", FileName(first)}, {"b", FileName(second)}});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(NamesOf(*file), ElementsAre("a", "b"));
  EXPECT_THAT(file->probe().description, HasSubstr("a model in 2 files"));
}

TEST(ShardedWeights, ReadsTorchShardsBesideSafetensorsAndKeepsWeightsTied) {
  ScratchFile first("", ".0.bin");
  ScratchFile second("", ".1.bin");
  ScratchFile third("", ".2.safetensors");
  ASSERT_TRUE(WriteTorchStateDict(first.path(), {TwoFloats("a"), TwoFloats("tied")}).ok());
  ASSERT_TRUE(WriteTorchStateDict(second.path(), {TwoFloats("b")}).ok());
  WriteShard(third, "c");
  absl::StatusOr<ModelFile> file = OpenIndex({{"a", FileName(first)},
                                              {"tied", FileName(first)},
                                              {"b", FileName(second)},
                                              {"c", FileName(third)}});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(NamesOf(*file), ElementsAre("a", "tied", "b", "c"));
  const WeightTable& weights = file->weight_sources()[0].weights;
  EXPECT_EQ(weights[0].storage_id, weights[1].storage_id);
  EXPECT_NE(weights[1].storage_id, weights[2].storage_id);
  EXPECT_NE(weights[2].storage_id, weights[3].storage_id);
  for (const Weight& weight : weights) {
    EXPECT_EQ(AsText(weight.ContiguousBytes()), EightBytes()) << weight.name;
  }
  EXPECT_TRUE(file->VerifyChecksums().value());
}

TEST(ShardedWeights, LeavesOutWhatTheIndexDoesNotName) {
  ScratchFile shard("", ".bin");
  ASSERT_TRUE(WriteTorchStateDict(shard.path(), {TwoFloats("a"), TwoFloats("b")}).ok());
  absl::StatusOr<ModelFile> file = OpenIndex({{"b", FileName(shard)}});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(NamesOf(*file), ElementsAre("b"));
}

TEST(ShardedWeights, RefusesAShardThatIsMissingOrNoModelOrLacksItsWeight) {
  ScratchFile shard("", ".bin");
  ScratchFile page("<html></html>", ".bin");
  ASSERT_TRUE(WriteTorchStateDict(shard.path(), {TwoFloats("a")}).ok());
  EXPECT_THAT(ErrorOf({{"a", "missing.bin"}}), HasSubstr("missing.bin: no such file"));
  EXPECT_THAT(ErrorOf({{"a", FileName(page)}}), HasSubstr("is an HTML page"));
  EXPECT_THAT(ErrorOf({{"b", FileName(shard)}}), HasSubstr("weight \"b\" is not in"));
}

// Each may unpack to 64 MiB more than its size; a thousand of them together may not.
TEST(ShardedWeights, BoundsWhatTheShardsUnpackToTogether) {
  const std::string packed = ReadText("tests/fixtures/torch/compressed.pt");
  ScratchFile first(packed, ".0.bin");
  ScratchFile second(packed, ".1.bin");
  ScratchFile plain("", ".2.bin");
  ASSERT_TRUE(WriteTorchStateDict(plain.path(), {TwoFloats("a")}).ok());
  const absl::StatusOr<ModelFile> one =
      OpenIndex({{"zeros", FileName(first)}, {"a", FileName(plain)}});
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->copied_bytes(), 40u << 20);
  // Shards are read in the order of their names. The later one lacks its weight, but that shows
  // only when it is unpacked.
  const auto [earlier, later] = std::minmax({FileName(first), FileName(second)});
  EXPECT_THAT(ErrorOf({{"zeros", std::string(earlier)}, {"b", std::string(later)}}),
              HasSubstr("unpack to 83886080 bytes, far more than they have"));
}

TEST(ShardedWeights, ReachesNoFileElsewhere) {
  for (const char* elsewhere : {"../b.bin", "/etc/passwd", "..", ""}) {
    EXPECT_THAT(ErrorOf({{"a", elsewhere}}), HasSubstr("must name a file beside the index"));
  }
  EXPECT_THAT(ErrorOf(json::array({"a"})), HasSubstr("\"weight_map\" is no object"));
}

}  // namespace
}  // namespace graft::models
