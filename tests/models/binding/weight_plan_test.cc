#include "models/binding/weight_plan.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/models/binding/weights_of.h"

namespace graft::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using TensorFate = PlannedTensor::Fate;
using KeyFate = PlannedKey::Fate;

std::vector<TensorFate> TensorFates(const WeightPlan& plan) {
  std::vector<TensorFate> fates;
  for (const PlannedTensor& planned : plan.tensors) fates.push_back(planned.fate);
  return fates;
}

std::vector<KeyFate> KeyFates(const WeightPlan& plan) {
  std::vector<KeyFate> fates;
  for (const PlannedKey& key : plan.keys) fates.push_back(key.fate);
  return fates;
}

std::vector<size_t> WeightsTaken(const WeightPlan& plan) {
  std::vector<size_t> weights;
  for (const PlannedTensor& planned : plan.tensors) weights.push_back(planned.weight);
  return weights;
}

Allowance Allow(const std::vector<std::string>& patterns) {
  Allowance allowance;
  for (const std::string& text : patterns) {
    allowance.patterns.push_back(NamePattern::Parse(text).value());
  }
  return allowance;
}

KeyRename RenameOf(absl::string_view pattern, absl::string_view replacement) {
  return KeyRename::Compile(pattern, replacement).value();
}

const std::vector<NamedShape>& Classifier() {
  static const auto* const kShapes = new std::vector<NamedShape>{
      {"conv.weight", {8, 3, 3, 3}}, {"fc.weight", {10, 8}}, {"fc.bias", {10}}};
  return *kShapes;
}

// Classifier() with `prefix` before every name.
std::vector<NamedShape> Prefixed(absl::string_view prefix) {
  std::vector<NamedShape> shapes = Classifier();
  for (NamedShape& named : shapes) named.name = absl::StrCat(prefix, named.name);
  return shapes;
}

TEST(WeightPlan, BindsEqualNamesInWhateverOrder) {
  const Weights file({{"fc.bias", {10}}, {"conv.weight", {8, 3, 3, 3}}, {"fc.weight", {10, 8}}});
  const WeightPlan plan = PlanWeights(Tensors(Classifier()), file.table(), {});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_THAT(KeyFates(plan), testing::Each(KeyFate::kUsed));
  EXPECT_THAT(WeightsTaken(plan), ElementsAre(1, 2, 0));
  EXPECT_THAT(plan.notes, IsEmpty());
  EXPECT_THAT(plan.errors, IsEmpty());
}

TEST(WeightPlan, DataParallelPrefixIsStrippedAndSaid) {
  const Weights file(Prefixed("module."));
  const WeightPlan plan = PlanWeights(Tensors(Classifier()), file.table(), {});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_EQ(plan.wrappers, "module.");
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("every key begins with \"module.\"")));
}

TEST(WeightPlan, MultiGpuAndCompiledToSingleWhateverTheNesting) {
  for (const char* prefix : {"_orig_mod.", "module._orig_mod.", "_orig_mod.module.",
                             "module.module.", "_fsdp_wrapped_module."}) {
    const Weights file(Prefixed(prefix));
    const WeightPlan plan = PlanWeights(Tensors(Classifier()), file.table(), {});
    EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound)) << prefix;
    EXPECT_EQ(plan.wrappers, prefix);
  }
}

TEST(WeightPlan, MultiGpuAroundAPartOfTheModelToSingle) {
  const Weights file({{"features.module.0.weight", {8}}, {"head._orig_mod.weight", {4}}});
  const WeightPlan plan =
      PlanWeights(Tensors({{"features.0.weight", {8}}, {"head.weight", {4}}}), file.table(), {});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_EQ(plan.wrappers, "");
  EXPECT_THAT(plan.notes, ElementsAre(HasSubstr("2 keys are taken without the names")));
}

TEST(WeightPlan, AModelThatIsWrappedItselfKeepsItsNames) {
  const Weights file(Prefixed("module."));
  const WeightPlan plan = PlanWeights(Tensors(Prefixed("module.")), file.table(), {});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_EQ(plan.wrappers, "");
  EXPECT_THAT(plan.notes, IsEmpty());
}

TEST(WeightPlan, AveragedModelsAreTakenWithoutTheirCounter) {
  Weights file(Prefixed("module."));
  file.Add({"n_averaged", {}, DType::kInt64});
  const WeightPlan plan = PlanWeights(Tensors(Classifier()), file.table(), {});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_EQ(plan.keys[3].fate, KeyFate::kFiltered);
  EXPECT_EQ(plan.keys[3].reason, "the counter of an averaged model");
}

TEST(WeightPlan, AListOfPrefixesTakesThePlaceOfTheKnownWrappers) {
  const Weights file(Prefixed("module."));
  const WeightPlan plan = PlanWeights(Tensors(Classifier()), file.table(),
                                      {.strip_prefix = std::vector<std::string>()});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kMissing));
  EXPECT_THAT(KeyFates(plan), testing::Each(KeyFate::kRefused));
}

TEST(WeightPlan, StripsEachNamedPrefixOnceInAnyOrder) {
  const Weights file({{"net.module.a", {1}}, {"module.net.b", {1}}, {"net.net.c", {1}}});
  const WeightPlan plan =
      PlanWeights(Tensors({{"a", {1}}, {"b", {1}}, {"net.c", {1}}}), file.table(),
                  {.strip_prefix = std::vector<std::string>{"module.", "net.", "actor."}});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_THAT(plan.notes, ElementsAre("strip_prefix \"actor.\": no key begins with it"));
}

TEST(WeightPlan, RulesThatChangeNothingAreNoted) {
  const Weights file(Classifier());
  const WeightPlan plan =
      PlanWeights(Tensors(Classifier()), file.table(),
                  {.rename = {RenameOf("^fc\\.", "fc."), RenameOf("^conv(.*)", "conv\\1")},
                   .allow_missing = Allow({"fc", "hed.*"}),
                   .allow_unexpected = Allow({"conv.*", "optimizer"})});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_THAT(plan.notes,
              ElementsAre("rename \"^fc\\\\.\": it changes no key",
                          "rename \"^conv(.*)\": it changes no key",
                          "allow_missing \"hed.*\": no tensor of the network is called so",
                          "allow_unexpected \"optimizer\": no key is called so"));
}

TEST(WeightPlan, StrictMeansThatNothingMayBeMissingOrTooMuch) {
  const Weights file({{"conv.weight", {8, 3, 3, 3}}, {"fc.weight", {10, 8}}, {"head.bias", {10}}});
  const WeightPlan plan = PlanWeights(Tensors(Classifier()), file.table(), {});
  EXPECT_THAT(TensorFates(plan),
              ElementsAre(TensorFate::kBound, TensorFate::kBound, TensorFate::kMissing));
  EXPECT_THAT(KeyFates(plan), ElementsAre(KeyFate::kUsed, KeyFate::kUsed, KeyFate::kRefused));
}

TEST(WeightPlan, StrictFalseLeavesAddedLayersInitialised) {
  std::vector<NamedShape> grown = Classifier();
  grown.push_back({"adapter.weight", {8, 8}});
  Weights file(Classifier());
  file.Add({"old.weight", {3}});
  const WeightPlan plan =
      PlanWeights(Tensors(grown), file.table(),
                  {.allow_missing = {.all = true}, .allow_unexpected = {.all = true}});
  EXPECT_EQ(plan.tensors[3].fate, TensorFate::kInitialised);
  EXPECT_EQ(plan.keys[3].fate, KeyFate::kUnexpected);
  EXPECT_EQ(plan.CountTensors(TensorFate::kBound), 3u);
}

TEST(WeightPlan, AllowancesByPatternCoverNoMoreThanTheyName) {
  const Weights file({{"conv.weight", {8, 3, 3, 3}}, {"aux.fc.bias", {4}}, {"extra.bias", {4}}});
  const WeightPlan plan =
      PlanWeights(Tensors(Classifier()), file.table(),
                  {.allow_missing = Allow({"fc.weight"}), .allow_unexpected = Allow({"aux"})});
  EXPECT_THAT(TensorFates(plan),
              ElementsAre(TensorFate::kBound, TensorFate::kInitialised, TensorFate::kMissing));
  EXPECT_THAT(KeyFates(plan), ElementsAre(KeyFate::kUsed, KeyFate::kUnexpected, KeyFate::kRefused));
}

TEST(WeightPlan, WeightsOfWhichNothingFitsAreRefusedWhateverIsAllowed) {
  const Weights file({{"a", {1}}, {"b", {1}}});
  const WeightRules all{.allow_missing = {.all = true}, .allow_unexpected = {.all = true}};
  EXPECT_THAT(PlanWeights(Tensors(Classifier()), file.table(), all).errors,
              ElementsAre("not one tensor of the architecture comes from the file"));
  EXPECT_THAT(PlanWeights(Tensors(Classifier()), {}, all).errors,
              ElementsAre("the file's set of weights is empty"));
  EXPECT_THAT(PlanWeights({}, {}, {}).errors, IsEmpty());
}

TEST(WeightPlan, ThousandClassHeadToTen) {
  const Weights file(
      {{"conv.weight", {8, 3, 3, 3}}, {"fc.weight", {1000, 8}}, {"fc.bias", {1000}}});
  const std::vector<ArchitectureTensor> ten = Tensors(Classifier());
  EXPECT_THAT(TensorFates(PlanWeights(ten, file.table(), {})),
              ElementsAre(TensorFate::kBound, TensorFate::kMismatched, TensorFate::kMismatched));

  const WeightPlan kept = PlanWeights(ten, file.table(), {.mismatch = MismatchPolicy::kKeepInit});
  EXPECT_THAT(TensorFates(kept),
              ElementsAre(TensorFate::kBound, TensorFate::kInitialised, TensorFate::kInitialised));
  EXPECT_THAT(KeyFates(kept), ElementsAre(KeyFate::kUsed, KeyFate::kFiltered, KeyFate::kFiltered));

  const WeightPlan sliced = PlanWeights(ten, file.table(), {.mismatch = MismatchPolicy::kSlice});
  EXPECT_THAT(TensorFates(sliced),
              ElementsAre(TensorFate::kBound, TensorFate::kSliced, TensorFate::kSliced));
  EXPECT_THAT(sliced.tensors[1].extents, ElementsAre(10, 8));
}

TEST(WeightPlan, SlicesTheBlockThatBothHaveAndNothingOfAnotherRank) {
  const Weights file({{"embedding", {100, 16}}, {"other", {64}}});
  const WeightPlan plan = PlanWeights(Tensors({{"embedding", {120, 8}}, {"other", {8, 8}}}),
                                      file.table(), {.mismatch = MismatchPolicy::kSlice});
  EXPECT_THAT(plan.tensors[0].extents, ElementsAre(100, 8));
  EXPECT_EQ(plan.tensors[1].fate, TensorFate::kMismatched);
}

TEST(WeightPlan, ExtraInputChannelsAreFilledInPartWhenSliced) {
  const Weights file({{"conv.weight", {8, 3, 3, 3}}});
  const WeightPlan plan = PlanWeights(Tensors({{"conv.weight", {8, 4, 3, 3}}}), file.table(),
                                      {.mismatch = MismatchPolicy::kSlice});
  EXPECT_EQ(plan.tensors[0].fate, TensorFate::kSliced);
  EXPECT_THAT(plan.tensors[0].extents, ElementsAre(8, 3, 3, 3));
}

TEST(WeightPlan, FilteredMismatchesAreReportedWithTheirReason) {
  const Weights file({{"conv.weight", {8, 3, 3, 3}}, {"fc.weight", {5, 8}}, {"fc.bias", {10}}});
  const WeightPlan plan =
      PlanWeights(Tensors(Classifier()), file.table(), {.mismatch = MismatchPolicy::kKeepInit});
  EXPECT_EQ(plan.keys[1].fate, KeyFate::kFiltered);
  EXPECT_EQ(plan.keys[1].reason, "its tensor has another shape or dtype");
  EXPECT_EQ(plan.tensors[2].fate, TensorFate::kBound);
}

TEST(WeightPlan, SubTreeOfAFileByItsPrefix) {
  const Weights file({{"actor.0.weight", {4, 2}}, {"actor.0.bias", {4}}, {"critic.0.bias", {1}}});
  const std::vector<ArchitectureTensor> actor = Tensors({{"0.weight", {4, 2}}, {"0.bias", {4}}});
  const WeightPlan plan = PlanWeights(
      actor, file.table(),
      {.strip_prefix = std::vector<std::string>{"actor."}, .allow_unexpected = Allow({"critic"})});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_EQ(plan.keys[2].fate, KeyFate::kUnexpected);
}

TEST(WeightPlan, FileIntoASubTreeOfTheArchitecture) {
  std::vector<NamedShape> whole = Prefixed("backbone.");
  whole.push_back({"head.weight", {3, 10}});
  const Weights file(Classifier());
  const WeightPlan plan = PlanWeights(Tensors(whole), file.table(),
                                      {.into = "backbone.", .allow_missing = Allow({"head"})});
  EXPECT_THAT(TensorFates(plan), ElementsAre(TensorFate::kBound, TensorFate::kBound,
                                             TensorFate::kBound, TensorFate::kInitialised));
}

TEST(WeightPlan, RenamesByRegularExpressionInOrder) {
  const Weights file({{"encoder.3.gamma", {4}}, {"encoder.3.beta", {4}}, {"optimizer_step", {}}});
  const WeightPlan plan = PlanWeights(
      Tensors({{"layers.3.weight", {4}}, {"layers.3.bias", {4}}}), file.table(),
      {.rename = {RenameOf("^encoder\\.(\\d+)", "layers.\\1"), RenameOf("gamma$", "weight"),
                  RenameOf("beta$", "bias"), RenameOf("^optimizer_step$", "")}});
  EXPECT_THAT(TensorFates(plan), testing::Each(TensorFate::kBound));
  EXPECT_EQ(plan.keys[0].name, "layers.3.weight");
  EXPECT_EQ(plan.keys[2].fate, KeyFate::kFiltered);
  EXPECT_EQ(plan.keys[2].reason, "renamed to nothing");
}

TEST(WeightPlan, RenamesWorkOnNamesWithoutWrappersToo) {
  const Weights file({{"module.encoder.weight", {4}}});
  const WeightPlan plan = PlanWeights(Tensors({{"body.weight", {4}}}), file.table(),
                                      {.rename = {RenameOf("^encoder", "body")}});
  EXPECT_THAT(TensorFates(plan), ElementsAre(TensorFate::kBound));
}

TEST(WeightPlan, TwoKeysForOneTensorAreRefused) {
  const Weights file({{"a", {1}}, {"b", {1}}});
  const WeightPlan plan =
      PlanWeights(Tensors({{"a", {1}}}), file.table(), {.rename = {RenameOf("^b$", "a")}});
  EXPECT_THAT(KeyFates(plan), ElementsAre(KeyFate::kUsed, KeyFate::kRefused));
  EXPECT_EQ(plan.keys[1].reason, "\"a\" is \"a\" too");
}

TEST(WeightPlan, TiedWeightsAreSatisfiedByOneKey) {
  std::vector<ArchitectureTensor> tensors =
      Tensors({{"embed.weight", {50, 8}}, {"decoder.weight", {50, 8}}});
  tensors[0].tied_group = tensors[1].tied_group = 0;
  const Weights file({{"embed.weight", {50, 8}}});
  const WeightPlan plan = PlanWeights(tensors, file.table(), {});
  EXPECT_THAT(TensorFates(plan), ElementsAre(TensorFate::kBound, TensorFate::kTied));
  EXPECT_EQ(plan.tensors[1].tied_to, 0u);
}

TEST(WeightPlan, TiedWeightsThatTheFileUntiedTakeTheLastAndSaySo) {
  std::vector<ArchitectureTensor> tensors =
      Tensors({{"embed.weight", {2, 2}}, {"decoder.weight", {2, 2}}});
  tensors[0].tied_group = tensors[1].tied_group = 0;
  Weights equal({{"embed.weight", {2, 2}}, {"decoder.weight", {2, 2}}});
  const WeightPlan quiet = PlanWeights(tensors, equal.table(), {});
  EXPECT_THAT(TensorFates(quiet), ElementsAre(TensorFate::kTied, TensorFate::kBound));
  EXPECT_THAT(KeyFates(quiet), testing::Each(KeyFate::kUsed));
  EXPECT_THAT(quiet.notes, IsEmpty());
  Weights different({{"embed.weight", {2, 2}}});
  different.Add({"decoder.weight", {2, 2}}, 7);
  EXPECT_THAT(PlanWeights(tensors, different.table(), {}).notes,
              ElementsAre(HasSubstr("are one tensor, but the file has two values")));
}

TEST(WeightPlan, OldFilesNeedNoBatchCounters) {
  std::vector<ArchitectureTensor> tensors =
      Tensors({{"bn.weight", {4}}, {"bn.num_batches_tracked", {}, DType::kInt64}});
  tensors[1].role = ArchitectureTensor::Role::kBuffer;
  const Weights old({{"bn.weight", {4}}});
  EXPECT_THAT(TensorFates(PlanWeights(tensors, old.table(), {})),
              ElementsAre(TensorFate::kBound, TensorFate::kInitialised));
  const Weights averaged({{"bn.weight", {4}}, {"bn.num_batches_tracked", {}, DType::kFloat32}});
  const WeightPlan plan = PlanWeights(tensors, averaged.table(), {});
  EXPECT_EQ(plan.tensors[1].fate, TensorFate::kInitialised);
  EXPECT_EQ(plan.keys[1].fate, KeyFate::kFiltered);
}

TEST(WeightPlan, NumbersFromBeforePyTorch04AreVectorsOfOne) {
  const Weights file({{"scale", {1}}});
  EXPECT_THAT(TensorFates(PlanWeights(Tensors({{"scale", {}}}), file.table(), {})),
              ElementsAre(TensorFate::kBound));
}

TEST(WeightPlan, KeptTensorsAskNothingOfTheFile) {
  std::vector<ArchitectureTensor> tensors = Tensors(Classifier());
  tensors[0].kept = true;
  const Weights lacking({{"fc.weight", {10, 8}}, {"fc.bias", {10}}});
  EXPECT_THAT(TensorFates(PlanWeights(tensors, lacking.table(), {})),
              ElementsAre(TensorFate::kKept, TensorFate::kBound, TensorFate::kBound));
  const Weights having({{"conv.weight", {1}}, {"fc.weight", {10, 8}}, {"fc.bias", {10}}});
  const WeightPlan plan = PlanWeights(tensors, having.table(), {});
  EXPECT_EQ(plan.tensors[0].fate, TensorFate::kKept);
  EXPECT_EQ(plan.keys[0].fate, KeyFate::kFiltered);
  EXPECT_EQ(plan.keys[0].reason, "frozen: its tensor is kept");
}

TEST(WeightPlan, AllNamesOfAKeptTensorAreKept) {
  std::vector<ArchitectureTensor> tensors = Tensors({{"a", {2}}, {"b", {2}}, {"c", {2}}});
  tensors[0].tied_group = tensors[1].tied_group = 3;
  tensors[1].kept = true;
  const Weights file({{"a", {2}}, {"c", {2}}});
  EXPECT_THAT(TensorFates(PlanWeights(tensors, file.table(), {})),
              ElementsAre(TensorFate::kKept, TensorFate::kKept, TensorFate::kBound));
}

TEST(WeightPlan, BuffersThatAreNotSavedAreComputed) {
  std::vector<ArchitectureTensor> tensors = Tensors({{"w", {2}}, {"position_ids", {8}}});
  tensors[1].role = ArchitectureTensor::Role::kBuffer;
  tensors[1].persistent = false;
  const Weights file({{"w", {2}}, {"position_ids", {8}}});
  const WeightPlan plan = PlanWeights(tensors, file.table(), {});
  EXPECT_EQ(plan.tensors[1].fate, TensorFate::kComputed);
  EXPECT_EQ(plan.keys[1].fate, KeyFate::kRefused);
}

TEST(WeightPlan, CastsAmongFloatsOnly) {
  EXPECT_TRUE(CanCast(DType::kFloat16, DType::kFloat32));
  EXPECT_TRUE(CanCast(DType::kFloat64, DType::kBFloat16));
  EXPECT_TRUE(CanCast(DType::kFloat8E5M2, DType::kFloat32));
  EXPECT_TRUE(CanCast(DType::kComplex128, DType::kComplex64));
  EXPECT_TRUE(CanCast(DType::kInt32, DType::kInt64));
  EXPECT_TRUE(CanCast(DType::kUInt8, DType::kInt16));
  EXPECT_TRUE(CanCast(DType::kUInt8, DType::kBool));
  EXPECT_TRUE(CanCast(DType::kQInt8, DType::kQInt8));
  EXPECT_FALSE(CanCast(DType::kInt64, DType::kInt32));
  EXPECT_FALSE(CanCast(DType::kInt8, DType::kUInt16));
  EXPECT_FALSE(CanCast(DType::kInt64, DType::kFloat32));
  EXPECT_FALSE(CanCast(DType::kFloat32, DType::kInt64));
  EXPECT_FALSE(CanCast(DType::kComplex64, DType::kFloat32));
  EXPECT_FALSE(CanCast(DType::kQInt8, DType::kFloat32));
}

TEST(WeightPlan, WeightsThatCannotBeCastDoNotFit) {
  const Weights file({{"index", {4}, DType::kFloat32}, {"w", {4}, DType::kFloat16}});
  const WeightPlan plan =
      PlanWeights(Tensors({{"index", {4}, DType::kInt64}, {"w", {4}}}), file.table(), {});
  EXPECT_THAT(TensorFates(plan), ElementsAre(TensorFate::kMismatched, TensorFate::kBound));
}

}  // namespace
}  // namespace graft::models
