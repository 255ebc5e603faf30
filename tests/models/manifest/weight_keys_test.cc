#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/manifest/manifest.h"
#include "tests/models/manifest/manifest_text.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(WeightKeys, WithoutThemWeightsAreStrict) {
  EXPECT_EQ(Parsed("")->weights, WeightRules());
  EXPECT_EQ(Parsed(R"("weights": {})")->weights, WeightRules());
  EXPECT_EQ(Parsed(R"("weights": {"strict": true})")->weights, WeightRules());
}

TEST(WeightKeys, ReadsEveryRule) {
  const WeightRules rules = Parsed(R"("weights": {
      "from": "checkpoint.model", "strip_prefix": ["module.", "net."],
      "rename": [["^head\\.", "fc."], ["^aux.*", ""]], "into": "backbone",
      "allow_missing": ["head.**"], "allow_unexpected": true, "mismatch": "slice"})")
                                .value()
                                .weights;
  EXPECT_EQ(rules.from, "checkpoint.model");
  EXPECT_THAT(rules.strip_prefix.value(), ElementsAre("module.", "net."));
  ASSERT_EQ(rules.rename.size(), 2u);
  EXPECT_EQ(rules.rename[0].Apply("head.weight"), "fc.weight");
  EXPECT_EQ(rules.into, "backbone.");
  EXPECT_TRUE(rules.allow_missing.Covers("head.weight"));
  EXPECT_FALSE(rules.allow_missing.Covers("fc.weight"));
  EXPECT_TRUE(rules.allow_unexpected.all);
  EXPECT_EQ(rules.mismatch, MismatchPolicy::kSlice);
}

TEST(WeightKeys, StrictFalseAllowsBoth) {
  const WeightRules rules = Parsed(R"("weights": {"strict": false})")->weights;
  EXPECT_TRUE(rules.allow_missing.all);
  EXPECT_TRUE(rules.allow_unexpected.all);
  EXPECT_THAT(Mistakes(R"("weights": {"strict": false, "allow_missing": ["a"]})"),
              HasSubstr("weights.strict: false allows everything already"));
}

TEST(WeightKeys, AnEmptyListOfPrefixesIsNotNoList) {
  EXPECT_TRUE(Parsed(R"("weights": {"strip_prefix": []})")->weights.strip_prefix.has_value());
}

TEST(WeightKeys, IntoNamesOneModuleWithOrWithoutItsDot) {
  EXPECT_EQ(Parsed(R"("weights": {"into": "a.b."})")->weights.into, "a.b.");
  EXPECT_THAT(Mistakes(R"("weights": {"into": "a.*"})"), HasSubstr("\"a.*\" is a pattern"));
}

TEST(WeightKeys, RefusesRulesThatCannotWork) {
  for (const char* more :
       {R"("weights": 3)", R"("weights": {"from": 3})", R"("weights": {"stric": true})",
        R"("weights": {"strict": "no"})", R"("weights": {"strip_prefix": "module."})",
        R"("weights": {"strip_prefix": [""]})", R"("weights": {"rename": {"a": "b"}})",
        R"("weights": {"rename": [["a"]]})", R"("weights": {"rename": [["(", "b"]]})",
        R"("weights": {"rename": [["a", "\\1"]]})", R"("weights": {"into": ""})",
        R"("weights": {"allow_missing": "fc"})", R"("weights": {"allow_missing": ["a..b"]})",
        R"("weights": {"mismatch": "ignore"})"}) {
    EXPECT_THAT(Mistakes(more), HasSubstr("1 mistake in the manifest")) << more;
  }
}

}  // namespace
}  // namespace graft::models
