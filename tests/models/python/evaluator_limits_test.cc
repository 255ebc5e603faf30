// Programs without end or measure are refused within bounds of steps, memory, depth and stack.
#include <pthread.h>

#include <functional>
#include <string>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/python/evaluator.h"
#include "tests/models/python/memory_sources.h"

namespace graft::models::python {
namespace {

using testing::HasSubstr;

absl::Status RunNet(const std::string& text, const EvaluatorLimits& limits = {},
                    std::function<bool()> cancelled = nullptr) {
  MemorySources sources;
  sources.Add("net", text);
  Evaluator evaluator({.sources = &sources, .limits = limits, .cancelled = std::move(cancelled)});
  return evaluator.Guard([&] { evaluator.GetAttr(evaluator.ImportModule("net"), "net"); });
}

// On a thread with a stack of `bytes`.
absl::Status OnStack(size_t bytes, const std::function<absl::Status()>& body) {
  struct Work {
    const std::function<absl::Status()>& body;
    absl::Status status;
  } work{body, absl::OkStatus()};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, bytes);
  pthread_t thread;
  EXPECT_EQ(pthread_create(
                &thread, &attributes,
                [](void* data) -> void* {
                  auto* w = static_cast<Work*>(data);
                  w->status = w->body();
                  return nullptr;
                },
                &work),
            0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  return work.status;
}

void ExpectBound(const absl::Status& status, const std::string& text) {
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(status.message(), HasSubstr(text));
}

TEST(EvaluatorLimits, EndALoopWithoutEnd) {
  const EvaluatorLimits limits = {.steps = 100'000};
  ExpectBound(RunNet("def f():\n    while True: pass\nnet = f()\n", limits), "100000 steps");
  ExpectBound(RunNet("def f():\n    for x in iter(int, 1): pass\nnet = f()\n", limits), "steps");
  ExpectBound(RunNet("import itertools\nnet = [x for x in itertools.count() if x < 0]\n", limits),
              "steps");
  ExpectBound(RunNet("import itertools\nnet = list(itertools.repeat(1))\n", limits), "");
  ExpectBound(RunNet("import itertools\nnet = sum(itertools.cycle([1]))\n", limits), "steps");
  ExpectBound(RunNet("net = 5 in iter(int, 1)\n", limits), "steps");
  ExpectBound(RunNet("class C:\n    def __len__(self): return len(self)\nnet = len(C())\n", limits),
              "RecursionError");
}

TEST(EvaluatorLimits, NameThePlaceOfTheLoop) {
  const absl::Status status =
      RunNet("def f():\n    while True:\n        x = 1\nnet = f()\n", {.steps = 10'000});
  EXPECT_THAT(std::string(status.message()), testing::StartsWith("net.py:"));
}

TEST(EvaluatorLimits, RefuseMemoryBombs) {
  const EvaluatorLimits limits = {.steps = 3'000'000, .memory_bytes = 64u << 20};
  for (const char* bomb : {
           "[0] * 10**12",
           "10**12 * (0,)",
           "'a' * 10**12",
           "b'a' * 10**12",
           "list(range(10**12))",
           "tuple(range(10**12))",
           "[i for i in range(10**12)]",
           "{i: i for i in range(10**12)}",
           "{i for i in range(10**12)}",
           "f'{1:1000000000000}'",
           "'{:>100000000000}'.format(1)",
           "'%1000000000d' % 1",
           "'x'.ljust(10**12)",
           "'x'.center(10**12)",
           "'x'.zfill(10**12)",
           "','.join('a' * 10**6 for _ in range(10**6))",
           "('a' * 10**6).replace('a', 'b' * 10**6)",
           "list(map(str, range(10**12)))",
           "sorted(range(10**12))",
           "[[0] * 10**6 for _ in range(10**6)]",
           "dict.fromkeys(range(10**12))",
           "set(range(10**12))",
           "[*range(10**12)]",
           "print(*range(10**12))",
           "(lambda *a: a)(*range(10**12))",
           "list(zip(*[range(10**12)] * 3))",
           "sum([[0] * 10**5] * 10**5, [])",
       }) {
    const absl::Status status = RunNet(absl::StrCat("net = ", bomb, "\n"), limits);
    // Some are no Python (b'a' * n is not supported, widths have a largest): refused all the same.
    EXPECT_TRUE(status.code() == absl::StatusCode::kResourceExhausted ||
                status.code() == absl::StatusCode::kInvalidArgument ||
                status.code() == absl::StatusCode::kUnimplemented)
        << bomb << ": " << status;
  }
}

TEST(EvaluatorLimits, RefuseTextAndListsThatDouble) {
  const EvaluatorLimits limits = {.steps = 3'000'000, .memory_bytes = 64u << 20};
  ExpectBound(RunNet("def f():\n    s = 'ab'\n    while True: s += s\nnet = f()\n", limits),
              "MemoryError");
  ExpectBound(RunNet("def f():\n    s = [1]\n    while True: s += s\nnet = f()\n", limits),
              "MemoryError");
  ExpectBound(RunNet("def f():\n    s = (1,)\n    while True: s = s + s\nnet = f()\n", limits),
              "MemoryError");
  ExpectBound(RunNet("def f():\n    d = {}\n    while True: d[len(d)] = d\nnet = f()\n", limits),
              "");
}

TEST(EvaluatorLimits, RaiseForIntegersThatDoNotFit) {
  for (const char* number : {"10**10**10", "round(9223372036854775807, -1)"}) {
    const absl::Status status = RunNet(absl::StrCat("net = ", number, "\n"));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(status.message(), HasSubstr("OverflowError"));
  }
}

TEST(EvaluatorLimits, EndRecursion) {
  ExpectBound(RunNet("def f(): return f()\nnet = f()\n"), "160 calls within each other");
  ExpectBound(RunNet("f = lambda: f()\nnet = f()\n"), "RecursionError");
  ExpectBound(RunNet("class A:\n    def __init__(self): self.a = A()\nnet = A()\n"),
              "RecursionError");
  ExpectBound(RunNet("class A:\n    def __getattr__(self, n): return self.x\nnet = A().y\n"),
              "RecursionError");
  ExpectBound(RunNet("class A:\n    def __repr__(self): return repr(self)\nnet = repr(A())\n"),
              "RecursionError");
  ExpectBound(RunNet("class A:\n    def __eq__(self, o): return self == o\nnet = A() == A()\n"),
              "RecursionError");
  ExpectBound(RunNet("def f():\n    yield from f()\nnet = list(f())\n"), "RecursionError");
}

TEST(EvaluatorLimits, BoundGenerators) {
  const EvaluatorLimits limits = {.steps = 300'000, .memory_bytes = 64u << 20};
  // One that never gives anything, one that never ends, and more of them than there is memory for.
  ExpectBound(RunNet("def f():\n    while True:\n        if 0: yield\nnet = next(f())\n", limits),
              "steps");
  ExpectBound(RunNet("def f():\n    while True: yield 1\nnet = sum(f())\n", limits), "steps");
  ExpectBound(RunNet("def f():\n    yield 1\ndef g():\n    kept = []\n    while True:\n"
                     "        kept.append(f())\n        next(kept[-1])\nnet = g()\n",
                     {.memory_bytes = 16u << 20}),
              "MemoryError");
  // A chain of them is as deep as it is long.
  ExpectBound(
      RunNet("def f(n):\n    if n: yield from f(n - 1)\n    yield n\nnet = list(f(10**6))\n"),
      "RecursionError");
  ExpectBound(RunNet("def f(g):\n    for x in g: yield x\ndef h():\n    g = iter([1])\n"
                     "    for _ in range(1000): g = f(g)\n    return next(g)\nnet = h()\n"),
              "RecursionError");
  // Closing runs the program on, too.
  ExpectBound(RunNet("def f():\n    try:\n        yield\n    finally:\n        while True: pass\n"
                     "def h():\n    g = f()\n    next(g)\n    g.close()\nnet = h()\n",
                     limits),
              "steps");
}

TEST(EvaluatorLimits, DoNotLetAProgramCatchThem) {
  ExpectBound(RunNet("def f():\n    while True:\n        try:\n            [0] * 10**12\n"
                     "        except BaseException:\n            pass\n        finally:\n"
                     "            continue\nnet = f()\n",
                     {.steps = 100'000}),
              "MemoryError");
}

TEST(EvaluatorLimits, FitAStackOf4MegabytesWhateverIsNested) {
  // The deepest that the bounds allow, with large frames: methods by way of dunders, natives that
  // call back, nested displays, comprehensions and try statements in each call.
  const std::string program = R"(
class A:
    def __init__(self, n): self.n = n
    def __add__(self, other):
        try:
            with self:
                return [x for x in sorted([self.n], key=lambda k: (A(k - 1) + 1 if k else 0))]
        finally:
            pass
    def __enter__(self): return self
    def __exit__(self, *a): pass
net = A(1000) + 1
)";
  ExpectBound(OnStack(4u << 20, [&] { return RunNet(program); }), "RecursionError");
  ExpectBound(OnStack(4u << 20, [&] { return RunNet(program, {.depth = 1'000'000}); }),
              "RecursionError");
  // An expression as deep as the parser takes it, evaluated at every level of a recursion.
  std::string deep = "f(n + 1)";
  for (int i = 0; i < 150; ++i) deep = absl::StrCat("[", deep, "][0]");
  ExpectBound(OnStack(4u << 20,
                      [&] {
                        return RunNet(absl::StrCat("def f(n): return ", deep, "\nnet = f(0)\n"),
                                      {.depth = 1'000'000});
                      }),
              "RecursionError");
  std::string sum = "1";
  for (int i = 0; i < 900; ++i) absl::StrAppend(&sum, " + 1");
  EXPECT_EQ(OnStack(4u << 20, [&] { return RunNet(absl::StrCat("net = ", sum, "\n")); }),
            absl::OkStatus());
}

TEST(EvaluatorLimits, StopsWhenTheHostSaysSo) {
  int asked = 0;
  const absl::Status status =
      RunNet("def f():\n    while True: pass\nnet = f()\n", {}, [&asked] { return ++asked > 3; });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST(EvaluatorLimits, LeaveTheEvaluatorUsableAfterAnError) {
  MemorySources sources;
  sources.Add("net", "def f(): return f()\nnet = 1\n");
  Evaluator evaluator({.sources = &sources});
  for (int i = 0; i < 3; ++i) {
    ExpectBound(
        evaluator.Guard([&] { evaluator.CallMethod(evaluator.ImportModule("net"), "f", {}); }),
        "RecursionError");
    EXPECT_EQ(evaluator.Guard([&] { evaluator.GetAttr(evaluator.ImportModule("net"), "net"); }),
              absl::OkStatus());
  }
}

// What natives keep in a program's objects may be gone, or something else.
TEST(EvaluatorLimits, HoldWhenWhatNativesKeepIsTakenApart) {
  const auto message = [](const std::string& text) {
    return std::string(RunNet("from enum import *\n" + text).message());
  };
  EXPECT_THAT(message("class E(Enum):\n    A = 1\n    B = 2\n"
                      "    def __init__(self, value): del self._value_\nnet = E\n"),
              HasSubstr("no attribute '_value_'"));
  const std::string color = "class E(Enum):\n    A = 1\n";
  EXPECT_THAT(message(color + "def f():\n    del E.A._value_\n    return E(2)\nnet = f()\n"),
              HasSubstr("no attribute '_value_'"));
  EXPECT_THAT(message(color + "def f():\n    E.A._name_ = 3\n    return str(E.A)\nnet = f()\n"),
              HasSubstr("the name of a member"));
  EXPECT_THAT(message("net = Flag.__or__(1, 2)\n"), HasSubstr("int has no flags"));
  EXPECT_THAT(message("def f():\n    x = auto()\n    x.op = 'y'\n    return x\n"
                      "class E(Flag):\n    A = f()\nnet = E\n"),
              HasSubstr("auto() is combined by"));
  EXPECT_THAT(message("def f():\n    x = auto() | 1\n    del x.left\n    return x\n"
                      "class E(Flag):\n    A = f()\nnet = E\n"),
              HasSubstr("no attribute 'left'"));
  EXPECT_THAT(message("from collections import namedtuple\n"
                      "net = namedtuple('P', 'x')._make.__func__(5, (1,))\n"),
              HasSubstr("_make() needs a class"));
  EXPECT_THAT(message("import _library\nnet = _library.wrapped(1, 0, True)\n"),
              HasSubstr("at least one bit"));
}

TEST(EvaluatorLimits, HoldForNumbersOfAuto) {
  const auto message = [](const std::string& text) {
    return std::string(RunNet("from enum import *\n" + text).message());
  };
  EXPECT_THAT(message("class E(Flag):\n    A = 2**61\n    B = auto()\nnet = E.B.value + 'x'\n"),
              HasSubstr("unsupported operand"));
  EXPECT_THAT(message("class E(Flag):\n    A = 2**62\n    B = auto()\nnet = E\n"),
              HasSubstr("OverflowError"));
  EXPECT_THAT(message("class E(Enum):\n    A = 9223372036854775807\n    B = auto()\nnet = E\n"),
              HasSubstr("OverflowError"));
}

TEST(EvaluatorLimits, HoldForCombinationsOfAutoOfAnyDepth) {
  const std::string head = "from enum import Flag, auto\ndef f():\n    x = auto()\n";
  const std::string tail = "    return x\nclass E(Flag):\n    A = f()\nnet = E\n";
  EXPECT_THAT(RunNet(head + "    for i in range(100000): x = x | 1\n" + tail).message(),
              HasSubstr("RecursionError"));
  EXPECT_THAT(RunNet(head + "    x = x | 1\n    x.left = x\n" + tail).message(),
              HasSubstr("RecursionError"));
}

TEST(EvaluatorLimits, HoldForEnumsOfManyMembers) {
  std::string text = "from enum import Enum\nclass E(Enum):\n";
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&text, "    A", i, " = ", i, "\n");
  ExpectBound(RunNet(text + "net = E\n", {.steps = 5'000'000}), "steps");
}

TEST(EvaluatorLimits, HoldForClassesOfManyBases) {
  EXPECT_THAT(RunNet("bases = tuple([type('B' + str(i), (), {}) for i in range(1000)])\n"
                     "net = type('X', bases, {})\n")
                  .message(),
              HasSubstr("class X has 1000 bases"));
}

TEST(EvaluatorLimits, HoldForInstancesOfManyAttributes) {
  const EvaluatorLimits limits = {.steps = 10'000'000};
  const std::string head = "class C: pass\nc = C()\nd = {str(i): i for i in range(100000)}\n";
  ExpectBound(RunNet(head + "net = c.__dict__.update(d)\n", limits), "steps");
  const std::string full = head + "def fill():\n    c.__dict__ = d\n    return c\n";
  for (const char* use : {"hasattr(x, 'x')", "x.__dict__.get('x')", "'x' in x.__dict__",
                          "x.__dict__.pop('x', 0)", "delattr(x, str(99999 - i))"}) {
    ExpectBound(RunNet(absl::StrCat(full, "def f(x):\n    for i in range(50000): ", use,
                                    "\nnet = f(fill())\n"),
                       limits),
                "steps");
  }
}

TEST(EvaluatorLimits, HoldForNamedTuplesOfManyFields) {
  const std::string head =
      "from collections import namedtuple\n"
      "P = namedtuple('P', [f'x{i}' for i in range(10000)], defaults=(0,) * 10000)\n";
  const EvaluatorLimits limits = {.steps = 5'000'000, .memory_bytes = size_t{64} << 20};
  for (const char* make : {"P()", "p._replace()", "P._make(p)"}) {
    ExpectBound(RunNet(absl::StrCat(head, "def f(p):\n    for i in range(100000): ", make,
                                    "\nnet = f(P())\n"),
                       limits),
                "");
  }
}

TEST(EvaluatorLimits, HoldForCopiesOfInstances) {
  const std::string head = "import copy\nclass C: pass\ndef f():\n    c = C()\n";
  const EvaluatorLimits limits = {.steps = 5'000'000, .memory_bytes = size_t{64} << 20};
  for (const char* copied : {"copy.copy(c)", "copy.deepcopy(c)"}) {
    const std::string loop = absl::StrCat("    for i in range(100000): ", copied, "\nnet = f()\n");
    ExpectBound(
        RunNet(head + "    c.__dict__ = {str(i): 0 for i in range(10000)}\n" + loop, limits), "");
    ExpectBound(RunNet(head + "    setattr(c, 'a' * 10**6, 0)\n" + loop, limits), "MiB");
  }
}

TEST(EvaluatorLimits, HoldForNamesOfAnyLength) {
  const EvaluatorLimits limits = {.steps = 5'000'000, .memory_bytes = size_t{64} << 20};
  const std::string head = "name = 'a' * 10**6\nclass C: pass\ndef f(make):\n";
  const std::string loop = "    for i in range(100000): make()\n";
  for (const char* make : {"type(name, (), {})", "type('X', (), names)", "type('X', (), module)",
                           "setattr(C(), '__dict__', names)"}) {
    ExpectBound(
        RunNet(absl::StrCat("names = {'a' * 10**6: 0}\nmodule = {'__module__': 'a' * 10**6}\n",
                            head, loop, "net = f(lambda: ", make, ")\n"),
               limits),
        "MiB");
  }
}

TEST(EvaluatorLimits, HoldForLinesThatArePrinted) {
  for (const char* line :
       {"print(*['a' * 10**6] * 10**6)", "print(*[1] * 10**6, sep='a' * 10**6)"}) {
    ExpectBound(RunNet(absl::StrCat("net = ", line, "\n")), "MiB");
  }
}

// Where one bucket had them all, this took minutes.
TEST(EvaluatorLimits, AllowNoKeysThatMeetInOneBucket) {
  constexpr int kKeys = 300'000;
  std::unordered_multimap<size_t, size_t> plain;
  for (size_t i = 0; i < kKeys; ++i) plain.emplace(i, i);
  EXPECT_EQ(
      RunNet(absl::StrCat("net = {i * ", plain.bucket_count(), " for i in range(", kKeys, ")}\n")),
      absl::OkStatus());
}

}  // namespace
}  // namespace graft::models::python
