#include "models/manifest/suggestion.h"

#include "gtest/gtest.h"

namespace graft::models {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("name", "name"), 0u);
  EXPECT_EQ(EditDistance("Name", "name"), 0u);
  EXPECT_EQ(EditDistance("nmae", "name"), 1u);
  EXPECT_EQ(EditDistance("nam", "name"), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(ClosestWord, AnswersOnlyWhenItIsNear) {
  EXPECT_EQ(ClosestWord("prescision", {"device", "precision"}, {}), "precision");
  EXPECT_EQ(ClosestWord("frezee", {"device"}, {"freeze"}), "freeze");
  EXPECT_EQ(ClosestWord("banana", {"device", "precision"}, {}), std::nullopt);
  EXPECT_EQ(ClosestWord("x", {"y"}, {}), std::nullopt);
}

}  // namespace
}  // namespace graft::models
