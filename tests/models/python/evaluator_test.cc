#include "models/python/evaluator.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/python/native_args.h"
#include "models/python/parser.h"
#include "tests/models/python/memory_sources.h"

namespace graft::models::python {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class EvaluatorTest : public testing::Test {
 protected:
  EvaluatorTest()
      : evaluator_({.sources = &sources_, .print = [this](absl::string_view text) {
                      absl::StrAppend(&printed_, text);
                    }}) {}

  // The repr of an expression in module "net", or the error.
  std::string Eval(const std::string& expression) {
    auto source = std::make_shared<const SourceFile>("manifest", expression);
    absl::StatusOr<ExprPtr> parsed = ParseExpression(source);
    if (!parsed.ok()) return std::string(parsed.status().message());
    parsed_.push_back(*std::move(parsed));
    std::string text;
    const absl::Status status = evaluator_.Guard([&] {
      ModuleObject* module = evaluator_.ImportModule("net");
      text = evaluator_.Repr(evaluator_.Evaluate(*parsed_.back(), module, *source));
    });
    return status.ok() ? text : std::string(status.message());
  }

  MemorySources sources_;
  std::string printed_;
  std::vector<ExprPtr> parsed_;  // lambdas keep pointing at their trees
  Evaluator evaluator_;
};

TEST_F(EvaluatorTest, EvaluatesAnExpressionInAModulesNamespace) {
  sources_.Add("net", "class Net:\n  def __init__(self, n=1): self.n = n\nWIDTH = 8\n");
  EXPECT_EQ(Eval("Net(n=WIDTH * 2).n"), "16");
  EXPECT_EQ(Eval("[x * k for x in range(3) for k in (1, WIDTH) if x]"), "[1, 8, 2, 16]");
  EXPECT_EQ(Eval("(lambda a, *b, c=WIDTH: (a, b, c))(1, 2)"), "(1, (2,), 8)");
  EXPECT_EQ(Eval("{k: (lambda: k)() for k in 'ab'}"), "{'a': 'a', 'b': 'b'}");
  EXPECT_EQ(Eval("sum(x for x in range(WIDTH))"), "28");
}

TEST_F(EvaluatorTest, FindsBuiltInNamesAfterThoseOfTheModule) {
  sources_.Add("net", "def len(x): return 'mine'\n");
  EXPECT_EQ(Eval("len([]), abs(-2)"), "('mine', 2)");
}

TEST_F(EvaluatorTest, LetsNativesDefineModulesAndClassesThatSourcesDeriveFrom) {
  evaluator_.DefineModule("natives", [](Evaluator& ev, ModuleObject* module) {
    ClassObject* cls = ev.NewClass("Counter", {ev.classes().object});
    cls->make = [](Evaluator& caller, ClassObject* made, CallArgs&) -> Value {
      auto* instance = caller.heap().New<InstanceObject>(caller, made);
      instance->SetOwn("count", Value::Int(0));
      return instance;
    };
    ev.AddMethod(cls, "add", [](Evaluator& caller, CallArgs& args) {
      const NativeArgs a(caller, "add", args, {"self", "n"}, 1);
      auto* self = a[0].As<InstanceObject>();
      const int64_t n = a.Has(1) ? caller.ToInt(a[1], "n") : 1;
      self->SetOwn("count", Value::Int(self->FindOwn("count")->AsInt() + n));
      return Value(self);
    });
    module->globals["Counter"] = cls;
  });
  sources_.Add("net", R"(
from natives import Counter
class Twice(Counter):
    def add(self, n=1): return super().add(n).__class__.__mro__[1].add(self, n)
)");
  EXPECT_EQ(Eval("Twice().add().add(n=3).count"), "8");
  EXPECT_EQ(Eval("isinstance(Twice(), Counter), type(Twice()).__name__"), "(True, 'Twice')");
  EXPECT_THAT(Eval("Counter().add('x')"), HasSubstr("TypeError"));
}

TEST_F(EvaluatorTest, DoesNotBindANativeThatASourceKeepsInAClass) {
  sources_.Add("net", "import math\nclass Net:\n    act = math.sqrt\n    length = len\n");
  EXPECT_EQ(Eval("Net().act(4.0), Net().length('abc')"), "(2.0, 3)");
}

TEST_F(EvaluatorTest, CallsOnSubclassForEachDerivedClass) {
  std::vector<std::string> seen;
  evaluator_.DefineModule("natives", [&seen](Evaluator& ev, ModuleObject* module) {
    ClassObject* cls = ev.NewClass("Base", {ev.classes().object});
    cls->on_subclass = [&seen](Evaluator&, ClassObject* derived) {
      seen.push_back(
          absl::StrCat(derived->name, derived->FindOwn("x").has_value() ? " with x" : ""));
    };
    module->globals["Base"] = cls;
  });
  sources_.Add("net", "import natives\nclass A(natives.Base): x = 1\nclass B(A): pass\n");
  EXPECT_EQ(Eval("B.x"), "1");
  EXPECT_THAT(seen, ElementsAre("A with x", "B"));
}

TEST_F(EvaluatorTest, KeepsTheTextOfAClasssAnnotations) {
  sources_.Add("net",
               "class C:\n    a: int\n    b: 'Dict[str, X]' = 2\n    c: list[\n      int] = []\n");
  EXPECT_EQ(Eval("C.__annotations__"),
            R"({'a': 'int', 'b': "'Dict[str, X]'", 'c': 'list[\n      int]'})");
  EXPECT_EQ(Eval("C.b, hasattr(C, 'a')"), "(2, False)");
}

TEST_F(EvaluatorTest, LeavesOutDecoratorsThatCannotBeHad) {
  sources_.Add("net", R"(
import absent
from absent.parts import compiled
def real(f): return lambda: 'wrapped ' + f()
@absent.script
@real
@compiled(mode='x')
def f(): return 'f'
@absent.registry.register()
class C: pass
def failing(f): raise ValueError('no')
@failing
def g(): pass
)");
  EXPECT_EQ(Eval("f(), C.__name__"), "('wrapped f', 'C')");
  ASSERT_EQ(evaluator_.notes().size(), 3);
  EXPECT_EQ(evaluator_.notes()[0],
            "net.py:7:2: the decorator of f is left out: No module named 'absent.parts'");
  EXPECT_THAT(Eval("g"), HasSubstr("ValueError: no"));
}

TEST_F(EvaluatorTest, RunsAGeneratorFromOneYieldToTheNext) {
  sources_.Add("net", R"(
log = []
def g():
    for i in range(2):
        log.append(i)
        yield i
    raise ValueError('after')
def take():
    it = g()
    before = list(log)
    first = next(it)
    ran = list(log)
    try:
        rest = [x for x in it]
    except ValueError as e:
        rest = str(e)
    return before, first, ran, rest
)");
  EXPECT_EQ(Eval("take()"), "([], 0, [0], 'after')");
}

TEST_F(EvaluatorTest, EvaluatesGeneratorExpressionsOneByOne) {
  sources_.Add("net", R"(
import itertools
seen = []
def note(x):
    seen.append(x)
    return x
)");
  EXPECT_EQ(Eval("next(note(x) for x in itertools.count() if x > 2), seen"), "(3, [3])");
}

TEST_F(EvaluatorTest, RefusesWhatItDoesNotHaveWhereItIsReached) {
  sources_.Add("net", R"(
async def a(): await b()
def c(x): return 1j
def caught():
    try: c(1)
    except BaseException: return 'caught'
    except: return 'caught too'
)");
  EXPECT_THAT(Eval("a"), HasSubstr("<function a>"));
  EXPECT_THAT(Eval("a()"), HasSubstr("an async function is not supported"));
  EXPECT_THAT(Eval("c(1)"), HasSubstr("complex"));
  EXPECT_THAT(Eval("caught()"), HasSubstr("complex"));
  EXPECT_THAT(Eval("1j"), HasSubstr("complex"));
}

TEST_F(EvaluatorTest, GivesTheNotSupportedACodeOfItsOwn) {
  const absl::Status status = evaluator_.Guard([&] { evaluator_.RaiseNotSupported("x", "y"); });
  EXPECT_EQ(status, absl::UnimplementedError("x is not supported: y"));
}

TEST_F(EvaluatorTest, ConvertsForNatives) {
  sources_.Add("net", R"(
class I:
    def __index__(self): return 7
class N(int): pass
class S(str): pass
class F:
    def __float__(self): return 2.5
)");
  const absl::Status status = evaluator_.Guard([&] {
    ModuleObject* net = evaluator_.ImportModule("net");
    const auto make = [&](absl::string_view name, std::vector<Value> args) {
      return evaluator_.Call(evaluator_.GetAttr(net, name), std::move(args));
    };
    EXPECT_EQ(evaluator_.ToInt(make("I", {}), "x"), 7);
    EXPECT_EQ(evaluator_.ToInt(make("N", {Value::Int(3)}), "x"), 3);
    EXPECT_EQ(evaluator_.ToFloat(make("N", {Value::Int(3)}), "x"), 3.0);
    EXPECT_EQ(evaluator_.ToFloat(make("F", {}), "x"), 2.5);
    EXPECT_EQ(evaluator_.ToText(make("S", {evaluator_.Str("t")}), "x"), "t");
    EXPECT_FALSE(evaluator_.TryGetAttr(make("F", {}), "nothing").has_value());
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_THAT(evaluator_.Guard([&] { evaluator_.ToInt(Value::Float(1), "stride"); }).message(),
              HasSubstr("TypeError: "));
}

TEST_F(EvaluatorTest, ComparesIntsAndFloatsExactly) {
  sources_.Add("net", "big = 2 ** 53 + 1\n");
  EXPECT_EQ(Eval("big == 2.0 ** 53, big > 2.0 ** 53, 1 < float('nan'), 2 ** 62 < float('inf')"),
            "(False, True, False, True)");
}

TEST_F(EvaluatorTest, RaisesWhereAnIntDoesNotFit) {
  sources_.Add("net", "");
  for (const char* expression :
       {"2 ** 63", "2 ** 62 * 2", "-2 ** 62 * 4", "1 << 63", "-(-2 ** 62 - 2 ** 62)",
        "9223372036854775807 + 1", "(-2 ** 62 * 2) // -1", "99999999999999999999"}) {
    EXPECT_THAT(Eval(expression), HasSubstr("OverflowError")) << expression;
  }
  EXPECT_EQ(Eval("2 ** 62 + (2 ** 62 - 1), (-2 ** 62 * 2) % -1"), "(9223372036854775807, 0)");
}

}  // namespace
}  // namespace graft::models::python
