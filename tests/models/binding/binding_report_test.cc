#include "models/binding/binding_report.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/models/binding/weights_of.h"

namespace graft::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Refusal(const std::vector<NamedShape>& tensors, const std::vector<NamedShape>& keys,
                    const WeightRules& rules = {}) {
  const Weights file(keys);
  const absl::Status status =
      CheckPlan(PlanWeights(Tensors(tensors), file.table(), rules), "walker.pth");
  return status.ok() ? "fits" : std::string(status.message());
}

// As many layers as a larger model has, each with two tensors.
std::vector<NamedShape> Layers(absl::string_view prefix, int n) {
  std::vector<NamedShape> shapes;
  for (int i = 0; i < n; ++i) {
    shapes.push_back({absl::StrCat(prefix, "layer", i / 10, ".", i % 10, ".weight"), {4, 4}});
    shapes.push_back({absl::StrCat(prefix, "layer", i / 10, ".", i % 10, ".bias"), {4}});
  }
  return shapes;
}

TEST(BindingReport, SaysEveryFateInWords) {
  std::vector<ArchitectureTensor> tensors = Tensors({{"body.weight", {4, 4}},
                                                     {"fc.weight", {10, 4}},
                                                     {"head.weight", {2, 4}},
                                                     {"frozen.weight", {4}},
                                                     {"tied.weight", {4, 4}}});
  tensors[0].tied_group = tensors[4].tied_group = 0;
  tensors[3].kept = true;
  const Weights file({{"body.weight", {4, 4}, DType::kFloat16},
                      {"fc.weight", {1000, 4}},
                      {"frozen.weight", {4}},
                      {"old.weight", {4}}});
  const WeightPlan plan = PlanWeights(tensors, file.table(),
                                      {.allow_missing = {.all = true},
                                       .allow_unexpected = {.all = true},
                                       .mismatch = MismatchPolicy::kSlice});
  EXPECT_EQ(BindingSummary(plan),
            "3 of 5 tensors come from the file, 1 of them in part, 1 is initialised, 1 is kept, 2 "
            "keys are left out");
  EXPECT_EQ(BindingText(plan),
            "3 of 5 tensors come from the file, 1 of them in part, 1 is initialised, 1 is kept, 2 "
            "keys are left out\n"
            "  from the file: body.weight\n"
            "  cast: float16 to float32 (1)\n"
            "  in part: fc.weight: [10, 4] in the architecture, [1000, 4] in the file; the first "
            "[10, 4] are taken\n"
            "  tied to another: tied.weight\n"
            "  initialised: head.weight\n"
            "  kept from before: frozen.weight\n"
            "  left out, since no tensor has the name: old.weight\n"
            "  left out, frozen: its tensor is kept: frozen.weight\n");
  EXPECT_TRUE(CheckPlan(plan, "walker.pth").ok());
}

TEST(BindingReport, SumsUpLongGroupsByModule) {
  const Weights file(Layers("", 30));
  const WeightPlan plan = PlanWeights(Tensors(Layers("", 30)), file.table(), {});
  EXPECT_EQ(BindingText(plan),
            "60 of 60 tensors come from the file\n"
            "  from the file: layer0.** (20), layer1.** (20), layer2.** (20)\n");
}

TEST(BindingReport, ListsEverythingThatIsWrongAtOnce) {
  const std::string text = Refusal(
      {{"conv.weight", {8, 3}}, {"fc.weight", {10, 8}}, {"fc.bias", {10}}, {"norm.weight", {8}}},
      {{"conv.weight", {8, 1}}, {"norm.weight", {8}}, {"aux.bias", {3}}});
  EXPECT_EQ(text,
            "walker.pth: the weights do not fit the architecture: 1 of 4 tensors comes from the "
            "file, 2 are missing, 1 does not fit, 1 key is unexpected\n"
            "  missing in the file: fc.weight, fc.bias\n"
            "  unexpected in the file: aux.bias\n"
            "  does not fit: conv.weight: [8, 3] in the architecture, [8, 1] in the file\n"
            "  to go on without: \"allow_missing\": [\"fc\"] in \"weights\" initialises them\n"
            "  to go on without: \"allow_unexpected\": [\"aux\"] in \"weights\" leaves them out\n"
            "  for other shapes: give the architecture the arguments that the file was trained "
            "with, or \"mismatch\": \"keep_init\" (initialises these tensors) or \"slice\" (takes "
            "the part that both have) in \"weights\"");
}

TEST(BindingReport, SuggestsThePrefixThatTheFileHasTooMuch) {
  EXPECT_THAT(Refusal(Layers("", 5), Layers("backbone.", 5)),
              AllOf(HasSubstr("\"backbone.layer0.0.weight\" of the file is \"layer0.0.weight\" of "
                              "the architecture with \"strip_prefix\": [\"backbone.\"] in "
                              "\"weights\": 10 tensors more are found"),
                    Not(HasSubstr("allow_missing"))));
}

TEST(BindingReport, SuggestsThePrefixThatTheArchitectureHasTooMuch) {
  EXPECT_THAT(Refusal(Layers("backbone.", 5), Layers("", 5)),
              HasSubstr("with \"into\": \"backbone.\" in \"weights\": 10 tensors more"));
}

TEST(BindingReport, SuggestsARenameWhereBothHaveAPrefix) {
  EXPECT_THAT(
      Refusal({{"body.weight", {8}}, {"fc.weight", {10, 8}}, {"fc.bias", {10}}},
              {{"body.weight", {8}}, {"head.weight", {10, 8}}, {"head.bias", {10}}}),
      HasSubstr(
          "with \"rename\": [[\"^head\\\\.\",\"fc.\"]] in \"weights\": 2 tensors more are found"));
}

TEST(BindingReport, SuggestsARenameThatLeavesAloneWhatFitsAlready) {
  EXPECT_THAT(Refusal({{"head.weight", {8}}, {"net.conv.weight", {3}}, {"net.norm.bias", {5}}},
                      {{"head.weight", {8}}, {"conv.weight", {3}}, {"norm.bias", {5}}}),
              HasSubstr("with \"rename\": [[\"^(conv|norm)\\\\b\",\"net.\\\\1\"]] in \"weights\""));
}

TEST(BindingReport, SuggestsPrefixesTogetherWithWhatWasStrippedAlready) {
  EXPECT_THAT(Refusal({{"a.weight", {8}}, {"b.weight", {3}}},
                      {{"module.a.weight", {8}}, {"module.net.b.weight", {3}}}),
              HasSubstr("with \"strip_prefix\": [\"module.\",\"net.\"] in \"weights\""));
}

TEST(BindingReport, SuggestsRulesThatGoWithTheOnesThatAreThere) {
  EXPECT_THAT(Refusal({{"a.weight", {8}}}, {{"old.net.a.weight", {8}}},
                      {.strip_prefix = std::vector<std::string>{"old."}}),
              HasSubstr("with \"strip_prefix\": [\"net.\"] in \"weights\" besides what is there"));
  EXPECT_THAT(Refusal({{"backbone.a.weight", {8}}}, {{"a.weight", {8}}}, {.into = "body."}),
              HasSubstr("with \"into\": \"backbone.\" in \"weights\": 1 tensor more"));
}

TEST(BindingReport, SaysWhenTheFileIsOfAnotherModel) {
  EXPECT_THAT(Refusal({{"a.weight", {8}}}, {{"x.y", {3}}}),
              AllOf(HasSubstr("not one tensor of the architecture comes from the file"),
                    HasSubstr("the file seems to be of another model")));
}

TEST(BindingReport, BoundsAndEscapesWhatAHostileFileSays) {
  std::vector<NamedShape> keys;
  for (int i = 0; i < 20'000; ++i) keys.push_back({absl::StrCat("\x1b[31m", i, ".w\n"), {1}});
  const std::string text = Refusal({{"a", {8}}}, keys);
  EXPECT_LT(text.size(), 4000u);
  EXPECT_THAT(text, AllOf(HasSubstr("more"), Not(HasSubstr("\x1b"))));
}

TEST(BindingReport, JsonHoldsEveryTensorAndEveryKey) {
  const Weights file({{"module.fc.weight", {4, 2}}, {"module.x", {1}}});
  const WeightPlan plan = PlanWeights(Tensors({{"fc.weight", {2, 2}}, {"fc.bias", {2}}}),
                                      file.table(), {.mismatch = MismatchPolicy::kSlice});
  EXPECT_EQ(BindingJson(plan), nlohmann::ordered_json::parse(R"({
    "summary": "1 of 2 tensors comes from the file, 1 of them in part, 1 is missing, 1 key is unexpected",
    "fits": false,
    "tensors": [
      {"name": "fc.weight", "role": "parameter", "dtype": "float32", "shape": [2, 2],
       "fate": "sliced", "key": "module.fc.weight", "extents": [2, 2]},
      {"name": "fc.bias", "role": "parameter", "dtype": "float32", "shape": [2],
       "fate": "missing"}],
    "keys": [
      {"key": "module.fc.weight", "dtype": "float32", "shape": [4, 2], "fate": "used",
       "name": "fc.weight"},
      {"key": "module.x", "dtype": "float32", "shape": [1], "fate": "refused", "name": "x"}],
    "notes": ["every key begins with \"module.\", which a wrapper of training put there; it is left out"],
    "errors": [],
    "advice": [
      "to go on without: \"allow_missing\": [\"fc\"] in \"weights\" initialises them",
      "to go on without: \"allow_unexpected\": [\"x\"] in \"weights\" leaves them out"]})"));
}

}  // namespace
}  // namespace graft::models
