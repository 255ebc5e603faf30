#include "models/architecture/symbolic_int.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/models/architecture/recording.h"

namespace graft::models::architecture {
namespace {

using ::testing::HasSubstr;

// A forward over x [agents, 6] that returns `expression` as a tensor; run for `rows` rows.
int64_t Evaluate(const std::string& expression, int64_t rows) {
  Recording recording;
  const absl::Status status =
      recording.Record("def forward(x):\n  b = x.shape[0]\n  return torch.full((1,), " +
                           expression + ") + torch.zeros_like(x[:1, 0], dtype=torch.int64)\n",
                       {{"x", {6}}});
  EXPECT_TRUE(status.ok()) << status;
  if (!status.ok()) return -1;
  return recording.Run({at::zeros({rows, 6})}).at(0).item<int64_t>();
}

std::string Error(const std::string& expression) {
  Recording recording;
  const absl::Status status = recording.Record(
      "def forward(x):\n  b = x.shape[0]\n  return x + (" + expression + ")\n", {{"x", {6}}});
  EXPECT_FALSE(status.ok()) << expression;
  return std::string(status.message());
}

TEST(SymbolicInt, IsComputedInEachCall) {
  for (const int64_t b : {1, 2, 5, 1000}) {
    EXPECT_EQ(Evaluate("b", b), b);
    EXPECT_EQ(Evaluate("b + 3", b), b + 3);
    EXPECT_EQ(Evaluate("10 - b", b), 10 - b);
    EXPECT_EQ(Evaluate("b * 4 * 2", b), b * 8);
    EXPECT_EQ(Evaluate("(b * 6 + 1) // 2", b), (b * 6 + 1) / 2);
    EXPECT_EQ(Evaluate("-b", b), -b);
    EXPECT_EQ(Evaluate("int(b)", b), b);
    EXPECT_EQ(Evaluate("len(x)", b), b);
    EXPECT_EQ(Evaluate("x.numel()", b), b * 6);
    EXPECT_EQ(Evaluate("x.shape.numel()", b), b * 6);
    EXPECT_EQ(Evaluate("x.view(b * 2, 3).size(0)", b), b * 2);
    EXPECT_EQ(Evaluate("x.repeat(2, 1).shape[0]", b), b * 2);
  }
}

TEST(SymbolicInt, BecomesAnOrdinaryIntWhereTheNumberOfAgentsCancelsOut) {
  EXPECT_EQ(Evaluate("[7][b - b]", 3), 7);
  EXPECT_EQ(Evaluate("list(range(x.numel() // b))[-1]", 3), 5);
}

TEST(SymbolicInt, DecidesComparisonsThatComeOutTheSameForAnyNumberOfAgents) {
  EXPECT_EQ(Evaluate("1 if b > 0 else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if b else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if b == x.size(0) else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if b * 2 <= b else 2", 3), 2);
  EXPECT_EQ(Evaluate("1 if x.shape == (b, 6) else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if b == 'all' else 2", 3), 2);
  EXPECT_EQ(Evaluate("1 if b * b // b == b else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if b * 4 % 4 == 0 else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if isinstance(b, int) else 2", 3), 1);
}

TEST(SymbolicInt, RefusesWhatDependsOnTheNumberOfAgents) {
  EXPECT_THAT(Error("1 if b == 1 else 2"), HasSubstr("a branch that depends on the number"));
  EXPECT_THAT(Error("1 if b > 2 else 2"), HasSubstr("net.py:4:"));
  EXPECT_THAT(Error("max(b, 4)"), HasSubstr("a branch that depends on the number of agents"));
  EXPECT_THAT(Error("b % 2 == 0"), HasSubstr("a branch that depends on the number of agents"));
  EXPECT_THAT(Error("sum(range(b))"), HasSubstr("where a plain one is needed"));
  EXPECT_THAT(Error("b / 2"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("b * 0.5"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("float(b) / 2"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("x[: b // 2]"), HasSubstr("does not grow evenly with the number of agents"));
  EXPECT_THAT(Error("torch.arange(b // 4)"), HasSubstr("does not grow evenly"));
  EXPECT_THAT(Error("torch.zeros(b * b)"), HasSubstr("does not grow evenly"));
  EXPECT_THAT(Error("b // 0"), HasSubstr("division"));
}

TEST(SymbolicFloat, IsAnIntAgain) {
  for (const int64_t b : {1, 2, 5, 1000}) {
    EXPECT_EQ(Evaluate("int(b)", b), b);
    EXPECT_EQ(Evaluate("int(b * 16 / (8 * 8 / 4 / 4))", b), b * 4);
    EXPECT_EQ(Evaluate("int(b * 16 * 0.25)", b), b * 4);
    EXPECT_EQ(Evaluate("int(b * 3 / 0.75)", b), b * 4);
    EXPECT_EQ(Evaluate("int(float(b))", b), b);
    EXPECT_EQ(Evaluate("int((b * 6 + 1) / 2)", b), b * 3);
  }
}

TEST(SymbolicFloat, IsAnOrdinaryFloatWhereTheNumberOfAgentsCancelsOut) {
  EXPECT_EQ(Evaluate("int(x.numel() / b * 1.5)", 3), 9);
  EXPECT_EQ(Evaluate("1 if b / 2 > 0 else 2", 3), 1);
  EXPECT_EQ(Evaluate("1 if isinstance(b / 2, float) else 2", 3), 1);
}

TEST(SymbolicFloat, StandsInTensorOperationsWhereItIsWhole) {
  Recording recording;
  const absl::Status status = recording.Record(
      "def forward(x):\n  return x / float(x.shape[0]), x.long() * float(x.shape[0])\n",
      {{"x", {1}}});
  ASSERT_TRUE(status.ok()) << status;
  const std::vector<at::Tensor> outputs = recording.Run({at::full({4, 1}, 2.0)});
  EXPECT_EQ(outputs[0][0].item<float>(), 0.5F);
  EXPECT_EQ(outputs[1].scalar_type(), at::kFloat);
  EXPECT_EQ(outputs[1][0].item<float>(), 8.0F);
}

TEST(SymbolicFloat, RefusesWhatTheGraphCannotCompute) {
  EXPECT_THAT(Error("int(b / 3.7)"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("int(4 / b)"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("int(b / 2 + 1)"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("int(-b / 2)"), HasSubstr("a float computed from the number of agents"));
  EXPECT_THAT(Error("1 if b / 2 > 1 else 2"), HasSubstr("a branch that depends on the number"));
  EXPECT_THAT(Error("b / 0"), HasSubstr("division by zero"));
}

TEST(SymbolicInt, MayDecideABranchThatOnlyLaysATensorOutAnew) {
  Recording recording;
  const absl::Status status = recording.Record(
      "def forward(x):\n  if x.shape[0] >= 64:\n    x = x.contiguous()\n"
      "  if x.numel() * 2 > pow(2, 31):\n    x = x.contiguous()\n  return x + 1\n",
      {{"x", {6}}});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_TRUE(recording.Run({at::zeros({3, 6})})[0].equal(at::ones({3, 6})));
  for (const char* other :
       {"  if x.shape[0] >= 64:\n    x = x + 1\n",
        "  if x.shape[0] >= 64:\n    y = x.contiguous()\n",
        "  if x.shape[0] >= 64:\n    x = x.contiguous()\n  else:\n    x = x + 1\n"}) {
    Recording refused;
    EXPECT_THAT(
        std::string(
            refused.Record(absl::StrCat("def forward(x):\n", other, "  return x\n"), {{"x", {6}}})
                .message()),
        HasSubstr("a branch that depends on the number of agents"));
  }
}

TEST(SymbolicInt, NamesTheAgentsInMessages) {
  Recording recording;
  const absl::Status status = recording.Record(
      "def forward(x):\n  raise ValueError(f'got {x.view(-1, 3).shape} and {x.size(0) + 1}')\n",
      {{"x", {6}}});
  EXPECT_THAT(std::string(status.message()), HasSubstr("got (2*agents, 3) and agents+1"));
}

}  // namespace
}  // namespace graft::models::architecture
