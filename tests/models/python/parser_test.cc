#include "models/python/parser.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/models/python/ast_dump.h"

namespace graft::models::python {
namespace {

constexpr const char* kFixtures = "tests/fixtures/syntax/";

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::shared_ptr<const SourceFile> Source(std::string text) {
  return std::make_shared<SourceFile>("test.py", std::move(text));
}

std::string Tree(std::string text) {
  absl::StatusOr<std::unique_ptr<ParsedModule>> module = ParseModule(Source(std::move(text)));
  return module.ok() ? DumpModule(**module) : std::string(module.status().message());
}

std::string ExprTree(std::string text) {
  absl::StatusOr<ExprPtr> expr = ParseExpression(Source(std::move(text)));
  return expr.ok() ? DumpExpr(**expr) : std::string(expr.status().message());
}

std::vector<std::string> FixtureNames() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFixtures)) {
    if (entry.path().extension() == ".tree") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ParserFixture : public testing::TestWithParam<std::string> {};

TEST_P(ParserFixture, MakesTheTreeThatCPythonMakes) {
  EXPECT_EQ(Tree(ReadText(kFixtures + GetParam() + ".py")),
            ReadText(kFixtures + GetParam() + ".tree"));
}

INSTANTIATE_TEST_SUITE_P(Syntax, ParserFixture, testing::ValuesIn(FixtureNames()),
                         [](const auto& info) { return info.param; });

TEST(Parser, KeepsTheSourceWithTheTree) {
  const std::shared_ptr<const SourceFile> source = Source("x = 1\n");
  const auto module = ParseModule(source);
  ASSERT_TRUE(module.ok());
  EXPECT_EQ((*module)->source, source);
}

TEST(Parser, GivesACompoundStatementTheRangeOfItsHeader) {
  const auto module = ParseModule(Source("@d\nclass A(\n    B):\n    x = 1\n"));
  ASSERT_TRUE(module.ok());
  const SourceRange& range = (*module)->body[0]->range;
  EXPECT_EQ(range.line, 2);
  EXPECT_EQ(range.column, 0);
  EXPECT_EQ(range.end_line, 3);
  EXPECT_EQ(range.end_column, 7);
}

TEST(Parser, KnowsWhereTheNameOfAnAttributeIs) {
  const auto expr = ParseExpression(Source("a . bc"));
  ASSERT_TRUE(expr.ok());
  const SourceRange& range = static_cast<const AttributeExpr&>(**expr).name_range;
  EXPECT_EQ(range.column, 4);
  EXPECT_EQ(range.end_column, 6);
}

TEST(Parser, CountsTheHeightOfAnExpression) {
  const auto height = [](const char* text) {
    const auto expr = ParseExpression(Source(text));
    return expr.ok() ? (*expr)->height : 0;
  };
  EXPECT_EQ(height("a"), 1);
  EXPECT_EQ(height("((a))"), 1);
  EXPECT_EQ(height("a + b"), 2);
  EXPECT_EQ(height("a + b + c"), 3);
  EXPECT_EQ(height("f(a, b=c.d)"), 3);
  EXPECT_EQ(height("{a: b, **c.d.e}"), 4);
  EXPECT_EQ(height("[a for b in c if d.e]"), 3);
  EXPECT_EQ(height("lambda a=b.c: d"), 3);
  EXPECT_EQ(height("f'{a:{b.c}}'"), 6);
  EXPECT_EQ(height("x[a:b.c:d]"), 4);
}

TEST(Parser, ReadsOneExpressionAsAManifestHoldsIt) {
  EXPECT_EQ(ExprTree("Net(10, width=64)"),
            "Call@1:0-17(Name@1:0-3(Net), [Int@1:4-6(10)], [width@1:8-16=Int@1:14-16(64)])");
  EXPECT_EQ(ExprTree("  a\n"), "Name@1:2-3(a)");
  EXPECT_EQ(ExprTree("a, b"), "Tuple@1:0-4([Name@1:0-1(a), Name@1:3-4(b)])");
  EXPECT_EQ(ExprTree("f(\n  a)"), "Call@1:0-2:4(Name@1:0-1(f), [Name@2:2-3(a)], [])");
}

TEST(Parser, RefusesWhatIsMoreThanAnExpression) {
  EXPECT_EQ(ExprTree("a = 1"),
            "test.py:1:3: expected the end of the expression, found '='\n"
            "    a = 1\n"
            "      ^");
  EXPECT_EQ(ExprTree("a\nb"),
            "test.py:2:1: expected the end of the expression, found 'b'\n"
            "    b\n"
            "    ^");
  EXPECT_EQ(ExprTree(""), "test.py:1:1: expected an expression, found the end of the file");
}

// Its names would need the Unicode database; see string_literal.h.
TEST(Parser, KeepsNamedCharactersAsWritten) {
  EXPECT_EQ(ExprTree(R"("\N{BULLET} a")"), R"(Str@1:0-14("\x5cN{BULLET} a"))");
}

}  // namespace
}  // namespace graft::models::python
