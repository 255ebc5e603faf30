#include "models/architecture/linear_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace graft::models::architecture {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using Keys = std::vector<std::pair<std::string, std::vector<int64_t>>>;

absl::StatusOr<std::vector<ChainedLayer>> Find(const Keys& keys, DType dtype = DType::kFloat32) {
  std::vector<PlannedKey> planned;
  for (const auto& [name, shape] : keys) {
    PlannedKey& key = planned.emplace_back();
    key.key = absl::StrCat("actor.", name);
    key.name = name;
    key.shape = shape;
    key.dtype = dtype;
  }
  return FindLinearChain(planned, "model_0.pt");
}

// "0: 48 -> 256 + bias, ..."
std::string ChainOf(const Keys& keys) {
  const auto found = Find(keys);
  if (!found.ok()) return std::string(found.status().message());
  return absl::StrJoin(*found, ", ", [](std::string* out, const ChainedLayer& layer) {
    absl::StrAppend(out, layer.name, ": ", layer.inputs, " -> ", layer.outputs,
                    layer.bias ? " + bias" : "");
  });
}

TEST(LinearChain, TakesNumberedLayersByTheirNumbers) {
  EXPECT_EQ(ChainOf({{"10.weight", {12, 32}},
                     {"10.bias", {12}},
                     {"2.weight", {32, 64}},
                     {"0.weight", {64, 48}},
                     {"0.bias", {64}}}),
            "0: 48 -> 64 + bias, 2: 64 -> 32, 10: 32 -> 12 + bias");
}

TEST(LinearChain, TakesNamedLayersInTheFilesOrder) {
  EXPECT_EQ(ChainOf({{"out.weight", {8, 4}}, {"again.weight", {2, 8}}}),
            "out: 4 -> 8, again: 8 -> 2");
}

TEST(LinearChain, PassesOverWhatIsNoLinearLayerOfTheChain) {
  EXPECT_EQ(ChainOf({{"std", {2}},
                     {"head.weight", {9, 9}},        // not numbered, where others are
                     {"critic.0.weight", {64, 48}},  // of another level
                     {"1.weight", {4}},              // a norm
                     {"0.weight", {4, 3}},
                     {"2.weight", {2, 4}}}),
            "0: 3 -> 4, 2: 4 -> 2");
}

TEST(LinearChain, RefusesLayersThatDoNotFitEachOther) {
  EXPECT_THAT(ChainOf({{"0.weight", {64, 48}}, {"2.weight", {12, 32}}}),
              HasSubstr("model_0.pt: the layer \"2\" takes 32 features, but \"0\" before it gives "
                        "64."));
}

TEST(LinearChain, SaysWhatTheFileHasInstead) {
  EXPECT_THAT(ChainOf({{"actor.0.weight", {64, 48}}, {"actor.0.bias", {64}}}),
              AllOf(HasSubstr("no linear layers are found in it. It has actor.0.weight, "
                              "actor.0.bias"),
                    HasSubstr("\"strip_prefix\"")));
  EXPECT_FALSE(Find({{"0.weight", {64, 48}}}, DType::kInt8).ok());
}

}  // namespace
}  // namespace graft::models::architecture
