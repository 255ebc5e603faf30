// Two states side by side, of which one is carried over a swap and one begins anew.
#include "runtime/agent_state.h"

#include <gtest/gtest.h>

#include <utility>

namespace graft::runtime {
namespace {

models::ModelSchema TwoStates() {
  const auto one = [](const char* name) {
    return models::TensorSpec{name, models::DType::kFloat32, {models::TensorSpec::kAgents, 1}};
  };
  return {{one("obs"), one("h"), one("c")}, {one("action"), one("h_next"), one("c_next")}};
}

class TwoStatesTest : public ::testing::TestWithParam<bool> {
 protected:
  TwoStatesTest() {
    block_.agents = 1;
    block_.resets.resize(1);
    block_.inputs.resize(3);
    block_.outputs.resize(3);
    block_.fading_inputs.resize(2);
    block_.fading_outputs.resize(2);
  }
  using Read = std::pair<float, float>;
  // A frame that adds one to each state; what it read of h and c.
  Read Frame(uint64_t version, uint64_t fading = 0, bool ok = true) {
    state_.Begin(version, fading, block_);
    Read read;
    float* const values[] = {&read.first, &read.second};
    for (size_t i = 1; i <= 2; ++i) {
      *values[i - 1] = *reinterpret_cast<const float*>(block_.inputs[i]);
      *reinterpret_cast<float*>(block_.outputs[i]) = *values[i - 1] + 1;
      if (fading == 0) continue;
      *reinterpret_cast<float*>(block_.fading_outputs[i - 1]) =
          *reinterpret_cast<const float*>(block_.fading_inputs[i - 1]) + 10;
    }
    state_.End(block_, ok, ok);
    return read;
  }

  Block block_;
  AgentState state_{TwoStates(),
                    {.pairs = {{1, 1, /*reset_at_swap=*/false}, {2, 2, /*reset_at_swap=*/true}}},
                    /*agents=*/1,
                    /*can_fade=*/GetParam()};
};

TEST_P(TwoStatesTest, GoEachTheirOwnWayAtASwap) {
  EXPECT_EQ(Frame(1), Read(0, 0));
  EXPECT_EQ(Frame(1), Read(1, 1));
  EXPECT_EQ(Frame(2), Read(2, 0));
  EXPECT_EQ(Frame(2), Read(3, 1));
}

TEST_P(TwoStatesTest, WaitForTheFirstFrameThatGoesWell) {
  Frame(1);
  EXPECT_EQ(Frame(2, 0, /*ok=*/false), Read(1, 0));
  EXPECT_EQ(Frame(2), Read(1, 0));
  EXPECT_EQ(Frame(2), Read(2, 1));
}

INSTANTIATE_TEST_SUITE_P(WithAndWithoutABlend, TwoStatesTest, ::testing::Bool());

class FadingStatesTest : public TwoStatesTest {};

TEST_P(FadingStatesTest, KeepTheOldVersionsStreamWhileItFades) {
  Frame(1);
  Frame(1);
  EXPECT_EQ(Frame(2, /*fading=*/1), Read(2, 0));
  EXPECT_EQ(Frame(2, /*fading=*/1), Read(3, 1));
  EXPECT_EQ(Frame(1, /*fading=*/2), Read(22, 22)) << "turned round: its own stream, both states";
}

INSTANTIATE_TEST_SUITE_P(WithABlend, FadingStatesTest, ::testing::Values(true));

}  // namespace
}  // namespace graft::runtime
