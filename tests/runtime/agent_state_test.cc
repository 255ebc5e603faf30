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
    block_.beside_inputs.resize(2);
    block_.beside_outputs.resize(2);
  }
  using Read = std::pair<float, float>;
  // A frame that adds one to each state; what it read of h and c.
  Read Frame(uint64_t term, uint64_t fading = 0, bool ok = true) {
    Companion beside;
    if (fading != 0) beside = {.role = CompanionRole::kFades, .term = fading};
    state_.Begin(term, beside, block_);
    Read read;
    float* const values[] = {&read.first, &read.second};
    for (size_t i = 1; i <= 2; ++i) {
      *values[i - 1] = *reinterpret_cast<const float*>(block_.inputs[i]);
      *reinterpret_cast<float*>(block_.outputs[i]) = *values[i - 1] + 1;
      if (fading == 0) continue;
      *reinterpret_cast<float*>(block_.beside_outputs[i - 1]) =
          *reinterpret_cast<const float*>(block_.beside_inputs[i - 1]) + 10;
    }
    state_.End(block_, ok);
    state_.EndBeside(block_, beside.role, ok);
    return read;
  }

  Block block_;
  AgentState state_{TwoStates(),
                    {.pairs = {{1, 1, StateSwap::kCarry}, {2, 2, StateSwap::kReset}}},
                    /*agents=*/1,
                    /*beside=*/GetParam()};
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

// h is carried, c is burned in, g begins anew.
class BurningStatesTest : public ::testing::Test {
 protected:
  BurningStatesTest() {
    block_.agents = 1;
    block_.resets.resize(1);
    block_.inputs.resize(4);
    block_.outputs.resize(4);
    block_.beside_inputs.resize(3);
    block_.beside_outputs.resize(3);
  }
  static models::ModelSchema Schema() {
    models::ModelSchema schema = TwoStates();
    schema.inputs.push_back(schema.inputs[1]);
    schema.outputs.push_back(schema.outputs[1]);
    return schema;
  }
  struct Read {
    float h = 0;
    float c = 0;
    float g = 0;
    friend bool operator==(const Read&, const Read&) = default;
  };
  // The serving version adds one to each state, the other ten. What each read.
  struct Both {
    Read serving;
    Read beside;
  };
  Both Frame(uint64_t term, const Companion& beside = {}, bool ok = true, bool beside_ok = true) {
    state_.Begin(term, beside, block_);
    Both both;
    float* const serving[] = {&both.serving.h, &both.serving.c, &both.serving.g};
    float* const other[] = {&both.beside.h, &both.beside.c, &both.beside.g};
    for (size_t i = 0; i < 3; ++i) {
      *serving[i] = *reinterpret_cast<const float*>(block_.inputs[i + 1]);
      *reinterpret_cast<float*>(block_.outputs[i + 1]) = *serving[i] + 1;
    }
    state_.End(block_, ok);
    if (beside.role == CompanionRole::kNone) return both;
    for (size_t i = 0; i < 3; ++i) {
      *other[i] = *reinterpret_cast<const float*>(block_.beside_inputs[i]);
      *reinterpret_cast<float*>(block_.beside_outputs[i]) = *other[i] + 10;
    }
    state_.EndBeside(block_, beside.role, beside_ok);
    return both;
  }
  static Companion As(CompanionRole role, uint64_t term) { return {.role = role, .term = term}; }
  static Companion BurnsIn(uint64_t term) { return As(CompanionRole::kBurnsIn, term); }

  Block block_;
  AgentState state_{
      Schema(),
      {.pairs = {{1, 1, StateSwap::kCarry}, {2, 2, StateSwap::kBurnIn}, {3, 3, StateSwap::kReset}},
       .burn_in_frames = 2},
      /*agents=*/1,
      /*beside=*/true};
};

TEST_F(BurningStatesTest, GoEachTheirOwnWay) {
  Frame(1);
  Frame(1);
  EXPECT_EQ(Frame(1, BurnsIn(2)).beside, (Read{2, 0, 0})) << "a carried one is read, not written";
  const Both second = Frame(1, BurnsIn(2));
  EXPECT_EQ(second.serving, (Read{3, 3, 3}));
  EXPECT_EQ(second.beside, (Read{3, 10, 10}));
  EXPECT_EQ(Frame(2).serving, (Read{4, 20, 0}));
  EXPECT_EQ(Frame(2).serving, (Read{5, 21, 1}));
}

TEST_F(BurningStatesTest, TakeOverWithWhatTheyHaveWhenTheFirstFrameFails) {
  Frame(1);
  Frame(1, BurnsIn(2));
  EXPECT_EQ(Frame(2, {}, /*ok=*/false).serving, (Read{2, 10, 0}));
  const Both failed = Frame(2, BurnsIn(3), /*ok=*/false);
  EXPECT_EQ(failed.serving, (Read{2, 10, 0}));
  EXPECT_EQ(failed.beside, (Read{2, 0, 0}));
  EXPECT_EQ(Frame(2, BurnsIn(3)).serving, (Read{2, 10, 0}));
  EXPECT_EQ(Frame(3).serving, (Read{3, 20, 0}));
}

TEST_F(BurningStatesTest, MakeNothingOfFramesThatFail) {
  Frame(1);
  Frame(1, BurnsIn(2), true, /*beside_ok=*/false);
  EXPECT_EQ(state_.BurnInOf(2).frames, 0u);
  EXPECT_EQ(state_.BurnInOf(2).passed, 1u);
  EXPECT_EQ(Frame(1, BurnsIn(2), /*ok=*/false).beside, (Read{2, 0, 0}));
  EXPECT_EQ(state_.BurnInOf(2).frames, 1u);
  EXPECT_EQ(Frame(2).serving, (Read{2, 10, 0}));
}

TEST_F(BurningStatesTest, GoOnBesideWhileTheOldVersionFades) {
  Frame(1);
  Frame(1, BurnsIn(2));
  const Both fading = Frame(2, As(CompanionRole::kFades, 1));
  EXPECT_EQ(fading.serving, (Read{2, 10, 0}));
  EXPECT_EQ(fading.beside, (Read{2, 2, 2})) << "with all of its own";
  const Both later = Frame(2, As(CompanionRole::kFades, 1));
  EXPECT_EQ(later.serving, (Read{3, 11, 1}));
  EXPECT_EQ(later.beside, (Read{12, 12, 12}));
  EXPECT_EQ(Frame(2, BurnsIn(3)).beside, (Read{4, 0, 0}));
}

TEST_F(BurningStatesTest, BeginAnewWhenTheyGoOnTrialAndNotOnceMoreWhenTheyServe) {
  Frame(1);
  Frame(1, BurnsIn(2));
  EXPECT_EQ(Frame(1, As(CompanionRole::kOnTrial, 2)).beside, (Read{2, 10, 0}));
  EXPECT_EQ(Frame(1, As(CompanionRole::kOnTrial, 2)).beside, (Read{3, 20, 10}));
  EXPECT_EQ(Frame(2).serving, (Read{4, 30, 20}));
}

TEST_F(BurningStatesTest, BeginWithZerosInEveryTermOfTheirVersion) {
  Frame(1);
  Frame(1, BurnsIn(2));
  Frame(1);
  EXPECT_EQ(Frame(1, BurnsIn(3)).beside, (Read{3, 0, 0}));
  EXPECT_EQ(state_.BurnInOf(2).frames, 0u);
  EXPECT_EQ(state_.BurnInOf(3).frames, 1u);
}

TEST_F(BurningStatesTest, AreZerosForAGroupThatHadNoFrameMeanwhile) {
  Frame(1);
  Frame(1, BurnsIn(2));
  EXPECT_EQ(Frame(3).serving, (Read{2, 0, 0}));
}

}  // namespace
}  // namespace graft::runtime
