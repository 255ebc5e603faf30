#include "models/python/lexer.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "models/python/token.h"

namespace graft::models::python {
namespace {

// One word for each token: its text, or what it is where it has none; "!" and the message where the
// text is no Python.
std::string Lex(std::string text, Lexer::Start start = Lexer::Start::kModule) {
  const SourceFile source("test.py", std::move(text));
  Lexer lexer(source, start);
  std::vector<std::string> words;
  std::vector<Token> tokens;
  do {
    if (!lexer.ReadLine(&tokens)) {
      words.push_back(
          absl::StrCat("! ", source.Place(lexer.error().range), ": ", lexer.error().message));
      break;
    }
    for (const Token& token : tokens) {
      switch (token.kind) {
        case TokenKind::kEnd:
          words.emplace_back("END");
          break;
        case TokenKind::kNewline:
          words.emplace_back("NEWLINE");
          break;
        case TokenKind::kIndent:
          words.emplace_back("INDENT");
          break;
        case TokenKind::kDedent:
          words.emplace_back("DEDENT");
          break;
        default:
          words.emplace_back(source.text().substr(token.begin, token.end - token.begin));
      }
    }
  } while (tokens.back().kind != TokenKind::kEnd);
  return absl::StrJoin(words, " ");
}

TEST(Lexer, SplitsNamesNumbersAndOperators) {
  EXPECT_EQ(Lex("x1=-y**2//3"), "x1 = - y ** 2 // 3 NEWLINE END");
  EXPECT_EQ(Lex("a<=b<<c<<=d<e"), "a <= b << c <<= d < e NEWLINE END");
  EXPECT_EQ(Lex("a->b:=c:d...e.f"), "a -> b := c : d ... e . f NEWLINE END");
  EXPECT_EQ(Lex("a!=b@=c|=d~e"), "a != b @= c |= d ~ e NEWLINE END");
}

TEST(Lexer, MarksIndentationAndItsEnd) {
  EXPECT_EQ(Lex("if a:\n  b\n  c\nd"),
            "if a : NEWLINE INDENT b NEWLINE c NEWLINE DEDENT d NEWLINE END");
  EXPECT_EQ(Lex("if a:\n  if b:\n    c\n"),
            "if a : NEWLINE INDENT if b : NEWLINE INDENT c NEWLINE DEDENT DEDENT END");
}

TEST(Lexer, PassesBlankLinesAndComments) {
  EXPECT_EQ(Lex("\n  # one\na # two\n\t\n    \nb"), "a NEWLINE b NEWLINE END");
  EXPECT_EQ(Lex(""), "END");
  EXPECT_EQ(Lex("# only"), "END");
}

TEST(Lexer, JoinsLinesInBracketsAndBehindABackslash) {
  EXPECT_EQ(Lex("f(a,\n b)\nc"), "f ( a , b ) NEWLINE c NEWLINE END");
  EXPECT_EQ(Lex("a + \\\n  b"), "a + b NEWLINE END");
  EXPECT_EQ(Lex("a \\ b"),
            "! test.py:1:3: only the end of the line may follow a line continuation '\\'");
  EXPECT_EQ(Lex("a \\"), "! test.py:1:3: the file ends behind this line continuation");
}

TEST(Lexer, RefusesIndentationThatDependsOnATabsWidth) {
  EXPECT_EQ(Lex("if a:\n\tb\n        c"),
            "if a : NEWLINE INDENT b NEWLINE ! test.py:3:1: tabs and spaces are mixed in this "
            "indentation so that its depth depends "
            "on a tab's width");
  EXPECT_EQ(Lex("if a:\n        b\n\tc").substr(32, 16), "! test.py:3:1: t");
}

TEST(Lexer, RefusesToGoBackToADepthThatWasNone) {
  EXPECT_EQ(Lex("if a:\n    b\n  c"),
            "if a : NEWLINE INDENT b NEWLINE ! test.py:3:1: this line is indented less than the "
            "one before, but like no line "
            "further up");
}

TEST(Lexer, TakesTheFormFeedAsTheBeginOfALine) {
  EXPECT_EQ(Lex("a\n\f b\n"), "a NEWLINE INDENT b NEWLINE DEDENT END");
  EXPECT_EQ(Lex("a\n  \fb\n"), "a NEWLINE b NEWLINE END");
}

TEST(Lexer, IgnoresIndentationOfAnExpressionAlone) {
  EXPECT_EQ(Lex("  \n  a + b\n", Lexer::Start::kExpression), "a + b NEWLINE END");
}

TEST(Lexer, FindsTheEndOfEveryKindOfString) {
  EXPECT_EQ(Lex(R"('a' "b" r'\' ' b"\"" '')"), R"('a' "b" r'\' ' b"\"" '' NEWLINE END)");
  EXPECT_EQ(Lex("'''a\n'b' ''' \"\"\"c\"\"\""), "'''a\n'b' ''' \"\"\"c\"\"\" NEWLINE END");
  EXPECT_EQ(Lex("rb'' Rb'' bR'' uR''"), "rb'' Rb'' bR'' uR '' NEWLINE END");
  EXPECT_EQ(Lex("bx'a' = 1"), "bx 'a' = 1 NEWLINE END");
}

TEST(Lexer, PointsAtTheBeginOfAStringThatHasNoEnd) {
  EXPECT_EQ(Lex("x = 'abc\ny"), "! test.py:1:5: this string has no closing quote on its line");
  EXPECT_EQ(Lex("x = \"\"\"abc\ny"), "! test.py:1:5: this string has no closing triple quotes");
  EXPECT_EQ(Lex("x = f'abc\ny"), "! test.py:1:5: this string has no closing quote on its line");
  EXPECT_EQ(Lex("x = 'abc\\"), "! test.py:1:5: this string has no closing quote on its line");
}

TEST(Lexer, CutsFStringsIntoTextAndFields) {
  EXPECT_EQ(Lex("f'a{b}c'"), "f' a { b } c ' NEWLINE END");
  EXPECT_EQ(Lex("f'{a!r:>{b}}'"), "f' { a ! r : > { b } } ' NEWLINE END");
  EXPECT_EQ(Lex("f'{{a}} {b != c}'"), "f' {{a}}  { b != c } ' NEWLINE END");
  EXPECT_EQ(Lex("f'{f'{a}'}'"), "f' { f' { a } ' } ' NEWLINE END");
  EXPECT_EQ(Lex("f'{a[b:c]:d}'"), "f' { a [ b : c ] : d } ' NEWLINE END");
  EXPECT_EQ(Lex("f'{(a:=b)}{a:=5}'"), "f' { ( a := b ) } { a : =5 } ' NEWLINE END");
  EXPECT_EQ(Lex("f'\\N{BULLET}{a}'"), "f' \\N{BULLET} { a } ' NEWLINE END");
  EXPECT_EQ(Lex("f'{a:%H:%M}'"), "f' { a : %H:%M } ' NEWLINE END");
}

TEST(Lexer, PointsAtAFieldThatHasNoEnd) {
  EXPECT_EQ(Lex("x = f'{a'"), "! test.py:1:7: this field of the f-string has no '}'");
  EXPECT_EQ(Lex("x = f'{a:b'"), "! test.py:1:7: this field of the f-string has no '}'");
  EXPECT_EQ(Lex("f'a}'"), "! test.py:1:4: a single '}' in an f-string; as text it is written '}}'");
}

TEST(Lexer, PointsAtBracketsThatDoNotMatch) {
  EXPECT_EQ(Lex("x = f(a,\ny = 3\n"), "! test.py:1:6: this '(' is never closed");
  EXPECT_EQ(Lex("x = [1, (2]"), "! test.py:1:11: ']' does not close '(' of line 1");
  EXPECT_EQ(Lex("x = 1)"), "! test.py:1:6: this ')' closes nothing");
}

TEST(Lexer, TakesLettersOfAnyAlphabet) {
  EXPECT_EQ(Lex("größe=变量"), "größe = 变量 NEWLINE END");
  // A keyword is ASCII throughout.
  EXPECT_EQ(Lex("ifé"), "ifé NEWLINE END");
}

TEST(Lexer, RefusesTheMarksOfWordProcessors) {
  EXPECT_EQ(Lex("x = \u201Ca\u201D"),
            "! test.py:1:5: the character U+201C is no part of Python; its place takes an ASCII "
            "blank, quote or operator");
  // A no-break space, which looks like a blank.
  EXPECT_EQ(Lex("x\u00A0= 1").substr(0, 37), "! test.py:1:2: the character U+00A0 i");
  EXPECT_EQ(Lex("x = 1 \u2212 2").substr(0, 37), "! test.py:1:7: the character U+2212 i");
}

TEST(Lexer, RefusesWhatIsNoText) {
  EXPECT_EQ(Lex("x = 'caf\xE9'"),
            "! test.py:1:9: these bytes are no UTF-8; save the file as UTF-8");
  EXPECT_EQ(Lex(std::string("x\0y", 3)), "! test.py:1:2: a null byte: this is no Python source");
  EXPECT_EQ(Lex("x = 1\x01"), "! test.py:1:6: the control character 0x01 is no part of Python");
}

TEST(Lexer, RefusesWhatOtherLanguagesWrite) {
  EXPECT_EQ(Lex("a ? b"),
            "! test.py:1:3: '?' is no part of Python; a ? b : c is written b if a else c");
  EXPECT_EQ(Lex("$a"), "! test.py:1:1: '$' is no part of Python");
  EXPECT_EQ(Lex("`a`"), "! test.py:1:1: '`' is no part of Python");
}

TEST(Token, KnowsTheKeywordsAndNoOthers) {
  EXPECT_EQ(KeywordOrName("lambda"), TokenKind::kLambda);
  EXPECT_EQ(KeywordOrName("False"), TokenKind::kFalse);
  EXPECT_EQ(KeywordOrName("nonlocal"), TokenKind::kNonlocal);
  EXPECT_EQ(KeywordOrName("yield"), TokenKind::kYield);
  for (const char* name : {"match", "case", "type", "print", "false", "i", "Lambda", "yields"}) {
    EXPECT_EQ(KeywordOrName(name), TokenKind::kName) << name;
  }
}

}  // namespace
}  // namespace graft::models::python
