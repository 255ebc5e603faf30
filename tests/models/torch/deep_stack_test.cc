#include "models/torch/deep_stack.h"

#include <gtest/gtest.h>

#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

// Uses about `bytes` of stack.
int Recurse(size_t bytes) {
  volatile char page[4096];
  page[0] = static_cast<char>(bytes);
  if (bytes <= sizeof(page)) return page[0];
  return Recurse(bytes - sizeof(page)) + page[0];
}

TEST(RunOnDeepStack, HasRoomThatTheCallersThreadLacks) {
  bool done = false;
  // The caller's own stack is 8 MB at most.
  ASSERT_TRUE(RunOnDeepStack([&] {
                Recurse(kDeepStackBytes / 2);
                done = true;
              }).ok());
  EXPECT_TRUE(done);
}

TEST(RunOnDeepStack, IsPacedAsTheCallersThreadIs) {
  struct : PacingHook {
    void AtPoint() override {}
  } hook;
  PacingHook* found = nullptr;
  {
    const PacedScope paced(&hook);
    ASSERT_TRUE(RunOnDeepStack([&] { found = CurrentPacing(); }).ok());
  }
  EXPECT_EQ(found, &hook);
  ASSERT_TRUE(RunOnDeepStack([&] { found = CurrentPacing(); }).ok());
  EXPECT_EQ(found, nullptr);
}

}  // namespace
}  // namespace graft::models
