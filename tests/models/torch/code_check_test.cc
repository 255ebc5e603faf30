#include "models/torch/code_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

std::string Repeat(const std::string& text, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += text;
  return result;
}

absl::Status Check(const std::string& code) { return CheckScriptCode(code, "model.pt: code/a.py"); }

TEST(CheckScriptCode, AcceptsWhatExportersWrite) {
  EXPECT_TRUE(Check(R"(class Net(Module):
  __parameters__ = ["weight", ]
  layer : __torch__.torch.nn.Linear
  def forward(self: __torch__.Net,
    x: Tensor,
    k: int=2) -> Tuple[Tensor, List[int]]:
    _0 = torch.add(torch.mul(x, (self.layer).forward(x, )), CONSTANTS.c0)
    if torch.gt(k, -1):
      _1 = "brackets in a text do not count: ((((((("  # nor here ((((
    else:
      ops.prim.RaiseException('it\'s wrong')
    return (_0, [1, -2, 3])
)")
                  .ok());
  EXPECT_TRUE(Check("x = [" + Repeat("-1, ", 50000) + "]\n").ok());
  EXPECT_TRUE(Check(Repeat("y = torch.relu(x)\n", 50000)).ok());
}

TEST(CheckScriptCode, BoundsBrackets) {
  EXPECT_TRUE(Check("x = " + Repeat("(", 100) + Repeat(")", 100)).ok());
  EXPECT_THAT(std::string(Check("\nx = " + Repeat("(", 101)).message()),
              HasSubstr("model.pt: code/a.py line 2: brackets are nested more than 100 deep"));
  EXPECT_FALSE(Check("x = " + Repeat("[(", 51)).ok());
  EXPECT_FALSE(Check("# type: " + Repeat("List[", 101)).ok());
}

TEST(CheckScriptCode, CountsBracketsBehindTextsAsLibTorchReadsThem) {
  const std::string deep = Repeat("(", 101);
  EXPECT_FALSE(Check("x = 'a\\'' + " + deep).ok());
  EXPECT_FALSE(Check("x = \"'\" + " + deep).ok());
  EXPECT_FALSE(Check("x = \"\"\"'\n\"\"\" + " + deep).ok());
  EXPECT_FALSE(Check("x = 'not closed\ny = " + deep).ok());
  EXPECT_TRUE(Check("x = '" + deep + "'").ok());
}

TEST(CheckScriptCode, BoundsChainsOfOperators) {
  EXPECT_TRUE(Check("x = 1" + Repeat(" + 1", 900)).ok());
  EXPECT_FALSE(Check("x = 1" + Repeat(" + 1", 1001)).ok());
  EXPECT_FALSE(Check("x = 1" + Repeat(" \\\n+ 1", 1001)).ok());
  EXPECT_FALSE(Check("x = " + Repeat("not ", 1001) + "y").ok());
  EXPECT_FALSE(Check("x = y" + Repeat("[0]", 1001)).ok());
  EXPECT_FALSE(Check("x = y" + Repeat(".z", 1001)).ok());
  EXPECT_FALSE(Check("x = " + Repeat("a if b else ", 600) + "c").ok());
  EXPECT_FALSE(Check(Repeat("(", 50) + "x" + Repeat(Repeat(" + x", 30) + ")", 50)).ok());
  EXPECT_TRUE(Check("x = [" + Repeat("(a + b - c) * d, ", 5000) + "]").ok());
}

TEST(CheckScriptCode, BoundsBlocks) {
  std::string code;
  for (int i = 0; i < 102; ++i) absl::StrAppend(&code, std::string(i, ' '), "if x:\n");
  EXPECT_THAT(std::string(Check(code).message()), HasSubstr("blocks are nested"));
  EXPECT_FALSE(Check("if a:\n  b\n" + Repeat("elif a:\n  b\n", 501)).ok());
}

TEST(CheckScriptCode, RefusesNamesOfOperatorsThatTouchFiles) {
  EXPECT_THAT(std::string(Check("ops.aten.save(x, \"/tmp/a\")").message()), HasSubstr("'save'"));
  EXPECT_FALSE(Check("t = torch\nx = t.from_file(\"a\")").ok());
  EXPECT_FALSE(Check("x = torch . \\\n save(y)").ok());
  EXPECT_FALSE(Check("x = getattr(torch, \"save\")(y)").ok());
  EXPECT_TRUE(Check("save = torch.relu(x)\nsaved = self.saved").ok());
}

}  // namespace
}  // namespace graft::models
