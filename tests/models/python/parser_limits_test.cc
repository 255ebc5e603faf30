// Hostile text: deep nesting, long chains, and much of anything. Everything runs on a small stack.
#include <pthread.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "models/python/parser.h"
#include "tests/models/python/ast_dump.h"

namespace graft::models::python {
namespace {

// AddressSanitizer puts much around each local variable.
#ifdef __SANITIZE_ADDRESS__
constexpr size_t kStackBytes = size_t{16} << 20;
#else
constexpr size_t kStackBytes = size_t{512} << 10;
#endif

void OnSmallStack(const std::function<void()>& run) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStackBytes), 0);
  pthread_t thread;
  const auto start = [](void* argument) -> void* {
    (*static_cast<const std::function<void()>*>(argument))();
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, start,
                           const_cast<void*>(static_cast<const void*>(&run))),
            0);
  ASSERT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
}

std::string Times(int count, absl::string_view text) {
  std::string all;
  all.reserve(count * text.size());
  for (int i = 0; i < count; ++i) absl::StrAppend(&all, text);
  return all;
}

// Parses, walks and destroys; "" or the error.
std::string ErrorOf(const std::string& text) {
  std::string error;
  OnSmallStack([&] {
    const auto module = ParseModule(std::make_shared<SourceFile>("deep.py", text));
    if (!module.ok()) {
      error = std::string(module.status().message());
    } else {
      EXPECT_FALSE(DumpModule(**module).empty());
    }
  });
  return error;
}

// `count` lines, each indented by one more than the one before.
std::string Stairs(int count, absl::string_view line) {
  std::string text;
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, std::string(i, ' '), line, "\n");
  return absl::StrCat(text, std::string(count, ' '), "pass\n");
}

struct Nest {
  const char* open;
  const char* close;
};
constexpr Nest kNests[] = {
    {"(", ")"},         {"[", "]"},           {"{1: ", "}"},        {"f(", ")"},
    {"f(a=1, b=", ")"}, {"x[", "]"},          {"x[a:", "]"},        {"(a, *", ")"},
    {"lambda: ", ""},   {"lambda a=", ": 1"}, {"a if b else ", ""}, {"-", ""},
    {"not ", ""},       {"2 ** ", ""},        {"f'{", "}'"},        {"[a for b in ", "]"},
};

TEST(ParserLimits, NestToKMaxNestingAndNoFurther) {
  for (const Nest& nest : kNests) {
    SCOPED_TRACE(nest.open);
    const auto text = [&](int count) {
      return absl::StrCat("x = ", Times(count, nest.open), "a", Times(count, nest.close), "\n");
    };
    EXPECT_EQ(ErrorOf(text(kMaxNesting)), "");
    EXPECT_TRUE(
        absl::StrContains(ErrorOf(text(kMaxNesting + 1)), "nested more than 200 levels deep"));
    EXPECT_TRUE(absl::StrContains(ErrorOf(text(20'000)), "nested more than 200 levels deep"));
  }
}

TEST(ParserLimits, CountOperatorsWithinOperatorsAsNesting) {
  const std::string text = Times(100, "a or b and c < d | e ^ f & g << h + i * (") + "a";
  EXPECT_TRUE(
      absl::StrContains(ErrorOf(text + Times(100, ")")), "nested more than 200 levels deep"));
  EXPECT_EQ(ErrorOf("x = " + Times(20, "a or b and c < d | e ^ f & g << h + i * (") + "a" +
                    Times(20, ")")),
            "");
}

TEST(ParserLimits, NestBlocksAsExpressions) {
  for (const char* line : {"if a:", "for a in b:", "def f():", "class A:", "with a:", "while a:"}) {
    SCOPED_TRACE(line);
    EXPECT_EQ(ErrorOf(Stairs(kMaxNesting, line)), "");
    EXPECT_TRUE(absl::StrContains(ErrorOf(Stairs(kMaxNesting + 1, line)), "nested more than"));
  }
}

struct Chain {
  const char* first;
  const char* link;
};
constexpr Chain kChains[] = {
    {"a", " + b"}, {"a", ".b"}, {"f", "(x)"}, {"a", "[0]"}, {"a", " @ b"}, {"a", ".b()"},
};

TEST(ParserLimits, ChainsOfAThousandNeedNoStack) {
  for (const Chain& chain : kChains) {
    SCOPED_TRACE(chain.link);
    const int links = absl::StartsWith(chain.link, ".b(") ? 500 : 1000;
    EXPECT_EQ(ErrorOf(absl::StrCat("x = ", chain.first, Times(links, chain.link), "\n")), "");
    EXPECT_TRUE(absl::StrContains(
        ErrorOf(absl::StrCat("x = ", chain.first, Times(100'000, chain.link), "\n")),
        "more than 1200 operators, calls or other steps that hang on each other"));
  }
}

TEST(ParserLimits, ChainsThatAreFlatInTheTreeMayBeOfAnyLength) {
  EXPECT_EQ(ErrorOf("x = a" + Times(100'000, " or a")), "");
  EXPECT_EQ(ErrorOf("x = a" + Times(100'000, " < a")), "");
  EXPECT_EQ(ErrorOf("x = 'a'" + Times(100'000, " 'a'")), "");
  EXPECT_EQ(ErrorOf("x = f'{a}'" + Times(10'000, " f'{a}'")), "");
  EXPECT_EQ(ErrorOf("x = [" + Times(100'000, "a, ") + "]"), "");
  EXPECT_EQ(ErrorOf(Times(100'000, "a = ") + "b"), "");
}

TEST(ParserLimits, ElifsGrowTheTreeAndNotTheStack) {
  EXPECT_EQ(ErrorOf("if a: b\n" + Times(1000, "elif a: b\n")), "");
  EXPECT_TRUE(absl::StrContains(ErrorOf("if a: b\n" + Times(5000, "elif a: b\n")),
                                "that hang on each other"));
  // Statements and expressions count together.
  const std::string both = "if a: b\n" + Times(1000, "elif a: b\n") + "else:\n    ";
  EXPECT_EQ(ErrorOf(both + "a" + Times(150, ".b")), "");
  EXPECT_TRUE(absl::StrContains(ErrorOf(both + "a" + Times(250, ".b")), "that hang on each other"));
}

TEST(ParserLimits, TheDeepestTreeIsWalkedAndDestroyed) {
  const auto text = [](int operators) {
    return absl::StrCat(Stairs(100, "if a:"), std::string(100, ' '),
                        "x = ", Times(operators, "a + "), "a\n");
  };
  // The module's statement, 100 blocks below it, and the expression's leaf.
  EXPECT_EQ(ErrorOf(text(kMaxTreeDepth - 102)), "");
  EXPECT_NE(ErrorOf(text(kMaxTreeDepth - 101)), "");
}

TEST(ParserLimits, TextBeyondTheLargestSourceIsRefused) {
  EXPECT_TRUE(
      absl::StrContains(ErrorOf(std::string(kMaxSourceBytes + 1, '\n')),
                        "deep.py: this source has 8388609 bytes; at most 8388608 are read"));
}

// Each would take minutes if its time were not linear.
TEST(ParserLimits, TimeIsLinearInTheText) {
  constexpr int kMany = 200'000;
  const std::string names = Times(kMany, "a, ");
  std::string keywords = "f(";
  std::string parameters = "def f(";
  for (int i = 0; i < kMany; ++i) {
    absl::StrAppend(&keywords, "a", i, "=1, ");
    absl::StrAppend(&parameters, "a", i, ", ");
  }
  EXPECT_EQ(ErrorOf(keywords + Times(kMany, "*b, ") + ")"), "");
  EXPECT_EQ(ErrorOf(parameters + "): pass"), "");
  EXPECT_EQ(ErrorOf("with (" + names + "b): pass"), "");
  EXPECT_EQ(ErrorOf(Times(kMany / 10, "match " + Times(10, "a, ") + "b:\n  case 1: pass\n")), "");
  std::string captures;
  for (int i = 0; i < kMany; ++i) absl::StrAppend(&captures, "a", i, ", ");
  EXPECT_EQ(ErrorOf("match x:\n  case " + captures + "*_: pass\n"), "");
  EXPECT_EQ(ErrorOf("match x:\n  case [" + captures + "] | [" + captures + "]: pass\n"), "");
  EXPECT_EQ(ErrorOf("match x:\n  case " + Times(kMany, "1 | ") + "2: pass\n"), "");
  EXPECT_EQ(ErrorOf("match x:\n  case {" + Times(kMany, "1: _, ") + "}: pass\n"), "");
  EXPECT_EQ(ErrorOf("match x:\n" + Times(kMany, "  case 1: pass\n")), "");
  EXPECT_NE(ErrorOf("match x:\n  case " + Times(kMany, "[") + "\n"), "");
  EXPECT_EQ(ErrorOf("x = '" + Times(kMany, "\\n") + "'"), "");
  EXPECT_EQ(ErrorOf("x = f'" + Times(kMany, "{{") + "'"), "");
  EXPECT_EQ(ErrorOf("x = " + Times(kMany, "1_") + "1"), "");
  EXPECT_EQ(ErrorOf("from a import (" + names + ")"), "");
  EXPECT_EQ(ErrorOf(Times(kMany, "x\n")), "");
  EXPECT_NE(ErrorOf(Times(kMany, "with (")), "");
  EXPECT_NE(ErrorOf(Times(kMany, "f'{")), "");
  EXPECT_NE(ErrorOf("x = f'" + Times(kMany, "\\N{")), "");
  EXPECT_NE(ErrorOf(Times(kMany, "a \\\n")), "");
}

}  // namespace
}  // namespace graft::models::python
