#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/manifest/manifest.h"
#include "tests/models/manifest/manifest_text.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NamePattern Pattern(absl::string_view text) { return NamePattern::Parse(text).value(); }

TEST(ModuleKeys, AListOfFrozenModulesMeansBothMeanings) {
  const FreezeRules freeze = Parsed(R"("freeze": ["backbone.**", "embed"])")->freeze;
  EXPECT_THAT(freeze.keep, ElementsAre(Pattern("backbone.**"), Pattern("embed")));
  EXPECT_EQ(freeze.no_grad, freeze.keep);
}

TEST(ModuleKeys, AnObjectNamesTheMeaningsOneByOne) {
  const FreezeRules freeze = Parsed(R"("freeze": {"keep": ["a"], "no_grad": ["b"]})")->freeze;
  EXPECT_THAT(freeze.keep, ElementsAre(Pattern("a")));
  EXPECT_THAT(freeze.no_grad, ElementsAre(Pattern("b")));
}

TEST(ModuleKeys, PrecisionOfSingleLayersCountsInOrder) {
  const PrecisionRules precision = Parsed(R"("precision": {
      "default": "float16", "keep_float32": ["**.norm*"],
      "layers": [["encoder.0", "float32"], ["encoder", "bfloat16"]]})")
                                       ->precision;
  EXPECT_FALSE(precision.automatic);
  EXPECT_EQ(precision.Of("fc.weight"), DType::kFloat16);
  EXPECT_EQ(precision.Of("encoder.1.norm2.weight"), DType::kFloat32);
  EXPECT_EQ(precision.Of("encoder.0.fc.weight"), DType::kFloat32);
  EXPECT_EQ(precision.Of("encoder.1.fc.weight"), DType::kBFloat16);
}

TEST(ModuleKeys, PrecisionMayBeLeftToMeasurement) {
  EXPECT_TRUE(Parsed(R"("precision": "auto")")->precision.automatic);
  EXPECT_TRUE(Parsed(R"("precision": {"default": "auto"})")->precision.automatic);
}

TEST(ModuleKeys, SurgeryReplacesAndRemoves) {
  const SurgeryRules surgery = Parsed(R"json("surgery": {
      "replace": {"fc": "nn.Linear(2048, 10)", "layer1.0": "nn.Identity()"},
      "remove": ["aux1", "aux2"]})json")
                                   ->surgery;
  EXPECT_THAT(surgery.replace, ElementsAre(SurgeryRules::Replacement{"fc", "nn.Linear(2048, 10)"},
                                           SurgeryRules::Replacement{"layer1.0", "nn.Identity()"}));
  EXPECT_THAT(surgery.remove, ElementsAre("aux1", "aux2"));
  EXPECT_THAT(Mistakes(R"json("surgery": {"replace": {"head.fc": "nn.Identity()"},
                                      "remove": ["head"]})json"),
              HasSubstr("\"head\" holds \"head.fc\", which is replaced"));
}

TEST(ModuleKeys, TapsTrainAndSeed) {
  const Manifest manifest =
      Parsed(R"("taps": ["layer3", "layer4.1.relu"], "train": ["**.dropout*"], "seed": 7)").value();
  EXPECT_THAT(manifest.taps, ElementsAre("layer3", "layer4.1.relu"));
  EXPECT_THAT(manifest.train, ElementsAre(Pattern("**.dropout*")));
  EXPECT_EQ(manifest.seed, 7);
  EXPECT_THAT(Parsed("")->taps, IsEmpty());
  EXPECT_EQ(Parsed("")->seed, 0);
}

TEST(ModuleKeys, RefusesRulesThatCannotWork) {
  for (const char* more : {R"("freeze": "backbone")",
                           R"("freeze": [3])",
                           R"("freeze": ["a..b"])",
                           R"("freeze": {"kep": ["a"]})",
                           R"("freeze": {"keep": "a"})",
                           R"("precision": {"keep_float32": "norm"})",
                           R"("precision": {"layers": {"a": "float16"}})",
                           R"("precision": {"layers": [["a", "int8"]]})",
                           R"("precision": {"layers": [["a.", "float16"]]})",
                           R"("surgery": [])",
                           R"("surgery": {"replace": {"fc": 3}})",
                           R"("surgery": {"replace": {"fc.*": "nn.Identity"}})",
                           R"("surgery": {"replace": []})",
                           R"("surgery": {"remove": "aux"})",
                           R"("surgery": {"remove": ["aux*"]})",
                           R"("taps": "layer3")",
                           R"("taps": ["a", "a"])",
                           R"("taps": ["layer*"])",
                           R"("train": "dropout")",
                           R"("seed": -1)",
                           R"("seed": 1.5)",
                           R"("seed": 18446744073709551615)"}) {
    EXPECT_THAT(Mistakes(more), HasSubstr("1 mistake in the manifest")) << more;
  }
}

}  // namespace
}  // namespace graft::models
