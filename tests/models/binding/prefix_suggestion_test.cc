#include "models/binding/prefix_suggestion.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t kFour[] = {4};
constexpr int64_t kEight[] = {8};

std::vector<UnmatchedName> Names(const std::vector<std::string>& names,
                                 absl::Span<const int64_t> shape = kFour) {
  std::vector<UnmatchedName> unmatched;
  for (const std::string& name : names) unmatched.push_back({.name = name, .shape = shape});
  return unmatched;
}

TEST(PrefixSuggestion, FindsAPrefixOfEitherSide) {
  const std::vector<std::string> plain = {"a.w", "b.w"};
  const std::vector<std::string> prefixed = {"net.a.w", "net.b.w"};
  const auto strip = SuggestPrefixes(Names(plain), Names(prefixed));
  ASSERT_EQ(strip.size(), 1u);
  EXPECT_EQ(strip[0].from, "net.");
  EXPECT_EQ(strip[0].to, "");
  EXPECT_EQ(strip[0].tensors, 2u);
  EXPECT_EQ(strip[0].key, "net.a.w");
  EXPECT_EQ(strip[0].tensor, "a.w");
  EXPECT_THAT(strip[0].first_levels, ElementsAre("a", "b"));
  const auto into = SuggestPrefixes(Names(prefixed), Names(plain));
  ASSERT_EQ(into.size(), 1u);
  EXPECT_EQ(into[0].from, "");
  EXPECT_EQ(into[0].to, "net.");
}

TEST(PrefixSuggestion, TheOneThatFindsMostComesFirst) {
  const std::vector<std::string> tensors = {"a.w", "b.w", "c.w", "fc.bias"};
  const std::vector<std::string> keys = {"head.bias", "x.a.w", "x.b.w", "x.c.w"};
  const auto found = SuggestPrefixes(Names(tensors), Names(keys));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].from, "x.");
  EXPECT_EQ(found[0].tensors, 3u);
  EXPECT_EQ(found[1].from, "head.");
  EXPECT_EQ(found[1].to, "fc.");
}

TEST(PrefixSuggestion, AsksForEqualShapes) {
  const std::vector<std::string> tensors = {"fc.w"};
  const std::vector<std::string> keys = {"head.w"};
  EXPECT_THAT(SuggestPrefixes(Names(tensors, kFour), Names(keys, kEight)), IsEmpty());
  EXPECT_THAT(SuggestPrefixes({}, Names(keys)), IsEmpty());
}

TEST(PrefixSuggestion, StaysFastOnManyNamesThatLookAlike) {
  std::vector<std::string> tensors;
  std::vector<std::string> keys;
  for (int i = 0; i < 20'000; ++i) {
    tensors.push_back(absl::StrCat("t", i, ".weight"));
    keys.push_back(absl::StrCat("k", i, ".weight"));
  }
  EXPECT_EQ(SuggestPrefixes(Names(tensors), Names(keys)).size(), 3u);
}

}  // namespace
}  // namespace graft::models
