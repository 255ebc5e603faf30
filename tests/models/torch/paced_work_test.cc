#include <ATen/ATen.h>
#include <c10/core/CPUAllocator.h>
#include <gtest/gtest.h>

#include <vector>

#include "models/tensor/pacing.h"
#include "models/torch/paced_operators.h"
#include "models/torch/paced_storage.h"
#include "models/torch/torch_model.h"

namespace graft::models {
namespace {

struct CountingHook final : PacingHook {
  void AtPoint() override { ++points; }
  int points = 0;
};

at::Tensor Weights(int64_t bytes) { return at::ones({bytes / 4}, at::kFloat); }

TEST(PacedStorage, IsFreedInPiecesOnAPacedThread) {
  at::Tensor weights = Weights(16 << 20);
  FreeInPieces(weights.storage());
  CountingHook hook;
  const PacedScope paced(&hook);
  const at::Tensor view = weights.narrow(0, 0, 1);
  weights.reset();
  EXPECT_EQ(hook.points, 0) << "somebody holds it";
  EXPECT_EQ(view.item<float>(), 1);
  const_cast<at::Tensor&>(view).reset();
  EXPECT_GE(hook.points, 8) << "of two megabytes at most each";
}

TEST(PacedStorage, IsFreedAtOnceElsewhere) {
  const at::Tensor weights = Weights(16 << 20);
  FreeInPieces(weights.storage());
  FreeInPieces(weights.storage());  // of a version that shares it
}

TEST(PacedStorage, LeavesSmallAndForeignMemoryAsItIs) {
  const at::Tensor small = Weights(1 << 20);
  FreeInPieces(small.storage());
  EXPECT_EQ(small.storage().data_ptr().get_deleter(), c10::GetDefaultCPUAllocator()->raw_deleter());
  std::vector<float> own(8 << 20);
  int deleted = 0;
  {
    const at::Tensor foreign =
        at::from_blob(own.data(), {static_cast<int64_t>(own.size())}, [&](void*) { ++deleted; });
    FreeInPieces(foreign.storage());
  }
  EXPECT_EQ(deleted, 1);
}

TEST(PacedOperators, StopBeforeEveryOperatorOfAPacedThread) {
  const at::Tensor values = at::ones({4});
  CountingHook hook;
  {
    const PacedScope paced(&hook);
    const PacedOperators operators;
    at::add(values, values);
    EXPECT_GE(hook.points, 1);
    const int one = hook.points;
    at::add(values, values);
    EXPECT_EQ(hook.points, 2 * one);
  }
  const int before = hook.points;
  const PacedOperators nothing;
  at::add(values, values);
  EXPECT_EQ(hook.points, before);
}

TEST(PacedOperators, HoldUpATrialForwardButNotOneOfAFrame) {
  const auto model =
      TorchModel::LoadTorchScript("tests/fixtures/torchscript/policy_scripted.pt", {});
  ASSERT_TRUE(model.ok()) << model.status();
  const ModelSchema& schema = (*model)->schema();
  std::vector<std::vector<std::byte>> buffers;
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  for (const TensorSpec& spec : schema.inputs) {
    inputs.push_back(buffers.emplace_back(spec.RowBytes()).data());
  }
  for (const TensorSpec& spec : schema.outputs) {
    outputs.push_back(buffers.emplace_back(spec.RowBytes()).data());
  }
  CountingHook hook;
  {
    const PacedScope paced(&hook);
    ASSERT_TRUE((*model)->Run(1, inputs, outputs).ok());
  }
  EXPECT_GE(hook.points, 3);
  const int before = hook.points;
  ASSERT_TRUE((*model)->Run(1, inputs, outputs).ok());
  EXPECT_EQ(hook.points, before);
}

}  // namespace
}  // namespace graft::models
