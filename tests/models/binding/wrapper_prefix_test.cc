#include "models/binding/wrapper_prefix.h"

#include "gtest/gtest.h"

namespace graft::models {
namespace {

TEST(WrapperPrefix, FindsTheLeadingRun) {
  EXPECT_EQ(LeadingWrappers("module.fc.weight"), "module.");
  EXPECT_EQ(LeadingWrappers("_orig_mod.module.fc.weight"), "_orig_mod.module.");
  EXPECT_EQ(LeadingWrappers("modules.fc.weight"), "");
  EXPECT_EQ(LeadingWrappers("fc.module.weight"), "");
  EXPECT_EQ(LeadingWrappers("module"), "");
  EXPECT_EQ(LeadingWrappers(""), "");
}

TEST(WrapperPrefix, LeavesOutWrappersWithinTheName) {
  EXPECT_EQ(WithoutWrappers("module.layer1._orig_mod.conv.weight"), "layer1.conv.weight");
  EXPECT_EQ(WithoutWrappers("a._fsdp_wrapped_module._checkpoint_wrapped_module.w"), "a.w");
  EXPECT_EQ(WithoutWrappers("features.module.0.weight"), "features.module.0.weight");
  EXPECT_EQ(WithoutWrappersOfParts("features.module.0.weight"), "features.0.weight");
  EXPECT_EQ(WithoutWrappers("module._orig_mod"), "_orig_mod");
  EXPECT_EQ(WithoutWrappers("w"), "w");
}

TEST(WrapperPrefix, KnowsTheCounterOfAnAveragedModel) {
  EXPECT_TRUE(IsAveragingCounter("n_averaged"));
  EXPECT_FALSE(IsAveragingCounter("fc.n_averaged"));
}

}  // namespace
}  // namespace graft::models
