#include "models/file/stable_baselines.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/file/model_file.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/case_files.h"
#include "tests/models/file/zip_bytes.h"

namespace graft::models {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using Records = std::vector<std::pair<std::string, std::string>>;

std::string Fixture(absl::string_view name) {
  return ReadText(absl::StrCat("tests/fixtures/torch/", name));
}

// As stable_baselines3/common/save_util.py lays it out.
Records Model() {
  return {{"data", R"({"policy_class": {":type:": "<class 'abc.ABCMeta'>", ":serialized:":
                       "gAWVOwAAAAAA"}, "num_timesteps": 4096, "gamma": 0.99, "target_kl": null,
                       "seeds": [1, true]})"},
          {"pytorch_variables.pth", Fixture("views.pt")},
          {"policy.pth", Fixture("state_dict.pt")},
          {"policy.optimizer.pth", Fixture("checkpoint.pt")},
          {"_stable_baselines3_version", "2.9.2"},
          {"system_info.txt", "- OS: Linux\n"},
          {"notes.bin", "\xff"}};
}

// The value at a path, which test data write as a list.
json At(const nlohmann::ordered_json& tree, const json& path) {
  for (const auto& entry : tree) {
    if (json(entry[0]) == path) return entry[1];
  }
  return "nothing there";
}

TEST(StableBaselines, OffersThePolicysWeights) {
  const std::string zip = ZipBytes(Model());
  const absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(zip), "ppo.zip");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->probe().kind, FileKind::kStableBaselines3);
  ASSERT_EQ(file->weight_sources().size(), 1u);
  EXPECT_EQ(file->weight_sources()[0].path, "");
  EXPECT_EQ(file->weight_sources()[0].weights.size(), 9u);
}

TEST(StableBaselines, ReadsEveryRecord) {
  const std::string zip = ZipBytes(Model());
  const absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(zip), "ppo.zip");
  ASSERT_TRUE(file.ok()) << file.status();
  const auto tree = file->Tree({});
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ((*tree)[0], nlohmann::ordered_json::parse(R"([[], {"t": "dict", "len": 7}])"));
  EXPECT_EQ(At(*tree, {"policy.pth", "head.weight"})["shape"], json({1, 3}));
  EXPECT_EQ(At(*tree, {"policy.optimizer.pth", "epoch"})["v"], 7);
  EXPECT_EQ(At(*tree, {"pytorch_variables.pth", "half"})["dtype"], "float16");
  EXPECT_EQ(At(*tree, {"data", "num_timesteps"}), (json{{"t", "int"}, {"v", 4096}}));
  EXPECT_EQ(At(*tree, {"data", "target_kl"})["t"], "none");
  EXPECT_EQ(At(*tree, {"data", "seeds", 1}), (json{{"t", "bool"}, {"v", true}}));
  EXPECT_EQ(At(*tree, {"_stable_baselines3_version"})["v"], "2.9.2");
  EXPECT_EQ(At(*tree, {"system_info.txt"})["v"], "- OS: Linux\n");
  EXPECT_EQ(At(*tree, {"notes.bin"})["repr"], "not read");
}

TEST(StableBaselines, LeavesCloudpickleUnread) {
  const std::string zip = ZipBytes(Model());
  const auto tree = ModelFile::OpenBytes(AsBytes(zip), "ppo.zip")->Tree({});
  ASSERT_TRUE(tree.ok());
  EXPECT_EQ(At(*tree, {"data", "policy_class", ":serialized:"}),
            (json{{"t", "other"},
                  {"class", "cloudpickle"},
                  {"repr", "12 characters of base64, not read"}}));
  EXPECT_FALSE(absl::StrContains(tree->dump(), "gAWV"));
}

TEST(StableBaselines, ReadsThePolicyBesideSettingsThatAreNoJson) {
  const std::string zip = ZipBytes({{"data", "{\"x\": NaN}"}, {"policy.pth", Fixture("views.pt")}});
  const absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(zip), "ppo.zip");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(At(*file->Tree({}), {"data"})["class"], "json");
}

TEST(StableBaselines, RefusesCodeInAnyOfTheTorchFiles) {
  const std::string pickle = "cos\nsystem\n(S'id'\ntR.";
  const std::string torch = ZipBytes({{"archive/data.pkl", pickle}, {"archive/version", "3"}});
  Records model = Model();
  model[3].second = torch;
  const std::string zip = ZipBytes(model);
  const absl::Status status = ModelFile::OpenBytes(AsBytes(zip), "ppo.zip").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(status.message()), HasSubstr("ppo.zip: policy.optimizer.pth"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("os.system"));
}

TEST(StableBaselines, BoundsItsTree) {
  const std::string zip = ZipBytes(Model());
  const absl::StatusOr<ModelFile> file = ModelFile::OpenBytes(AsBytes(zip), "ppo.zip");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->Tree({.max_entries = 30}).status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace graft::models
