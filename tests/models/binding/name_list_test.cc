#include "models/binding/name_list.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;

TEST(NameList, GivesFewNamesAsTheyAre) {
  EXPECT_EQ(NameList({}), "");
  EXPECT_EQ(NameList({"fc.weight", "a\nb"}), "fc.weight, a\\nb");
}

TEST(NameList, GivesManyNamesByTheFinestModulesThatAreShortEnough) {
  EXPECT_EQ(NameList({"n.a.w", "n.a.b", "n.a.c", "n.a.d", "n.b.w", "n.b.x", "n.b.y", "n.c", "n.d"}),
            "n.a.w, n.a.b, n.a.c, n.a.d, n.b.w, n.b.x, n.b.y, n.c, n.d");
  EXPECT_EQ(NameList({"n.a.w", "n.a.b", "n.a.c", "n.a.d", "n.a.e", "n.a.f", "n.b.w", "n.b.x",
                      "n.b.y", "n.b.z", "n.b.q", "n.b.p", "n.c"}),
            "n.a.** (6), n.b.** (6), n.c");
}

TEST(NameList, CountsTheRestOfTooManyGroups) {
  EXPECT_EQ(NameList({"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n"}),
            "a, b, c, d, e, f, g, h, i, j, k, l and 2 more");
}

TEST(NameList, CoversNamesByTheirFirstLevels) {
  EXPECT_THAT(CoveringPatterns({"fc.weight", "fc.bias", "aux.0.weight"}), ElementsAre("fc", "aux"));
  EXPECT_THAT(CoveringPatterns({"a", "b", "c", "d", "e"}), ElementsAre("**"));
  EXPECT_THAT(CoveringPatterns({"a b"}), ElementsAre("**"));
}

TEST(NameList, WritesShapes) {
  EXPECT_EQ(ShapeText({}), "[]");
  EXPECT_EQ(ShapeText({64, 3}), "[64, 3]");
  EXPECT_EQ(ShapeText(std::vector<int64_t>(17, 1)),
            "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ...]");
}

}  // namespace
}  // namespace graft::models
