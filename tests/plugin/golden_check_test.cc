#include "plugin/golden_check.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "models/file/safetensors.h"
#include "tests/runtime/fakes.h"

namespace graft::plugin {
namespace {

using models::DType;
using models::SafetensorsTensor;
using runtime::testing::FakeExecutable;
using runtime::testing::TempDirectory;

class GoldenCheckTest : public ::testing::Test {
 protected:
  struct Tensor {
    std::string name;
    std::vector<float> values;
    std::vector<int64_t> shape;
  };
  // The fake answers {2, observation} for each row.
  absl::Status Check(const std::vector<Tensor>& tensors, double rtol = 0, double atol = 1e-6) {
    std::vector<SafetensorsTensor> golden;
    for (const Tensor& tensor : tensors) {
      golden.push_back({tensor.name,
                        DType::kFloat32,
                        tensor.shape,
                        {reinterpret_cast<const uint8_t*>(tensor.values.data()),
                         tensor.values.size() * sizeof(float)}});
    }
    EXPECT_TRUE(models::WriteSafetensors(path_, golden).ok());
    return CheckGolden(FakeExecutable(2), {path_, {rtol, atol}});
  }

  TempDirectory directory_;
  const std::string path_ = directory_.File("golden.safetensors");
};

TEST_F(GoldenCheckTest, AcceptsWhatAnswersTheGoldenValues) {
  EXPECT_TRUE(Check({{"obs", {5, 6}, {2, 1}}, {"action", {2, 5, 2, 6}, {2, 2}}}).ok());
  EXPECT_TRUE(Check({{"in0", {5, 6}, {2, 1}}, {"out0", {2, 5, 2, 6}, {2, 2}}}).ok());
}

TEST_F(GoldenCheckTest, RefusesAnotherAnswerAndNamesTheWorstValue) {
  const absl::Status status =
      Check({{"obs", {5, 6}, {2, 1}}, {"action", {2, 5.01f, 2, 6.5f}, {2, 2}}});
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status.message(),
            "the output \"action\" is not what " + path_ +
                " says: 2 of 4 values are outside the tolerance (1e-06 + 0 x |expected|); the "
                "worst is element 3: expected 6.5, found 6");
}

TEST_F(GoldenCheckTest, AllowsTheTolerance) {
  const std::vector<Tensor> close = {{"obs", {5}, {1, 1}}, {"action", {2, 5.04f}, {1, 2}}};
  EXPECT_TRUE(Check(close, /*rtol=*/0.01, /*atol=*/0).ok());
  EXPECT_TRUE(Check(close, /*rtol=*/0, /*atol=*/0.05).ok());
  EXPECT_FALSE(Check(close, /*rtol=*/0.005, /*atol=*/0.005).ok());
}

TEST_F(GoldenCheckTest, RefusesInfinityWhereNothingIsExpected) {
  const absl::Status status = Check({{"obs", {HUGE_VALF}, {1, 1}}});
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_TRUE(Check({{"obs", {1}, {1, 1}}}).ok());
}

// The golden file is wrong, not the candidate: its bytes may be tried again.
TEST_F(GoldenCheckTest, SaysWhenTheGoldenFileDoesNotFit) {
  for (const std::vector<Tensor>& tensors :
       std::vector<std::vector<Tensor>>{{{"obs", {1, 2}, {1, 2}}},
                                        {{"action", {1, 2}, {1, 2}}},
                                        {{"obs", {1}, {1, 1}}, {"action", {1, 2, 3}, {1, 3}}}}) {
    EXPECT_TRUE(absl::IsUnavailable(Check(tensors)));
  }
  EXPECT_TRUE(absl::IsUnavailable(
      CheckGolden(FakeExecutable(2), {directory_.File("none.safetensors"), 0, 0})));
}

}  // namespace
}  // namespace graft::plugin
