// What the parser says of text that is no Python: place, message, line and caret.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/python/parser.h"

namespace graft::models::python {
namespace {

using testing::HasSubstr;

std::string Error(std::string text) {
  const auto module = ParseModule(std::make_shared<SourceFile>("net.py", std::move(text)));
  if (module.ok()) return "no error";
  EXPECT_EQ(module.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(module.status().message());
}

// Place and message, without file, line and caret.
std::string Says(std::string text) {
  const std::string error = Error(std::move(text));
  const absl::string_view first_line = absl::string_view(error).substr(0, error.find('\n'));
  return std::string(absl::StripPrefix(first_line, "net.py:"));
}

TEST(ParserErrors, ShowPlaceMessageLineAndCaret) {
  EXPECT_EQ(Error("class Net:\n    def forward(self, x)\n        return x\n"),
            "net.py:2:25: expected ':', found the end of the line\n"
            "    def forward(self, x)\n"
            "                        ^");
  EXPECT_EQ(Error("x = (1 +\n     for y)\n"),
            "net.py:2:6: expected an expression, found 'for', a keyword\n"
            "    for y)\n"
            "    ^^^");
}

TEST(ParserErrors, NameTheBlockThatIsMissing) {
  EXPECT_EQ(
      Says("def f():\nx = 1\n"),
      "2:1: expected an indented block behind 'def' of line 1; an empty one is written 'pass'");
  EXPECT_EQ(Says("if a:\n    b\nelse:\n"),
            "4:1: expected an indented block behind 'else' of line 3; an empty one is written "
            "'pass'");
  EXPECT_EQ(Says("x = 1\n  y = 2\n"),
            "2:1: this line is indented, but nothing above it opens a block");
  EXPECT_EQ(Says("else:\n    x\n"),
            "1:1: no statement of this indentation that 'else' could belong to");
  EXPECT_EQ(Says("try:\n    x\ny\n"),
            "3:1: expected 'except' or 'finally' for the 'try' of line 1, found 'y'");
}

TEST(ParserErrors, KnowTheHabitsOfOtherLanguages) {
  EXPECT_EQ(Says("if a && b: c"),
            "1:7: expected an expression, found '&'; '&&' is 'and' in Python");
  EXPECT_EQ(Says("if a || b: c"), "1:7: expected an expression, found '|'; '||' is 'or' in Python");
  EXPECT_EQ(Says("if !a: c"), "1:4: expected an expression, found '!'; 'not' negates in Python");
  EXPECT_EQ(Says("if a === b: c"),
            "1:8: expected an expression, found '='; '===' is '==' in Python");
  EXPECT_EQ(Says("x++"),
            "1:4: expected an expression, found the end of the line; 'x++' is 'x += 1' in Python");
  EXPECT_EQ(Says("x--\n"),
            "1:4: expected an expression, found the end of the line; 'x--' is 'x -= 1' in Python");
  EXPECT_EQ(Says("x = 1 +\n"), "1:8: expected an expression, found the end of the line");
  EXPECT_EQ(Says("if a:\n  b\nelse if c:\n  d\n"),
            "3:6: expected ':', found 'if'; Python writes 'elif'");
  EXPECT_EQ(Says("if a:\n  b\nelseif c:\n  d\n"),
            "3:8: expected the end of the statement, found 'c'; Python writes 'elif'");
}

TEST(ParserErrors, KnowPython2) {
  EXPECT_EQ(Says("print \"x\""),
            "1:7: expected the end of the statement, found a string; it is a function in Python 3: "
            "put (...) around");
  EXPECT_EQ(Says("if a <> b: c"),
            "1:7: expected an expression, found '>'; '<>' is '!=' in Python 3");
  EXPECT_EQ(Says("try: a\nexcept A, e: b"),
            "2:9: expected ':', found ','; several types are written except (A, B) as error:");
  EXPECT_EQ(Says("x = 0777"),
            "1:5: a decimal number cannot begin with 0; an octal one begins with 0o");
}

TEST(ParserErrors, TellAssignmentFromEquality) {
  EXPECT_EQ(Says("if x = 3: y"), "1:6: expected ':', found '='; equality is tested with '=='");
  EXPECT_EQ(
      Says("f(a.b=1)"),
      "1:6: expected ',' or ')', found '='; a keyword is a plain name, and equality is tested "
      "with '=='");
  EXPECT_EQ(Says("f(x) = 1"),
            "1:1: cannot assign to a function call; equality is tested with '=='");
  EXPECT_EQ(Says("a, 1 = b"), "1:4: cannot assign to a literal; equality is tested with '=='");
  EXPECT_EQ(Says("None = 1"), "1:1: cannot assign to None; equality is tested with '=='");
  EXPECT_EQ(Says("a + b += 1"), "1:1: cannot assign to an expression");
  EXPECT_EQ(Says("for f() in x: y"), "1:5: cannot assign to a function call");
  EXPECT_EQ(Says("with a as 1: y"), "1:11: cannot assign to a literal");
  EXPECT_EQ(Says("del f()"), "1:5: cannot delete a function call");
  EXPECT_EQ(Says("*a, *b = c"),
            "1:5: one starred target can stand in a tuple or list of targets, not here");
  EXPECT_EQ(Says("(a.b := 1)"), "1:2: ':=' can only assign to a plain name");
}

TEST(ParserErrors, NameWhatCouldStandWhereACommaIsMissing) {
  EXPECT_EQ(Says("f(a b)"), "1:5: expected ',' or ')', found 'b'");
  EXPECT_EQ(Says("[1 2]"), "1:4: expected ',' or ']', found '2'");
  EXPECT_EQ(Says("{1: 2 3: 4}"), "1:7: expected ',' or '}', found '3'");
  EXPECT_EQ(Says("{1: 2, 3}"), "1:9: expected ':' and the value of this key, found '}'");
  EXPECT_EQ(Says("x[1 2]"), "1:5: expected ',' or ']', found '2'");
  EXPECT_EQ(Says("def f(a b): c"), "1:9: expected ',' or ')', found 'b'");
  EXPECT_EQ(Says("x = a b"), "1:7: expected the end of the statement, found 'b'");
}

TEST(ParserErrors, SayThatAKeywordIsNoName) {
  EXPECT_EQ(Says("f(class=1)"), "1:3: expected a name; 'class' is a keyword and cannot be one");
  EXPECT_EQ(Says("x.lambda"), "1:3: expected a name; 'lambda' is a keyword and cannot be one");
  EXPECT_EQ(Says("def in(): x"), "1:5: expected a name; 'in' is a keyword and cannot be one");
  EXPECT_EQ(Says("import 1"), "1:8: expected a name, found '1'");
}

TEST(ParserErrors, CheckArguments) {
  EXPECT_EQ(Says("f(a=1, b)"), "1:8: a positional argument follows a keyword argument");
  EXPECT_EQ(Says("f(**a, *b)"), "1:8: '*' cannot follow '**' among the arguments");
  EXPECT_EQ(Says("f(a=1, a=2)"), "1:8: a second argument for 'a'");
  EXPECT_EQ(Says("f(a for b in c, d)"),
            "1:15: expected ')', found ','; a generator expression beside others needs its own "
            "parentheses");
  EXPECT_EQ(Says("f(a, b for c in d)"),
            "1:8: a generator expression beside others needs its own parentheses");
}

TEST(ParserErrors, CheckParameters) {
  EXPECT_EQ(Says("def f(a=1, b): c"),
            "1:12: a parameter without a default value follows one with it");
  EXPECT_EQ(Says("def f(a, a): b"), "1:10: a second parameter named 'a'");
  EXPECT_EQ(Says("def f(*a, **a): b"), "1:13: a second parameter named 'a'");
  EXPECT_EQ(Says("def f(*): b"), "1:7: a parameter's name must follow '*'");
  EXPECT_EQ(Says("def f(*, **a): b"), "1:7: a parameter's name must follow '*'");
  EXPECT_EQ(Says("def f(*a, *b): c"), "1:11: '*' can stand once among the parameters");
  EXPECT_EQ(Says("def f(**a, b): c"), "1:12: no parameter can follow '**'");
  EXPECT_EQ(Says("def f(/, a): b"), "1:7: '/' can stand once, behind a parameter and before '*'");
  EXPECT_EQ(Says("lambda a b: c"), "1:10: expected ',' or ':', found 'b'");
}

TEST(ParserErrors, CheckWhatBelongsIntoFunctionsAndLoops) {
  EXPECT_EQ(Says("return 1"), "1:1: 'return' outside a function");
  EXPECT_EQ(Says("def f():\n  class A:\n    return 1"), "3:5: 'return' outside a function");
  EXPECT_EQ(Says("x = yield"), "1:5: 'yield' outside a function");
  EXPECT_EQ(Says("break"), "1:1: 'break' outside a loop");
  EXPECT_EQ(Says("for a in b:\n  def f():\n    continue"), "3:5: 'continue' outside a loop");
  EXPECT_EQ(Says("while a: b\nelse: break"), "2:7: 'break' outside a loop");
}

TEST(ParserErrors, CheckHandlers) {
  EXPECT_EQ(Says("try: a\nexcept: b\nexcept C: d"),
            "3:1: no 'except' can follow the one that catches everything");
  EXPECT_EQ(Says("try: a\nexcept B: c\nexcept* D: e"),
            "3:7: 'except' and 'except*' cannot be mixed");
}

TEST(ParserErrors, CheckFStrings) {
  EXPECT_EQ(Says("f'a{}'"), "1:5: expected the value of this field of the f-string, found '}'");
  EXPECT_EQ(Says("f'{a b}'"), "1:6: expected '=', '!', ':' or '}' in this field, found 'b'");
  EXPECT_EQ(Says("f'{a!x}'"),
            "1:6: expected the conversion 's', 'r' or 'a' right behind '!', found 'x'");
  EXPECT_EQ(Says("x = f'{a:{b c}}'"),
            "1:13: expected '=', '!', ':' or '}' in this field, found 'c'");
}

TEST(ParserErrors, CheckLiterals) {
  EXPECT_EQ(Says("x = 'a\\x4'"), "1:7: this escape needs 2 hexadecimal digits");
  EXPECT_EQ(Says("x = '''a\nb\\u12'''"), "2:2: this escape needs 4 hexadecimal digits");
  EXPECT_EQ(Says("x = 'a' b'c'"), "1:9: text and bytes literals cannot be joined");
  EXPECT_EQ(Says("x = (*a)"), "1:6: a starred expression needs a tuple around it: (*x,)");
  EXPECT_EQ(Says("x = [*a for b in c]"),
            "1:6: a comprehension makes one element at a time; '*' cannot unpack");
}

TEST(ParserErrors, PreferABracketThatIsNeverClosed) {
  EXPECT_EQ(Says("self.fc = nn.Linear(512, n\nself.act = nn.ReLU()\n"),
            "1:20: this '(' is never closed");
}

TEST(ParserErrors, NameTheFirstOfSeveral) {
  EXPECT_EQ(Says("x = )\ny = ]\n"), "1:5: this ')' closes nothing");
  EXPECT_EQ(Says("if a\n  b\nx = 'c\n"), "1:5: expected ':', found the end of the line");
}

TEST(ParserErrors, CheckPatterns) {
  const auto says = [](const std::string& pattern) {
    return Says("match x:\n  case " + pattern + ": pass\n");
  };
  EXPECT_EQ(says("[a, a]"), "2:12: 'a' is bound twice in this pattern");
  EXPECT_EQ(says("{1: a, **a}"), "2:17: 'a' is bound twice in this pattern");
  EXPECT_EQ(says("[*a, *b]"), "2:8: one starred pattern can stand in a sequence");
  EXPECT_THAT(says("*a"), HasSubstr("2:8: a starred pattern stands in a sequence"));
  EXPECT_EQ(says("a | [b]"),
            "2:8: the name 'a' matches anything: what stands behind it is never reached");
  EXPECT_EQ(says("[a] | [b]"), "2:8: alternative patterns bind different names");
  EXPECT_EQ(says("C(a=1, 2)"), "2:15: patterns by position come before those by name");
  EXPECT_EQ(says("C(a=1, a=2)"), "2:15: the attribute 'a' stands here twice");
  EXPECT_EQ(says("{a: 1}"), "2:9: a key of a mapping pattern is a literal or a dotted name");
  EXPECT_THAT(says("{**a, 1: 2}"), HasSubstr("expected '}' behind '**' and its name"));
  EXPECT_THAT(says("1 + 2"), HasSubstr("computes nothing"));
  EXPECT_THAT(says("f'{a}'"), HasSubstr("computes nothing"));
  EXPECT_THAT(says("1 as _"), HasSubstr("'_' binds none"));
  EXPECT_THAT(says("a.b as c.d"), HasSubstr("found '.'"));
  EXPECT_EQ(Says("match x:\n  case _: pass\n  case 1: pass\n"),
            "2:8: the wildcard '_' matches anything: what stands behind it is never reached");
}

TEST(ParserErrors, CheckMatchStatements) {
  EXPECT_EQ(Says("match x:\n    y\n"), "2:5: expected 'case', found 'y'");
  EXPECT_EQ(Says("match x:\n    case:\n        y\n"), "2:9: expected a pattern, found ':'");
  EXPECT_EQ(Says("match x:\n    case 1:\n        y = \n"),
            "3:13: expected an expression, found the end of the line");
}

TEST(ParserErrors, NeverRepeatALongName) {
  EXPECT_EQ(Says("x " + std::string(1000, 'y')),
            "1:3: expected the end of the statement, found a name");
}

}  // namespace
}  // namespace graft::models::python
