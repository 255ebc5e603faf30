#include "models/binding/key_rename.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

std::string Renamed(absl::string_view pattern, absl::string_view replacement,
                    absl::string_view key) {
  absl::StatusOr<KeyRename> rename = KeyRename::Compile(pattern, replacement);
  EXPECT_TRUE(rename.ok()) << rename.status();
  return rename.ok() ? rename->Apply(key) : "";
}

std::string Problem(absl::string_view pattern, absl::string_view replacement) {
  return std::string(KeyRename::Compile(pattern, replacement).status().message());
}

TEST(KeyRename, ReplacesEveryMatch) {
  EXPECT_EQ(Renamed("gamma$", "weight", "norm.gamma"), "norm.weight");
  EXPECT_EQ(Renamed("^encoder\\.(\\d+)", "layers.\\1", "encoder.3.weight"), "layers.3.weight");
  EXPECT_EQ(Renamed("_", ".", "a_b_c"), "a.b.c");
  EXPECT_EQ(Renamed("^head\\.", "fc.", "body.head.weight"), "body.head.weight");
  EXPECT_EQ(Renamed("^critic\\..*", "", "critic.0.weight"), "");
  EXPECT_EQ(Renamed("(?P<block>\\d+)\\.(w|b)", "\\1.x.\\2", "4.w"), "4.x.w");
}

TEST(KeyRename, RefusesPatternsAndReplacementsThatCannotWork) {
  EXPECT_THAT(Problem("", "x"), HasSubstr("is empty"));
  EXPECT_THAT(Problem("a(b", "x"), HasSubstr("missing ): a(b"));
  EXPECT_THAT(Problem("(?=a)", "x"), HasSubstr("look-around and back-references are not in it"));
  EXPECT_THAT(Problem("(a)", "\\2"), HasSubstr("Groups are named \\1 to \\9"));
  EXPECT_THAT(Problem("(a)", "\\g<1>"), HasSubstr("Groups are named \\1 to \\9"));
  EXPECT_THAT(Problem(std::string(1025, 'a'), ""), HasSubstr("longer than 1024 bytes"));
  EXPECT_THAT(Problem("a", std::string(257, 'a')), HasSubstr("longer than 256 bytes"));
  EXPECT_THAT(Problem("((a{100}){100}){100}", ""), HasSubstr("cannot be used"));
}

TEST(KeyRename, HostileKeysStayLinear) {
  EXPECT_EQ(Renamed("(a*)*b", "x", std::string(1024, 'a')), std::string(1024, 'a'));
  const std::string endless(10'000'000, 'a');
  EXPECT_EQ(Renamed("a", "bb", endless), endless);
}

}  // namespace
}  // namespace graft::models
