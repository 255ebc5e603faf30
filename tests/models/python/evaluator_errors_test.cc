// The text of errors: what stands in it, and at which place.
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/python/evaluator.h"
#include "tests/models/python/memory_sources.h"

namespace graft::models::python {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class EvaluatorErrors : public testing::Test {
 protected:
  // What asking module "net" for `name` ends with.
  std::string ErrorOf(const std::string& name = "net") {
    Evaluator evaluator({.sources = &sources_});
    const absl::Status status =
        evaluator.Guard([&] { evaluator.GetAttr(evaluator.ImportModule("net"), name); });
    EXPECT_FALSE(status.ok());
    return std::string(status.message());
  }

  MemorySources sources_;
};

TEST_F(EvaluatorErrors, NameThePlaceTheCaretAndTheCalls) {
  sources_.Add("net", R"(class Conv:
    def __init__(self, stride):
        if stride < 1:
            raise ValueError("stride must be positive")


class Net:
    def __init__(self):
        self.conv = Conv(stride=0)


net = Net()
)");
  EXPECT_EQ(ErrorOf(), R"(net.py:4:13: ValueError: stride must be positive
    raise ValueError("stride must be positive")
    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  in Conv.__init__
  called from net.py:9:21 in Net.__init__
  called from net.py:12:7)");
}

TEST_F(EvaluatorErrors, PointAtTheUsersSourceRatherThanIntoTheLibrary) {
  sources_.AddLibrary("layers", R"(
def check(n):
    if n < 1:
        raise ValueError("channels must be positive")
class Conv:
    def __init__(self, n):
        check(n)
)");
  sources_.Add("net",
               "from layers import Conv\nclass Net:\n    def __init__(self):\n"
               "        self.conv = Conv(n=0)\nnet = Net()\n");
  EXPECT_EQ(ErrorOf(), R"(net.py:4:21: ValueError: channels must be positive
    self.conv = Conv(n=0)
                ^^^^^^^^^
  raised at layers.py:4:9 in check
  in Net.__init__
  called from net.py:5:7)");
}

TEST_F(EvaluatorErrors, SayWhatARegularExpressionLacksAndWhatToWriteInstead) {
  sources_.Add("net", R"(
import re
words = re.findall(r"(?<=layer)\d+", "layer12")
twice = re.compile(r"(a)\1").match("aa")
)");
  for (const char* name : {"words", "twice"}) {
    const std::string error = ErrorOf(name);
    EXPECT_THAT(error, StartsWith(name[0] == 'w' ? "net.py:3:9: " : "net.py:4:9: "));
    EXPECT_THAT(error, HasSubstr(name[0] == 'w' ? R"("(?<=layer)\d+" ()" : R"("(a)\1" ()"));
    EXPECT_THAT(error, HasSubstr("is not supported: a pattern without look-around and "
                                 "back-references"));
  }
}

TEST_F(EvaluatorErrors, SayWhereAYieldMayStand) {
  sources_.Add("net", "def f():\n    print((yield 1))\nnet = next(f())\n");
  EXPECT_THAT(ErrorOf(), StartsWith("net.py:2:12: yield within an expression is not supported: "
                                    "give it a line of its own: x = yield ..."));
}

TEST_F(EvaluatorErrors, PointAtTheCallWhoseArgumentsAreWrong) {
  sources_.Add("net", "class Net:\n    def __init__(self, width): pass\n\nnet = Net(widht=3)\n");
  EXPECT_EQ(ErrorOf(),
            R"(net.py:4:7: TypeError: Net.__init__() got an unexpected keyword argument 'widht'
    net = Net(widht=3)
          ^^^^^^^^^^^^)");
}

TEST_F(EvaluatorErrors, PointWithinComprehensionsOnce) {
  sources_.Add("net", "def f():\n    return [[1 / x for x in y] for y in ([1], [0])]\nnet = f()\n");
  EXPECT_EQ(ErrorOf(), R"(net.py:2:14: ZeroDivisionError: division by zero
    return [[1 / x for x in y] for y in ([1], [0])]
             ^^^^^
  in f
  called from net.py:3:7)");
}

TEST_F(EvaluatorErrors, PointAtTheOperand) {
  sources_.Add("net", "x = 3\nnet = [x.real, x.nothing]\n");
  EXPECT_THAT(ErrorOf(), StartsWith("net.py:2:16: AttributeError: 'int' object has no attribute "
                                    "'nothing'\n"));
}

TEST_F(EvaluatorErrors, SayWhatWasBeingHandled) {
  sources_.Add("net", R"(
def f():
    try:
        {}['key']
    except KeyError as e:
        raise ValueError('no such layer') from e
net = f()
)");
  EXPECT_THAT(ErrorOf(), HasSubstr("ValueError: no such layer (while handling KeyError: 'key')"));
}

TEST_F(EvaluatorErrors, KeepThePlaceOfAnExceptionThatIsRaisedAgain) {
  sources_.Add("net", R"(
def inner(): return 1 / 0
def f():
    try:
        inner()
    except ZeroDivisionError:
        raise
net = f()
)");
  EXPECT_THAT(ErrorOf(), StartsWith("net.py:2:21: ZeroDivisionError"));
}

TEST_F(EvaluatorErrors, LeaveOutTheMiddleOfLongChainsOfCalls) {
  sources_.Add("net", "def f(n): return f(n - 1) if n else 1 / 0\nnet = f(50)\n");
  EXPECT_THAT(ErrorOf(), HasSubstr("... 39 more calls"));
  EXPECT_THAT(ErrorOf(), EndsWith("called from net.py:2:7"));
}

TEST_F(EvaluatorErrors, SurviveAnExceptionWhoseTextRaises) {
  sources_.Add("net",
               "class E(Exception):\n    def __str__(self): return 1 / 0\nraise_ = 0\n"
               "def f(): raise E()\nnet = f()\n");
  EXPECT_THAT(ErrorOf(), HasSubstr("E: (its __str__ raises an error)"));
}

TEST_F(EvaluatorErrors, GiveTheParsersErrorForAFileThatIsNotPython) {
  sources_.Add("net", "def f(:\n    pass\n");
  EXPECT_THAT(ErrorOf(), StartsWith("net.py:1:6: this '(' is never closed"));
}

TEST_F(EvaluatorErrors, NameTheModuleThatLacksAName) {
  sources_.Add("net", "import other\nfrom other import thing\nnet = other.stuff\n");
  sources_.Add("other", "x = 1\n");
  EXPECT_THAT(ErrorOf(), HasSubstr("AttributeError: module 'other' has no attribute 'stuff'"));
  EXPECT_THAT(ErrorOf("thing"),
              HasSubstr("ImportError: cannot import name 'thing' from 'other' (other.py)"));
}

}  // namespace
}  // namespace graft::models::python
