#include "runtime/path_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

using Steps = std::vector<std::string>;

TEST(PathPattern, IsATextWithWildcards) {
  EXPECT_TRUE(PathPattern::IsPattern("a/*.pt"));
  EXPECT_TRUE(PathPattern::IsPattern("a/b?.pt"));
  EXPECT_FALSE(PathPattern::IsPattern("a/[b].pt"));
  EXPECT_TRUE(PathPattern("a/step-*").is_open());
  EXPECT_FALSE(PathPattern("*/step.pt").is_open());
}

TEST(PathPattern, ReadsTheNumbersThatItsWildcardsStandFor) {
  EXPECT_EQ(PathPattern("p_*.pt").Steps("p_0100.pt"), (Steps{"100"}));
  EXPECT_EQ(PathPattern("p_*.pt").Steps("p_best.pt"), Steps());
  EXPECT_EQ(PathPattern("p_*.pt").Steps("p_000.pt"), (Steps{"0"}));
  EXPECT_EQ(PathPattern("v2_*.pt").Steps("v2_7.pt"), (Steps{"7"})) << "not the pattern's own 2";
  EXPECT_EQ(PathPattern("epoch=*-step=*.ckpt").Steps("epoch=9-step=120.ckpt"), (Steps{"9", "120"}));
  EXPECT_EQ(PathPattern("p_??.pt").Steps("p_42.pt"), (Steps{"42"}));
  EXPECT_EQ(PathPattern("runs/*/m_*.pt").Steps("runs/2024-05-01_12-30-00/m_1500.pt"),
            (Steps{"2024", "5", "1", "12", "30", "0", "1500"}));
}

TEST(PathPattern, OrdersStepsAsNumbersOfAnyLength) {
  EXPECT_TRUE(HasHigherSteps({"1000"}, {"999"}));
  EXPECT_TRUE(HasHigherSteps({"100000000000000000000001"}, {"100000000000000000000000"}));
  EXPECT_FALSE(HasHigherSteps({"7"}, {"7"}));
  EXPECT_TRUE(HasHigherSteps({"2", "1"}, {"1", "9"}));
  EXPECT_TRUE(HasHigherSteps({"1"}, {})) << "a number counts more than none";
}

TEST(PathPattern, FindsOnEveryLevel) {
  const testing::TempDirectory directory;
  for (const char* folder : {"runs/a", "runs/b", "runs/.hidden"}) {
    std::filesystem::create_directories(directory.File(folder));
    directory.Write(std::string(folder) + "/m_1.pt", "x");
  }
  directory.Write("runs/c", "a file, no directory");
  directory.Write("runs/a/.m_2.pt", "x");
  std::vector<std::string> found = PathPattern(directory.File("run?/*/m_*.pt")).Find();
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::string>{directory.File("runs/a/m_1.pt"),
                                             directory.File("runs/b/m_1.pt")}));
  EXPECT_EQ(PathPattern(directory.File("*/a/m_1.pt")).Find(),
            (std::vector<std::string>{directory.File("runs/a/m_1.pt")}));
}

TEST(PathPattern, GoesBackWhenAStarTookTooLittle) {
  EXPECT_EQ(PathPattern("*_7_*.pt").Steps("a_7_7_3.pt"), (Steps{"7", "3"}));
  EXPECT_EQ(PathPattern("a*b*c").Steps("a1b2b3c"), (Steps{"1", "2", "3"}));
}

TEST(PathPattern, KnowsTheLastNumberOfAName) {
  EXPECT_EQ(LastNumber("iter_0001000"), "1000");
  EXPECT_EQ(LastNumber("v2_best"), "2");
  EXPECT_EQ(LastNumber("best"), "");
}

}  // namespace
}  // namespace graft::runtime
