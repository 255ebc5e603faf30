#include "tools/graft/inspect_manifest.h"

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/model_file.h"
#include "models/file/torch_writer.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/scratch_file.h"

namespace graft::tools {
namespace {

using models::ModelFile;
using models::ScratchFile;
using models::Weight;
using models::WeightTable;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Weights of these names and shapes; what they hold does not matter.
class Weights {
 public:
  Weights& Add(const std::string& name, const std::vector<int64_t>& shape) {
    Weight weight{.name = name, .shape = shape, .stride = std::vector<int64_t>(shape.size(), 1)};
    for (size_t i = shape.size(); i-- > 1;) weight.stride[i - 1] = weight.stride[i] * shape[i];
    storages_.emplace_back(static_cast<size_t>(weight.Elements()) * 4);
    weight.storage = storages_.back();
    table_.push_back(std::move(weight));
    return *this;
  }
  Weights& AddLinear(const std::string& name, int64_t in, int64_t out) {
    return Add(name + ".weight", {out, in}).Add(name + ".bias", {out});
  }
  const WeightTable& table() const { return table_; }

  // Of a file of torch.save with these weights, called model.pt.
  ManifestSuggestion Suggest() const {
    ScratchFile file("", ".pt");
    EXPECT_TRUE(models::WriteTorchStateDict(file.path(), table_).ok());
    absl::StatusOr<ModelFile> opened = ModelFile::Open(file.path());
    EXPECT_TRUE(opened.ok()) << opened.status();
    absl::StatusOr<ManifestSuggestion> suggested = SuggestManifest(*opened);
    EXPECT_TRUE(suggested.ok()) << suggested.status();
    suggested->manifest["source"] = "model.pt";
    return *std::move(suggested);
  }

 private:
  std::deque<std::vector<uint8_t>> storages_;
  WeightTable table_;
};

ManifestSuggestion SuggestForFixture(const std::string& name) {
  absl::StatusOr<ModelFile> file = ModelFile::Open("tests/fixtures/torch/" + name);
  EXPECT_TRUE(file.ok()) << file.status();
  absl::StatusOr<ManifestSuggestion> suggested = SuggestManifest(*file);
  EXPECT_TRUE(suggested.ok()) << suggested.status();
  return *std::move(suggested);
}

TEST(InspectManifest, RunsTheActorOfRslRlAsAPerceptron) {
  Weights weights;
  weights.Add("std", {12})
      .AddLinear("actor.0", 48, 256)
      .AddLinear("actor.2", 256, 12)
      .AddLinear("critic.0", 60, 256)
      .AddLinear("critic.2", 256, 1);
  const ManifestSuggestion suggested = weights.Suggest();
  const json expected = {
      {"graft", 1},
      {"source", "model.pt"},
      {"architecture", "mlp"},
      {"weights", {{"strip_prefix", json::array({"actor."})}}},
      {"inputs",
       json::array({{{"name", "obs"}, {"dtype", "float32"}, {"shape", {"agents", 48}}}})}};
  EXPECT_EQ(json(suggested.manifest), expected);
  EXPECT_THAT(suggested.to_do[0], HasSubstr("activation"));
}

TEST(InspectManifest, PutsTheActionNetOfStableBaselinesBehindItsPolicyNet) {
  Weights weights;
  weights.AddLinear("mlp_extractor.policy_net.0", 4, 64)
      .AddLinear("mlp_extractor.policy_net.2", 64, 32)
      .AddLinear("mlp_extractor.value_net.0", 4, 64)
      .AddLinear("action_net", 32, 2)
      .AddLinear("value_net", 64, 1);
  const json manifest = weights.Suggest().manifest;
  EXPECT_EQ(manifest["architecture"], "mlp");
  EXPECT_EQ(manifest["weights"]["strip_prefix"], json::array({"mlp_extractor.policy_net."}));
  EXPECT_EQ(manifest["weights"]["rename"], json::array({json::array({"^action_net\\.", "4."})}));
  EXPECT_EQ(manifest["inputs"][0]["shape"], json({"agents", 4}));
  const auto chain = FindLinearChain(weights.table());
  ASSERT_TRUE(chain.has_value());
  EXPECT_EQ(chain->outputs, 2);
}

TEST(InspectManifest, NeedsNoPrefixForABareChain) {
  Weights weights;
  weights.Add("0.weight", {8, 4}).Add("2.weight", {2, 8});
  const json manifest = weights.Suggest().manifest;
  EXPECT_EQ(manifest["architecture"], "mlp");
  EXPECT_FALSE(manifest.contains("weights"));
}

TEST(InspectManifest, IsNotFooledByWhatOnlyLooksLikeAChain) {
  Weights gap;
  gap.AddLinear("actor.0", 4, 8).AddLinear("actor.2", 16, 2);
  EXPECT_FALSE(FindLinearChain(gap.table()).has_value());
  Weights norm;
  norm.AddLinear("actor.0", 4, 8).Add("actor.1.weight", {8}).AddLinear("actor.2", 8, 2);
  EXPECT_FALSE(FindLinearChain(norm.table()).has_value());
  Weights convolution;
  convolution.Add("actor.0.weight", {8, 3, 3, 3});
  EXPECT_FALSE(FindLinearChain(convolution.table()).has_value());
  Weights counted;
  counted.AddLinear("actor.0", 4, 8).Add("actor.0.num_batches_tracked", {});
  EXPECT_FALSE(FindLinearChain(counted.table()).has_value());
  Weights part;
  part.AddLinear("backbone.0", 4, 8).AddLinear("backbone.2", 8, 2).AddLinear("classifier", 2, 2);
  EXPECT_FALSE(FindLinearChain(part.table()).has_value()) << "a part, and not said to act";
}

TEST(InspectManifest, LeavesAPlaceForTheArchitectureOfOtherWeights) {
  const ManifestSuggestion suggested = SuggestForFixture("checkpoint.pt");
  const json expected = {{"graft", 1},
                         {"source", "checkpoint.pt"},
                         {"architecture", "FILE.py:CLASS()"},
                         {"weights", {{"from", "model_state_dict"}}}};
  EXPECT_EQ(json(suggested.manifest), expected);
  ASSERT_EQ(suggested.to_do.size(), 1u);
  EXPECT_THAT(suggested.to_do[0], HasSubstr("replace \"FILE.py:CLASS()\" by the Python source"));
}

TEST(InspectManifest, NamesTheClassOfAWholeModule) {
  EXPECT_EQ(SuggestForFixture("module.pt").manifest["architecture"], "FILE.py:Policy()");
}

TEST(InspectManifest, NeedsNoArchitectureForTorchScript) {
  const ManifestSuggestion suggested = SuggestForFixture("scripted.pt");
  EXPECT_EQ(json(suggested.manifest), (json{{"graft", 1}, {"source", "scripted.pt"}}));
  EXPECT_THAT(suggested.to_do, IsEmpty());
}

}  // namespace
}  // namespace graft::tools
