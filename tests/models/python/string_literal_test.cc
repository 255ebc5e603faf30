#include "models/python/string_literal.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace graft::models::python {
namespace {

// What `written` stands for, or where it is wrong and why.
std::string Unescaped(absl::string_view written, StringStyle style = StringStyle::kText,
                      bool is_raw = false) {
  std::string out;
  const auto error = AppendUnescaped(written, style, is_raw, &out);
  return error ? absl::StrCat("! ", error->offset, "+", error->size, ": ", error->message) : out;
}

TEST(StringLiteral, ResolvesEscapes) {
  EXPECT_EQ(Unescaped(R"(a\n\t\\\'\"\x41\101\u00e9\U0001F600)"), "a\n\t\\'\"AA\u00e9\U0001F600");
  EXPECT_EQ(Unescaped("a\\\nb"), "ab");
  EXPECT_EQ(Unescaped(R"(\q\d)"), R"(\q\d)");
  EXPECT_EQ(Unescaped(R"(\0)"), std::string(1, '\0'));
  // A character's name would need the Unicode database.
  EXPECT_EQ(Unescaped(R"(\N{BULLET} x)"), R"(\N{BULLET} x)");
}

TEST(StringLiteral, LeavesRawTextAlone) {
  EXPECT_EQ(Unescaped(R"(\n\x4\\)", StringStyle::kText, /*is_raw=*/true), R"(\n\x4\\)");
}

TEST(StringLiteral, HoldsBytesAsTheyAre) {
  EXPECT_EQ(Unescaped(R"(\xff\400\u0041)", StringStyle::kBytes), std::string("\xff\0\\u0041", 8));
  EXPECT_EQ(Unescaped("ab\u00e9", StringStyle::kBytes),
            "! 2+1: a bytes literal can only hold ASCII characters; write \\x.. for others");
}

TEST(StringLiteral, HalvesDoubledBracesOfAFormat) {
  EXPECT_EQ(Unescaped(R"({{a}} \x41 \N{BULLET})", StringStyle::kFormat), R"({a} A \N{BULLET})");
}

TEST(StringLiteral, PointsAtABrokenEscape) {
  EXPECT_EQ(Unescaped(R"(ab\x4)"), "! 2+3: this escape needs 2 hexadecimal digits");
  EXPECT_EQ(Unescaped(R"(\u12g4)"), "! 0+4: this escape needs 4 hexadecimal digits");
  EXPECT_EQ(Unescaped(R"(\U00110000)"), "! 0+10: there is no such Unicode character");
  EXPECT_EQ(Unescaped(R"(\Nx)"), "! 0+2: \\N needs a character's name in braces: \\N{BULLET}");
}

TEST(StringLiteral, ReadsPrefixesInAnyCaseAndOrder) {
  EXPECT_EQ(ReadStringPrefix("rB''")->size, 2U);
  EXPECT_TRUE(ReadStringPrefix("rB''")->is_bytes);
  EXPECT_TRUE(ReadStringPrefix("fR\"")->is_format);
  EXPECT_TRUE(ReadStringPrefix("'"));
  for (const char* none : {"fb''", "ur''", "bb''", "rrb''", "x''", "r", "", "brf''"}) {
    EXPECT_FALSE(ReadStringPrefix(none)) << none;
  }
}

}  // namespace
}  // namespace graft::models::python
