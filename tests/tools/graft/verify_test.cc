#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "models/file/safetensors.h"
#include "nlohmann/json.hpp"
#include "tests/models/file/scratch_file.h"
#include "tests/tools/graft/command.h"

namespace graft {
namespace {

using models::DType;
using models::SafetensorsTensor;
using models::ScratchFile;
using ::testing::AllOf;
using testing::CommandResult;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// obs [agents, 4] -> relu of [sum, 2 sum + 1, 3 sum + 2].
const char kPolicy[] = "tests/fixtures/torchscript/policy_scripted.pt";

class GraftVerify : public ::testing::Test {
 protected:
  void Write(const std::string& output, const std::vector<float>& expected,
             std::vector<int64_t> shape = {2, 3}) {
    const std::vector<SafetensorsTensor> tensors = {
        {"in0", DType::kFloat32, {2, 4}, BytesOf(rows_)},
        {output, DType::kFloat32, std::move(shape), BytesOf(expected)}};
    ASSERT_TRUE(models::WriteSafetensors(golden_.path(), tensors).ok());
  }
  CommandResult Verify(const std::vector<std::string>& more = {},
                       const std::string& model = kPolicy) {
    std::vector<std::string> arguments = {testing::GraftProgram(), "verify", model, "--golden",
                                          golden_.path()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return testing::RunCommand(arguments, {});
  }
  static models::ByteSpan BytesOf(const std::vector<float>& values) {
    return {reinterpret_cast<const uint8_t*>(values.data()), values.size() * sizeof(float)};
  }

  const std::vector<float> rows_ = {1, 2, 3, 4, 0, 0, 0, -1};
  const std::vector<float> right_ = {10, 21, 32, 0, 0, 0};
  ScratchFile golden_{"", ".safetensors"};
};

TEST_F(GraftVerify, PassesWhenEveryOutputIsWithinTheTolerance) {
  Write("out0", right_);
  const CommandResult result = Verify();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("ok     out0  [2, 3]"), HasSubstr("0 of 6 values")));
}

TEST_F(GraftVerify, FailsAndShowsTheWorstValue) {
  Write("out0", {10, 21.5, 32, 0, 0, 0});
  const CommandResult result = Verify();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("FAILED out0"), HasSubstr("1 of 6 values"),
                                HasSubstr("worst at [0, 1]: expected 21.5, found 21")));
}

TEST_F(GraftVerify, TakesTheTolerancesItIsGiven) {
  Write("out0", {10, 21.5, 32, 0, 0, 0});
  EXPECT_EQ(Verify({"--atol", "0.6"}).exit_code, 0);
  EXPECT_EQ(Verify({"--rtol", "0.03"}).exit_code, 0);
  EXPECT_EQ(Verify({"--atol", "0.4", "--rtol", "0"}).exit_code, 1);
}

TEST_F(GraftVerify, AllowsHalfPrecisionWhatItCosts) {
  Write("out0", {10, 21.01f, 32, 0, 0, 0});
  EXPECT_EQ(Verify().exit_code, 1);
  EXPECT_EQ(Verify({"--precision", "float16"}).exit_code, 0);
}

TEST_F(GraftVerify, CountsANotANumberAsOutside) {
  Write("out0", {10, std::numeric_limits<float>::quiet_NaN(), 32, 0, 0, 0});
  const CommandResult result = Verify({"--atol", "1000"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("1 of 6 values"));
}

TEST_F(GraftVerify, SaysThatAShapeIsAnother) {
  Write("out0", right_, {3, 2});
  const CommandResult result = Verify();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("expected the shape [3, 2], found [2, 3]"));
}

TEST_F(GraftVerify, RefusesAGoldenFileWithoutOutputs) {
  Write("out7", right_);
  const CommandResult result = Verify();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err,
              AllOf(HasSubstr(golden_.path()), HasSubstr("no expected output"), HasSubstr("out0")));
}

TEST_F(GraftVerify, FindsOutputsByTheNamesOfTheManifest) {
  Write("action", right_);
  const std::string model = std::filesystem::absolute(kPolicy).string();
  const ScratchFile manifest(R"({"graft": 1, "source": ")" + model + R"(",
          "outputs": [{"name": "action", "dtype": "float32", "shape": ["agents", 3]}]})",
                             ".json");
  const CommandResult result = Verify({}, manifest.path());
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("ok     action"));
}

TEST_F(GraftVerify, ReportsAsJson) {
  Write("out0", {10, 21.5, 32, 0, 0, 0});
  const CommandResult result = Verify({"--json"});
  EXPECT_EQ(result.exit_code, 1);
  const nlohmann::json report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report.at("passes"), false);
  const nlohmann::json& output = report.at("outputs").at(0);
  EXPECT_EQ(output.at("name"), "out0");
  EXPECT_EQ(output.at("outside"), 1);
  EXPECT_EQ(output.at("max_abs_error"), 0.5);
}

}  // namespace
}  // namespace graft
