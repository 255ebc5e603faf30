#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/scratch_file.h"
#include "tests/tools/graft/command.h"

namespace graft {
namespace {

using models::DType;
using models::SafetensorsTensor;
using models::ScratchFile;
using ::testing::AllOf;
using testing::CommandResult;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class GraftCheck : public ::testing::Test {
 protected:
  GraftCheck() {
    const std::vector<float> values(32, 0.5F);
    const auto tensor = [&](const std::string& key, std::vector<int64_t> shape, size_t count) {
      return SafetensorsTensor{
          key,
          DType::kFloat32,
          std::move(shape),
          {reinterpret_cast<const uint8_t*>(values.data()), count * sizeof(float)}};
    };
    const std::vector<SafetensorsTensor> tensors = {
        tensor("module.body.weight", {8, 4}, 32), tensor("module.body.bias", {8}, 8),
        tensor("module.head.weight", {3, 8}, 24), tensor("module.head.bias", {3}, 3)};
    EXPECT_TRUE(models::WriteSafetensors(weights_.path(), tensors).ok());
  }
  CommandResult Check(const std::string& more, const std::vector<std::string>& flags = {}) {
    manifest_.Write(absl::StrCat(
        R"({"graft": 1, "source": ")", weights_.path(), R"(", "architecture": ")", source_.path(),
        R"(:Net", "inputs": [{"name": "obs", "shape": ["agents", 4]}])", more, "}"));
    std::vector<std::string> arguments = {testing::GraftProgram(), "check", manifest_.path()};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    return testing::RunCommand(arguments, {});
  }

  ScratchFile weights_{"", ".safetensors"};
  ScratchFile manifest_{"", ".json"};
  ScratchFile source_{R"(
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 8)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 2)

    def forward(self, obs):
        return self.head(self.norm(self.body(obs)))
)",
                      ".py"};
  // The network has a norm that the file lacks, and a head of another size.
  const std::string fitting_ =
      R"(, "freeze": {"keep": ["body"]}, "precision": {"default": "bfloat16"},
         "weights": {"mismatch": "slice", "allow_missing": ["norm"]})";
};

TEST_F(GraftCheck, ShowsWhatBecomesOfAManifestAndItsFile) {
  const CommandResult result = Check(fitting_);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr(": loads\n"), HasSubstr("inputs: obs float32 [agents, 4]\n"),
            HasSubstr("outputs: out0 float32 [agents, 2]\n"), HasSubstr("device: cpu\n"),
            HasSubstr("precision: bfloat16\n"),
            HasSubstr("kept across versions: 2 tensors, 80 B\n"),
            HasSubstr("new with each version: 4 tensors, 68 B\n"),
            HasSubstr("binding: 4 of 6 tensors come from the file, 2 of them in part, 2 are "
                      "initialised\n"),
            HasSubstr("\n  initialised: norm.weight, norm.bias\n"),
            HasSubstr("the first [2, 8] are taken"), HasSubstr("note: "),
            Not(HasSubstr("tensors:\n  "))));
}

TEST_F(GraftCheck, ListsEveryTensorWhenAsked) {
  const CommandResult result = Check(fitting_, {"--tensors"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("  body.weight  bound        float32 [8, 4]  from module.body.weight\n"),
            HasSubstr("  norm.bias    initialised  float32 [8]\n"),
            HasSubstr("  head.weight  sliced       float32 [2, 8]  from module.head.weight\n")));
}

TEST_F(GraftCheck, ReportsAsJson) {
  const CommandResult result = Check(fitting_, {"--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report.at("loads"), true);
  EXPECT_EQ(report.at("kept_bytes"), 80);
  EXPECT_EQ(report.at("binding_report").at("tensors").size(), 6U);
  EXPECT_EQ(report.at("binding_report").at("fits"), true);
}

TEST_F(GraftCheck, ShowsTheFateOfEveryKeyOfAFileThatDoesNotFit) {
  const CommandResult text = Check("");
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.out, IsEmpty());
  EXPECT_THAT(text.err, AllOf(HasSubstr("the weights do not fit the architecture"),
                              HasSubstr("missing in the file: norm.weight, norm.bias")));
  const CommandResult result = Check("", {"--json"});
  EXPECT_EQ(result.exit_code, 1);
  const nlohmann::json report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report.at("loads"), false);
  EXPECT_EQ(report.at("binding_report").at("fits"), false);
  EXPECT_EQ(report.at("binding_report").at("tensors").at(4).at("fate"), "mismatched");
  EXPECT_THAT(report.at("error").get<std::string>(), HasSubstr("2 are missing"));
}

TEST_F(GraftCheck, TellsOfTorchScriptWhatThereIsToTell) {
  const CommandResult result =
      testing::RunCommand({testing::GraftProgram(), "check",
                           "tests/fixtures/torchscript/policy_scripted.pt", "--precision", "auto"},
                          {});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("inputs: obs float32 [agents, 4]"), HasSubstr("precision: auto: "),
                    HasSubstr(", measured over "), Not(HasSubstr("binding"))));
}

}  // namespace
}  // namespace graft
