#include "models/python/source_file.h"

#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "models/python/syntax_error.h"

namespace graft::models::python {
namespace {

SourceFile File(std::string text) { return {"net.py", std::move(text)}; }

TEST(SourceFile, GivesLinesWithoutTheirBreaks) {
  const SourceFile file = File("one\ntwo\n\nfour");
  EXPECT_EQ(file.Line(1), "one");
  EXPECT_EQ(file.Line(2), "two");
  EXPECT_EQ(file.Line(3), "");
  EXPECT_EQ(file.Line(4), "four");
  EXPECT_EQ(file.Line(5), "");
  EXPECT_EQ(file.Line(0), "");
  EXPECT_EQ(file.Line(-1), "");
}

TEST(SourceFile, ReadsEveryKindOfLineBreakAndNoByteOrderMark) {
  const SourceFile file = File("\xEF\xBB\xBFone\r\ntwo\rthree\n\r\nfive\r");
  EXPECT_EQ(file.text(), "one\ntwo\nthree\n\nfive\n");
  EXPECT_EQ(file.Line(5), "five");
}

TEST(SourceFile, KnowsTheRangeOfBytes) {
  const SourceFile file = File("ab\ncd\n");
  const SourceRange range = file.RangeOf(1, 5);
  EXPECT_EQ(range.line, 1);
  EXPECT_EQ(range.column, 1);
  EXPECT_EQ(range.end_line, 2);
  EXPECT_EQ(range.end_column, 2);
  EXPECT_EQ(file.RangeOf(6, 6).line, 3);
}

TEST(SourceFile, NamesPlacesWithColumnsFromOne) {
  const SourceFile file = File("x");
  EXPECT_EQ(file.Place({.line = 12, .column = 8, .end_line = 12, .end_column = 9}), "net.py:12:9");
  EXPECT_EQ(file.Place({}), "net.py");
}

TEST(SourceFile, UnderlinesARangeInItsLine) {
  const SourceFile file = File("class Net:\n        self.fc = nn.Linear(512, n)\n");
  EXPECT_EQ(file.Underline({.line = 2, .column = 18, .end_line = 2, .end_column = 27}),
            "    self.fc = nn.Linear(512, n)\n"
            "              ^^^^^^^^^");
}

TEST(SourceFile, UnderlinesTheFirstOfSeveralLinesToItsEnd) {
  const SourceFile file = File("f(a,\n  b)");
  EXPECT_EQ(file.Underline({.line = 1, .column = 2, .end_line = 2, .end_column = 3}),
            "    f(a,\n"
            "      ^^");
}

TEST(SourceFile, PointsBehindTheLineWhereSomethingIsMissing) {
  const SourceFile file = File("if x");
  EXPECT_EQ(file.Underline({.line = 1, .column = 4, .end_line = 1, .end_column = 4}),
            "    if x\n"
            "        ^");
}

TEST(SourceFile, UnderlinesNothingForARangeThatIsNowhere) {
  EXPECT_EQ(File("x").Underline({}), "");
}

TEST(SourceFile, CountsCharactersNotBytes) {
  // "é" and "€" are 2 and 3 bytes.
  const SourceFile file = File("x = \"\u00e9\u20ac\" + y");
  EXPECT_EQ(file.Underline({.line = 1, .column = 4, .end_line = 1, .end_column = 11}),
            "    x = \"\u00e9\u20ac\" + y\n"
            "        ^^^^");
}

TEST(SourceFile, HidesWhatATerminalWouldObey) {
  // Escape, a byte that is no UTF-8, a mark that turns the direction of writing.
  const SourceFile file = File("a\x1B[2Jb\xFF\tc\u202Ed\u0085");
  EXPECT_EQ(file.Underline({.line = 1, .column = 0, .end_line = 1, .end_column = 1}),
            "    a?[2Jb? c?d?\n"
            "    ^");
}

TEST(SourceFile, CutsALongLineAroundTheRange) {
  const SourceFile file =
      File(std::string(200, 'a') + " = " + std::string(10, 'b') + std::string(200, 'c'));
  const std::string shown =
      file.Underline({.line = 1, .column = 203, .end_line = 1, .end_column = 213});
  const std::string expected_line =
      " ..." + std::string(37, 'a') + " = " + std::string(10, 'b') + std::string(46, 'c') + "...";
  EXPECT_EQ(shown, expected_line + "\n    " + std::string(40, ' ') + std::string(10, '^'));
}

TEST(SourceFile, CutsALongRangeToo) {
  const SourceFile file = File(std::string(1000, 'a'));
  const std::string shown =
      file.Underline({.line = 1, .column = 0, .end_line = 1, .end_column = 1000});
  EXPECT_EQ(shown, "    " + std::string(96, 'a') + "...\n    " + std::string(96, '^'));
}

TEST(SourceFile, EndsARangeBeyondTheLineWithIt) {
  EXPECT_EQ(File("ab").Underline({.line = 1, .column = 1, .end_line = 1, .end_column = 99}),
            "    ab\n     ^");
  EXPECT_EQ(File("ab").Underline({.line = 9, .column = 1, .end_line = 9, .end_column = 2}),
            "    \n    ^");
}

TEST(SyntaxError, ShowsPlaceMessageAndLine) {
  const SourceFile file = File("if x = 3:\n");
  const SyntaxError error = {.range = {.line = 1, .column = 5, .end_line = 1, .end_column = 6},
                             .message = "expected ':', found '='"};
  EXPECT_EQ(ToStatus(error, file).message(),
            "net.py:1:6: expected ':', found '='\n"
            "    if x = 3:\n"
            "         ^");
  EXPECT_EQ(ToStatus({.range = {}, .message = "unreadable"}, file).message(), "net.py: unreadable");
}

}  // namespace
}  // namespace graft::models::python
