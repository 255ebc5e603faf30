// Taps of TorchScript files (tests/fixtures/torchscript/make_fixtures.py, class Tapped).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "models/torch/torch_model.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<std::unique_ptr<TorchModel>> Load(const std::string& file,
                                                 const std::vector<std::string>& taps) {
  TorchLoadOptions options;
  options.taps = taps;
  options.inputs = {{"obs", DType::kFloat32, {TensorSpec::kAgents, 1}}};
  return TorchModel::LoadTorchScript("tests/fixtures/torchscript/" + file, options);
}

// What forward gives for a row of 0, output by output.
std::vector<float> OutputsOf(const TorchModel& model) {
  const float observation = 0;
  std::vector<float> values(model.schema().outputs.size());
  const void* in[] = {&observation};
  std::vector<void*> out;
  for (float& value : values) out.push_back(&value);
  const absl::Status status = model.Run(1, in, out);
  EXPECT_TRUE(status.ok()) << status;
  return values;
}

std::vector<std::string> NamesOf(const TorchModel& model) {
  std::vector<std::string> names;
  for (const TensorSpec& spec : model.schema().outputs) names.push_back(spec.name);
  return names;
}

std::string ErrorOf(const std::string& file, const std::vector<std::string>& taps) {
  return std::string(Load(file, taps).status().message());
}

TEST(ScriptTaps, GiveTheResultsOfModulesBehindForwardsOwn) {
  for (const char* file : {"tapped.pt", "tapped_traced.pt"}) {
    SCOPED_TRACE(file);
    // In the order of the manifest. inner.0 is overwritten in place by what comes after it; twice
    // is called twice, and the last result counts.
    const auto model = Load(file, {"twice", "inner.0", "inner.1.0", "inner"});
    ASSERT_TRUE(model.ok()) << model.status();
    EXPECT_THAT(NamesOf(**model), ElementsAre("out0", "twice", "inner.0", "inner.1.0", "inner"));
    EXPECT_THAT(OutputsOf(**model), ElementsAre(309, 103, 2, 102, 102));
  }
}

TEST(ScriptTaps, GiveEveryTensorOfATuple) {
  const auto model = Load("tapped.pt", {"pair"});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT(OutputsOf(**model), ElementsAre(309, 103, 206));
}

TEST(ScriptTaps, AreRefusedWhereTheyCannotBeTaken) {
  EXPECT_THAT(ErrorOf("tapped.pt", {"inner.2"}),
              HasSubstr("there is no module \"inner.2\" in it. It has twice, inner, inner.0"));
  for (const char* tap : {"maybe", "never"}) {
    EXPECT_THAT(ErrorOf("tapped.pt", {"twice", tap}),
                HasSubstr(std::string("forward does not call \"") + tap + "\" once and always"));
  }
  EXPECT_THAT(ErrorOf("tapped.pt", {"listed"}),
              HasSubstr("\"listed\" gives List[Tensor]; only tensors"));
  EXPECT_THAT(ErrorOf("policy_frozen.pt", {"layer"}),
              HasSubstr("it was frozen when it was written"));
}

}  // namespace
}  // namespace graft::models
