// Binding from files that PyTorch wrote (tests/fixtures/torch/make_fixtures.py, class Policy).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "models/binding/binding_report.h"
#include "models/binding/weight_plan.h"
#include "models/file/model_file.h"
#include "tests/models/binding/weights_of.h"

namespace graft::models {
namespace {

using ::testing::HasSubstr;

// Policy, as PyTorch lists it: parameters and buffers.
std::vector<ArchitectureTensor> Policy() {
  std::vector<ArchitectureTensor> tensors =
      Tensors({{"scale", {1}},
               {"scratch", {2}},
               {"body.0.weight", {3, 2}},
               {"body.0.bias", {3}},
               {"body.1.weight", {3}},
               {"body.1.bias", {3}},
               {"body.1.running_mean", {3}},
               {"body.1.running_var", {3}},
               {"body.1.num_batches_tracked", {}, DType::kInt64},
               {"head.weight", {1, 3}}});
  for (const size_t i : {0, 1, 6, 7, 8}) tensors[i].role = ArchitectureTensor::Role::kBuffer;
  tensors[1].persistent = false;
  return tensors;
}

ModelFile Open(absl::string_view name) {
  return ModelFile::Open(absl::StrCat("tests/fixtures/torch/", name)).value();
}

absl::Status Bind(const ModelFile& file, const std::vector<ArchitectureTensor>& tensors,
                  const WeightRules& rules) {
  const WeightSource* source = file.ChooseWeights(rules.from).value();
  return CheckPlan(PlanWeights(tensors, source->weights, rules), file.label());
}

TEST(WeightFiles, StateDictOfEitherFormat) {
  for (const char* name : {"state_dict.pt", "state_dict_legacy.pth"}) {
    const absl::Status status = Bind(Open(name), Policy(), {});
    EXPECT_TRUE(status.ok()) << status;
  }
}

TEST(WeightFiles, WeightsAreExtractedFromAWholeModel) {
  for (const char* name : {"module.pt", "module_legacy.pth"}) {
    const absl::Status status = Bind(Open(name), Policy(), {});
    EXPECT_TRUE(status.ok()) << status;
  }
}

TEST(WeightFiles, SubDictionaryOfACheckpoint) {
  const ModelFile file = Open("checkpoint.pt");
  for (const char* from : {"", "model_state_dict", "ema"}) {
    const absl::Status status = Bind(file, Policy(), {.from = from});
    EXPECT_TRUE(status.ok()) << from << ": " << status;
  }
}

TEST(WeightFiles, PartOfAModelByItsPrefix) {
  const std::vector<ArchitectureTensor> head = Tensors({{"weight", {1, 3}}});
  WeightRules rules{.strip_prefix = std::vector<std::string>{"head."},
                    .allow_unexpected = {.all = true}};
  EXPECT_TRUE(Bind(Open("state_dict.pt"), head, rules).ok());
  EXPECT_THAT(std::string(Bind(Open("state_dict.pt"), head, {}).message()),
              HasSubstr("\"head.weight\" of the file is \"weight\" of the architecture with "
                        "\"strip_prefix\": [\"head.\"] in \"weights\""));
}

TEST(WeightFiles, AnotherSizeOfNetworkIsRefusedWithBothShapes) {
  std::vector<ArchitectureTensor> wider = Policy();
  wider.back().shape = {4, 3};
  EXPECT_THAT(std::string(Bind(Open("checkpoint.pt"), wider, {}).message()),
              HasSubstr("head.weight: [4, 3] in the architecture, [1, 3] in the file"));
}

}  // namespace
}  // namespace graft::models
