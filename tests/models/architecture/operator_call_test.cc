// What models write, against real PyTorch: see tests/fixtures/operators.
#include "models/architecture/operator_call.h"

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "models/file/file_bytes.h"
#include "models/file/safetensors.h"
#include "tests/models/architecture/recording.h"

namespace graft::models::architecture {
namespace {

using ::testing::HasSubstr;

constexpr char kFolder[] = "tests/fixtures/operators/";

const std::vector<Recording::Input>& Inputs() {
  static const auto* const inputs = new std::vector<Recording::Input>{
      {"x", {3, 8}},
      {"y", {3, 8}},
      {"image", {4, 6, 6}},
      {"index", {5}, at::kLong},
      {"mask", {3, 8}, at::kBool},
  };
  return *inputs;
}

// "a = 1; a + x" as the body of forward.
std::string Forward(absl::string_view line) {
  std::vector<std::string> statements = absl::StrSplit(line, "; ");
  statements.back() = absl::StrCat("return ", statements.back());
  return absl::StrCat("def forward(x, y, image, index, mask):\n  ",
                      absl::StrJoin(statements, "\n  "), "\n");
}

c10::ScalarType TypeOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
      return at::kDouble;
    case DType::kInt64:
      return at::kLong;
    case DType::kInt32:
      return at::kInt;
    case DType::kBool:
      return at::kBool;
    default:
      return at::kFloat;
  }
}

class Golden {
 public:
  Golden()
      : bytes_(ReadWholeFile(absl::StrCat(kFolder, "calls.safetensors")).value()),
        file_(SafetensorsFile::Open(bytes_->bytes(), "calls.safetensors").value()) {}

  at::Tensor Get(absl::string_view name) const {
    const SafetensorsTensor* tensor = file_.Find(name);
    TORCH_CHECK(tensor != nullptr, "the fixture has no ", name, ": run make_fixtures.py");
    at::Tensor made = at::empty(tensor->shape, TypeOf(tensor->dtype));
    std::memcpy(made.mutable_data_ptr(), tensor->bytes.data(), tensor->bytes.size());
    return made;
  }

 private:
  const std::shared_ptr<const FileBytes> bytes_;
  const SafetensorsFile file_;
};

std::string Difference(const at::Tensor& got, const at::Tensor& expected) {
  if (got.sizes() != expected.sizes()) {
    return absl::StrCat("shape [", absl::StrJoin(got.sizes(), ", "), "], expected [",
                        absl::StrJoin(expected.sizes(), ", "), "]");
  }
  if (got.scalar_type() != expected.scalar_type()) {
    return absl::StrCat("dtype ", c10::toString(got.scalar_type()), ", expected ",
                        c10::toString(expected.scalar_type()));
  }
  if (!at::allclose(got, expected, 1e-5, 1e-5, /*equal_nan=*/true)) return "other values";
  return "";
}

TEST(OperatorCall, GivesWhatPyTorchGivesForAnyNumberOfRows) {
  const Golden golden;
  Recording recording;
  std::ifstream calls(absl::StrCat(kFolder, "calls.txt"));
  int count = 0;
  for (std::string line; std::getline(calls, line);) {
    if (line.empty() || line[0] == '#') continue;
    ++count;
    const absl::Status status = recording.Record(Forward(line), Inputs());
    if (!status.ok()) {
      ADD_FAILURE() << line << "\n" << status.message();
      continue;
    }
    for (const int64_t rows : {1, 2, 4}) {
      std::vector<at::Tensor> inputs;
      for (const Recording::Input& input : Inputs()) {
        inputs.push_back(golden.Get(input.name).slice(0, 0, rows));
      }
      const std::vector<at::Tensor> before = {inputs[0].clone()};
      try {
        const at::Tensor got = recording.Run(inputs).at(0);
        const std::string difference = Difference(got, golden.Get(absl::StrCat(line, ".", rows)));
        EXPECT_EQ(difference, "") << line << " for " << rows << " rows";
      } catch (const std::exception& error) {
        ADD_FAILURE() << line << " for " << rows
                      << " rows: " << std::string(error.what()).substr(0, 400);
      }
      EXPECT_TRUE(at::equal(inputs[0], before[0])) << line << " has changed its input";
    }
  }
  EXPECT_GE(count, 250);
}

struct Refused {
  std::string call;
  std::string message;
};

TEST(OperatorCall, SaysAtTheLineWhatIsNotPossible) {
  const Refused cases[] = {
      {"x.nonzero()", "torch.where"},
      {"x[x > 0]", "x[mask] with a mask that depends on the inputs"},
      {"x.sum().item()", "item() that depends on the elements"},
      {"x.tolist()", "a list of the elements"},
      {"x.numpy()", "numpy() of a tensor that depends on the inputs is not supported: forward"},
      {"torch.masked_select(x, mask)", "depends on the inputs"},
      {"x if x.sum() > 0 else y", "a condition that depends on the elements"},
      {"x if x.size(0) > 1 else y", "a branch that depends on the number of agents"},
      {"[a for a in x]", "a loop over the agents"},
      {"x.view(x.size(0) / 2)", "a float computed from the number of agents"},
      {"range(x.size(0))", "depends on the number of agents"},
      {"x.view(7, 7)", "shape '[7, 7]' is invalid for input of size"},
      {"x @ y", "Expected size for first two dimensions of batch2 tensor"},
      {"torch.conv2d(image, torch.ones(2, 3, 3, 3))", "to have 3 channels, but got 4 channels"},
      {"x.view('a')", "view() got (Tensor, str), but takes"},
      {"torch.softmax(x)", "softmax() got (Tensor), but takes"},
      {"torch.add(x, y, out=x)", "out= of torch.add"},
      {"x.split(1, 0)", "a number of tensors that depends on the number of agents"},
      {"x[0, 0, 0, 0]", "too many indices for tensor of dimension 3"},
      {"x[:, 3]", "index 3 out of range"},
      {"x[:, ::-1]", "step must be greater than zero"},
      {"x.nothing", "has no attribute 'nothing'"},
      {"x.equal(y)", "torch.equal on a tensor that depends on the inputs"},
  };
  for (const Refused& one : cases) {
    Recording recording;
    const absl::Status status = recording.Record(Forward(one.call), Inputs());
    EXPECT_FALSE(status.ok()) << one.call;
    EXPECT_THAT(std::string(status.message()), HasSubstr(one.message)) << one.call;
    EXPECT_THAT(std::string(status.message()), HasSubstr("net.py:3:")) << one.call;
  }
}

TEST(OperatorCall, ComputesWhatDependsOnConstantsAloneWhileRecording) {
  Recording recording;
  ASSERT_TRUE(recording
                  .Record("w = torch.ones(8, 8)\n"
                          "def forward(x):\n"
                          "  scaled = (w * 2).t().softmax(-1)\n"
                          "  return x @ scaled\n",
                          {{"x", {8}}})
                  .ok());
  EXPECT_EQ(recording.CountNodes("aten::mul"), 0);
  EXPECT_EQ(recording.CountNodes("aten::softmax"), 0);
  EXPECT_EQ(recording.CountNodes("aten::matmul"), 1);
}

TEST(OperatorCall, DropsDropoutThatDropsNothing) {
  Recording recording;
  ASSERT_TRUE(recording
                  .Record("def forward(x):\n"
                          "  return torch.dropout(x, 0.5, False) + torch.dropout(x, 0.0, True)\n",
                          {{"x", {8}}})
                  .ok());
  EXPECT_EQ(recording.CountNodes("aten::dropout"), 0);
}

TEST(OperatorCall, GivesNamedTuples) {
  Recording recording;
  const absl::Status status = recording.Record(
      "def forward(x):\n"
      "  top = x.topk(2)\n"
      "  values, indices = top\n"
      "  return {'same': top.values - values, 'which': top.indices}\n",
      {{"x", {8}}});
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_THAT(recording.graph().outputs, testing::ElementsAre("same", "which"));
}

TEST(OperatorCall, CastsWhereHalfMeetsWhatTheCodeMadeInFloat32) {
  Recording recording({.compute_type = at::kHalf});
  const absl::Status status = recording.Record(
      "w = torch.ones(4, 8, dtype=torch.float16)\n"
      "def forward(x):\n"
      "  state = torch.zeros(x.size(0), 8)\n"    // half, as the weights
      "  positions = torch.arange(8).float()\n"  // float32
      "  return torch.linear(x + state + positions, w)\n",
      {{"x", {8}, at::kHalf}});
  ASSERT_TRUE(status.ok()) << status;
  const at::Tensor out = recording.Run({at::ones({3, 8}, at::kHalf)}).at(0);
  EXPECT_EQ(out.scalar_type(), at::kHalf);
  EXPECT_TRUE(at::equal(out.to(at::kFloat), at::full({3, 4}, 36.0)));
}

}  // namespace
}  // namespace graft::models::architecture
