#include "models/binding/name_pattern.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

bool Matches(absl::string_view pattern, absl::string_view name) {
  absl::StatusOr<NamePattern> parsed = NamePattern::Parse(pattern);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed->Matches(name);
}

bool Covers(absl::string_view pattern, absl::string_view name) {
  absl::StatusOr<NamePattern> parsed = NamePattern::Parse(pattern);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed->Covers(name);
}

TEST(NamePattern, TextWithoutStarsIsThatNameAlone) {
  EXPECT_TRUE(Matches("fc.weight", "fc.weight"));
  EXPECT_FALSE(Matches("fc.weight", "fc.weights"));
  EXPECT_FALSE(Matches("fc.weight", "fc.weigh"));
  EXPECT_FALSE(Matches("fc", "fc.weight"));
  EXPECT_FALSE(Matches("fc", ""));
}

TEST(NamePattern, OneStarStaysWithinALevel) {
  EXPECT_TRUE(Matches("layer1.*", "layer1.0"));
  EXPECT_FALSE(Matches("layer1.*", "layer1.0.conv"));
  EXPECT_FALSE(Matches("layer1.*", "layer1"));
  EXPECT_TRUE(Matches("layer*.0", "layer12.0"));
  EXPECT_TRUE(Matches("layer*.0", "layer.0"));
  EXPECT_TRUE(Matches("*", "fc"));
  EXPECT_FALSE(Matches("*", "fc.weight"));
  EXPECT_TRUE(Matches("*.*", "fc.weight"));
  EXPECT_TRUE(Matches("l*r?.c*v", "layer1.conv"));
}

TEST(NamePattern, QuestionMarkIsOneCharacterOfALevel) {
  EXPECT_TRUE(Matches("layer?", "layer4"));
  EXPECT_FALSE(Matches("layer?", "layer"));
  EXPECT_FALSE(Matches("layer?", "layer12"));
  EXPECT_FALSE(Matches("a?b", "a.b"));
}

TEST(NamePattern, TwoStarsCrossLevels) {
  EXPECT_TRUE(Matches("**", ""));
  EXPECT_TRUE(Matches("**", "a.b.c"));
  EXPECT_TRUE(Matches("layer1.**", "layer1.0.conv.weight"));
  EXPECT_FALSE(Matches("layer1.**", "layer1"));
  EXPECT_FALSE(Matches("layer1.**", "layer10.0"));
  EXPECT_TRUE(Matches("**bias", "fc.bias"));
  EXPECT_TRUE(Matches("a.**b", "a.x.yb"));
}

TEST(NamePattern, TwoStarsAsALevelAreAlsoNoLevel) {
  EXPECT_TRUE(Matches("**.norm", "norm"));
  EXPECT_TRUE(Matches("**.norm", "a.b.norm"));
  EXPECT_FALSE(Matches("**.norm", "prenorm"));
  EXPECT_FALSE(Matches("**.norm", "a.prenorm"));
  EXPECT_TRUE(Matches("a.**.b", "a.b"));
  EXPECT_TRUE(Matches("a.**.b", "a.x.y.b"));
  EXPECT_FALSE(Matches("a.**.b", "a.xb"));
  EXPECT_TRUE(Matches("**.**.b", "b"));
}

TEST(NamePattern, CoversWhatLiesBelowAMatch) {
  EXPECT_TRUE(Covers("backbone", "backbone.conv.weight"));
  EXPECT_TRUE(Covers("backbone", "backbone"));
  EXPECT_FALSE(Covers("backbone", "backbone2.conv.weight"));
  EXPECT_TRUE(Covers("**.norm*", "encoder.0.norm1.weight"));
  EXPECT_TRUE(Covers("**.norm*", "norm.bias"));
  EXPECT_FALSE(Covers("**.norm*", "encoder.0.linear.weight"));
  EXPECT_TRUE(Covers("layer?.0", "layer1.0.conv1.weight"));
  EXPECT_FALSE(Covers("layer?.0", "layer1.1.conv1.weight"));
}

TEST(NamePattern, HostilePatternsStayLinear) {
  std::string stars;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&stars, "*a");
  EXPECT_FALSE(Matches(stars, std::string(100'000, 'a') + "b"));
  std::string levels = "**";
  for (int i = 0; i < 80; ++i) absl::StrAppend(&levels, ".**");
  EXPECT_TRUE(Matches(levels, std::string(100'000, 'a')));
}

TEST(NamePattern, RefusesWhatIsNoPatternAndSaysWhy) {
  auto problem = [](absl::string_view text) {
    return std::string(NamePattern::Parse(text).status().message());
  };
  EXPECT_THAT(problem(""), HasSubstr("is empty"));
  EXPECT_THAT(problem("a..b"), HasSubstr("has an empty level"));
  EXPECT_THAT(problem(".a"), HasSubstr("has an empty level"));
  EXPECT_THAT(problem("a."), HasSubstr("has an empty level"));
  EXPECT_THAT(problem("a.***"), HasSubstr("more than two stars"));
  EXPECT_THAT(problem("layer[34]"), HasSubstr("give several patterns"));
  EXPECT_THAT(problem("a b"), HasSubstr("a blank"));
  EXPECT_THAT(problem(std::string(257, 'a')), HasSubstr("longer than 256 bytes"));
  EXPECT_TRUE(NamePattern::Parse(std::string(256, 'a')).ok());
}

TEST(NamePattern, AnyOfSeveralMayCover) {
  const std::vector<NamePattern> patterns = {NamePattern::Parse("a").value(),
                                             NamePattern::Parse("b.*").value()};
  EXPECT_TRUE(AnyCovers(patterns, "b.c.weight"));
  EXPECT_FALSE(AnyCovers(patterns, "b"));
  EXPECT_FALSE(AnyCovers({}, "b"));
}

}  // namespace
}  // namespace graft::models
