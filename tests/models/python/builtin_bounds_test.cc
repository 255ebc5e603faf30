// Built-in types and functions stop at the evaluator's bounds, and before they take what is beyond.
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "models/python/evaluator.h"
#include "models/python/parser.h"

namespace graft::models::python {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

// With little of everything, so that the test is quick.
absl::Status Evaluate(absl::string_view expression) {
  Evaluator ev({.limits = {.steps = 3'000'000, .memory_bytes = 32 * kMebibyte}});
  const absl::Status status = ev.Guard([&] {
    auto source = std::make_shared<SourceFile>("bomb.py", std::string(expression));
    absl::StatusOr<ExprPtr> parsed = ParseExpression(source);
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    auto* module = ev.heap().New<ModuleObject>(ev, "bomb");
    for (const char* name :
         {"itertools", "copy", "functools", "collections", "numpy", "math", "re"}) {
      module->globals[name] = ev.ImportModule(name);
    }
    ev.Evaluate(**parsed, module, *source);
  });
  EXPECT_LE(ev.heap().used_bytes(), 32 * kMebibyte);
  return status;
}

class MemoryBomb : public testing::TestWithParam<const char*> {};

TEST_P(MemoryBomb, IsRefusedBeforeTheMemoryIsTaken) {
  const absl::Status status = Evaluate(GetParam());
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << GetParam() << ": " << status;
}

INSTANTIATE_TEST_SUITE_P(
    Text, MemoryBomb,
    testing::Values(
        "'a' * 10**12", "10**12 * 'ab'", "'a' * 2**62", "b'a' * 10**12", "bytes(10**12)",
        "2**62 * b'ab'", "'%1000000000d' % 1", "'%.1000000000f' % 1.5", "'%*d' % (2000000000, 1)",
        "'{:1000000000}'.format(1)", "'{:.2000000000f}'.format(1.5)", "format('x', '>2000000000')",
        "'x'.ljust(10**12)", "'x'.center(10**15, '*')", "'1'.zfill(10**12)",
        "('a' * 10**6).replace('a', 'b' * 10**4)", "('a' * 10**6).join(['x'] * 10**3)",
        "('\\t' * 1000).expandtabs(10**9)", "('a' * 10**6).translate({97: 'b' * 10**6})",
        "f'{1:>{10**9}}'.upper()", "f'{1:>{10**8}}' + f'{2:0{10**8}}'", "f'{1.5:.{10**9}f}'",
        "('ab' * 10**6).replace('', 'c' * 100)", "re.sub('a', 'b' * 10**4, 'a' * 10**6)",
        "re.split('a', 'ab' * 10**6)", "'{:{}}'.format(1, 10**9)"));

INSTANTIATE_TEST_SUITE_P(
    Containers, MemoryBomb,
    testing::Values("[0] * 10**12", "(0,) * 2**62", "[0] * 2**60", "list(range(10**12))",
                    "tuple(itertools.repeat(1))", "list(itertools.count())",
                    "sorted(range(10**10))", "set(range(10**10))", "dict.fromkeys(range(10**10))",
                    "max(range(10**10))", "list(zip(range(10**10), range(10**10)))",
                    "list(map(str, range(10**10)))", "[x for x in range(10**10)]",
                    "collections.deque(range(10**10))",
                    "list(itertools.product(range(10**5), repeat=10**5))",
                    "list(itertools.combinations(range(10**4), 10**3))", "numpy.zeros(10**12)",
                    "(lambda a: [a.extend(a) for _ in range(60)])([1])",
                    "(lambda a: [a.__iadd__(a) for _ in range(60)])([1])",
                    "('a,' * 10**6).split(',')", "('a ' * 10**6).split()",
                    "('a\\n' * 10**6).splitlines()"));

class StepBomb : public testing::TestWithParam<const char*> {};

TEST_P(StepBomb, IsStoppedByTheCount) {
  const absl::Status status = Evaluate(GetParam());
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << GetParam() << ": " << status;
}

INSTANTIATE_TEST_SUITE_P(
    Loops, StepBomb,
    testing::Values("sum(range(10**12))", "all(itertools.repeat(1))", "any(itertools.repeat(0))",
                    "min(itertools.count())", "10**12 in (x * 2 for x in range(10**12))",
                    "next(filter(None, itertools.repeat(0)))", "list(iter(int, 1))",
                    "functools.reduce(lambda a, b: 0, range(10**12))",
                    "next(itertools.dropwhile(lambda x: True, itertools.count()))",
                    "next(itertools.chain.from_iterable(itertools.repeat(())))",
                    "next(itertools.islice(itertools.count(), 10**12, None))",
                    "[('a' * 10**6).find('a' * 10**5 + 'b') for _ in range(10**3)]",
                    "[('a' * 10**6).count('a' * 10**5 + 'b') for _ in range(10**3)]",
                    "[('a' * 10**6).replace('a' * 10**5 + 'b', '') for _ in range(10**3)]",
                    "['a' * 10**5 + 'b' in 'a' * 10**6 for _ in range(10**3)]",
                    "[('a' * 10**6).partition('a' * 10**5 + 'b') for _ in range(10**3)]",
                    "[re.search('(a+)+$', 'a' * 10**5 + 'b') for _ in range(10**4)]",
                    "[re.search('(.?){200}x', 'a' * 10**5) for _ in range(10**3)]",
                    "math.prod(itertools.repeat(1))", "sum(itertools.repeat(0))",
                    "''.join(itertools.repeat(''))"));

struct Refusal {
  const char* expression;
  const char* message;
};
class TooLarge : public testing::TestWithParam<Refusal> {};

TEST_P(TooLarge, RaisesWhatPythonWouldOrOverflowError) {
  const absl::Status status = Evaluate(GetParam().expression);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_NE(status.message().find(GetParam().message), std::string::npos) << status;
}

INSTANTIATE_TEST_SUITE_P(
    Numbers, TooLarge,
    testing::Values(Refusal{"10**10**10", "OverflowError"},
                    Refusal{"int('9' * 10**6)", "OverflowError"},
                    Refusal{"math.factorial(10**9)", "OverflowError"},
                    Refusal{"math.comb(10**9, 10**8)", "OverflowError"},
                    Refusal{"int(1e300)", "OverflowError"}, Refusal{"abs(-2**63)", "OverflowError"},
                    Refusal{"1 << 10**9", "OverflowError"}, Refusal{"1 << 64", "OverflowError"},
                    Refusal{"-5 << 62", "OverflowError"}, Refusal{"2**63", "OverflowError"},
                    Refusal{"(10**9)**(10**9)", "OverflowError"},
                    Refusal{"pow(3, 10**18)", "OverflowError"},
                    Refusal{"'{:99999999999}'.format(1)", "Too many decimal digits"},
                    Refusal{"'%99999999999d' % 1", "width too big"}));

TEST(BuiltinBounds, RoundTakesAnyNumberOfDigits) {
  for (const char* expression : {"round(1.5, 10**9)", "round(1.5, -10**9)", "round(5, -10**18)",
                                 "round(1e308, 400)", "round(-2.5, 2**62)"}) {
    EXPECT_TRUE(Evaluate(expression).ok()) << expression;
  }
}

TEST(BuiltinBounds, ContainersWithinThemselvesAreShownComparedAndHashedWithinBounds) {
  for (const char* expression :
       {"(lambda a: (a.append(a), repr(a)))([])", "(lambda d: (d.update(x=d), str(d)))({})",
        "(lambda a: (a.append(a), copy.deepcopy(a)))([])"}) {
    EXPECT_TRUE(Evaluate(expression).ok()) << expression;
  }
  for (const char* expression :
       {"(lambda a, b: (a.append(b), b.append(a), a == b))([], [])",
        "hash(functools.reduce(lambda t, _: (t,), range(10000), ()))",
        "repr(functools.reduce(lambda t, _: [t], range(10000), []))",
        "copy.deepcopy(functools.reduce(lambda t, _: [t], range(10000), []))",
        "functools.reduce(lambda t, _: [t], range(9999), []) == "
        "functools.reduce(lambda t, _: [t], range(9999), [])"}) {
    const absl::Status status = Evaluate(expression);
    EXPECT_NE(status.message().find("RecursionError"), std::string::npos)
        << expression << ": " << status;
  }
}

// What changes a container while natives walk it is well defined, if seldom wise.
TEST(BuiltinBounds, ContainersMayChangeUnderTheFeetOfNatives) {
  for (const char* expression : {
           "(lambda a: sorted(a, key=lambda x: a.clear() or x))([3, 1, 2])",
           "(lambda a: [a.pop() for x in a])([1, 2, 3, 4])",
           "(lambda a: list(map(lambda x: a.clear(), a)))([1, 2, 3])",
           "(lambda d: d.get(type('K', (), {'__hash__': lambda s: hash('k'), "
           "'__eq__': lambda s, o: d.clear() or False})()))({'k': 1, 'j': 2})",
           "(lambda a: type('E', (), {'__eq__': lambda s, o: a.clear() or False})() in a)"
           "([1, 2, 3])",
           "(lambda a: repr(a) if a.append(type('R', (), {'__repr__': lambda s: a.clear() or 'r'})"
           "()) is None else 0)([1])",
       }) {
    EXPECT_TRUE(Evaluate(expression).ok()) << expression << ": " << Evaluate(expression);
  }
  const absl::Status sorting =
      Evaluate("(lambda a: a.sort(key=lambda x: a.append(1) or x))([3, 1, 2])");
  EXPECT_NE(sorting.message().find("list modified during sort"), std::string::npos) << sorting;
}

TEST(BuiltinBounds, WhatReachesOutIsRefusedByName) {
  for (const char* expression : {"open('x')", "eval('1')", "exec('1')", "compile('1', '', 'eval')",
                                 "input()", "__import__('os').system('true')"}) {
    const absl::Status status = Evaluate(expression);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented) << expression << ": " << status;
  }
}

}  // namespace
}  // namespace graft::models::python
