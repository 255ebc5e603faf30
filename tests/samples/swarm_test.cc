#include "samples/03_cartpole_swarm/swarm.h"

#include <gtest/gtest.h>

#include <vector>

namespace graft::samples {
namespace {

TEST(Swarm, ObservesWhatThePolicyWasTrainedOn) {
  Swarm swarm(3, 1);
  swarm.Command(std::vector<float>{1, 50, -50}.data());
  std::vector<float> rows(3 * Swarm::kObservationSize);
  swarm.Observe(rows.data());
  const Swarm::Cart& cart = swarm.carts()[1];
  const std::vector<float> row(rows.begin() + 5, rows.begin() + 10);
  EXPECT_EQ(row, (std::vector<float>{cart.body.position, cart.body.velocity, cart.body.angle,
                                     cart.body.rate, CartPole::kMaxForce}));
  EXPECT_EQ(rows[4], 1);
  EXPECT_EQ(rows[14], -CartPole::kMaxForce);
}

TEST(Swarm, FallsWithoutForcesAndIsReplacedAfterAWhile) {
  Swarm swarm(64, 1);
  EXPECT_EQ(swarm.standing(), 64u);
  for (int frame = 0; frame < kFramesPerSecond; ++frame) {
    swarm.Respawn();
    swarm.Step();
  }
  const size_t still_standing = swarm.standing();
  EXPECT_LT(still_standing, 20u);
  size_t replaced = 0;
  for (int frame = 0; frame < 3 * kFramesPerSecond; ++frame) {
    const size_t before = swarm.standing();
    swarm.Respawn();
    replaced += swarm.standing() - before;
    swarm.Step();
  }
  EXPECT_GE(replaced, 64 - still_standing);  // nobody lies for more than three seconds
}

TEST(Swarm, LeavesLyingCartsWhereTheyAre) {
  Swarm swarm(64, 1);
  for (int frame = 0; frame < kFramesPerSecond / 2; ++frame) swarm.Step();
  const std::vector<Swarm::Cart> before = swarm.carts();
  swarm.Command(std::vector<float>(64, 5.0f).data());
  swarm.Step();
  int lying = 0;
  for (size_t i = 0; i < 64; ++i) {
    if (before[i].lying_frames == 0) continue;
    ++lying;
    EXPECT_EQ(swarm.carts()[i].force, 0);
    EXPECT_EQ(swarm.carts()[i].body.angle, before[i].body.angle);
  }
  EXPECT_GT(lying, 0);
}

TEST(Swarm, RunsTheSameWithTheSameSeed) {
  Swarm first(16, 9), second(16, 9), other(16, 10);
  const auto observe = [](Swarm& swarm) {
    std::vector<float> rows(16 * Swarm::kObservationSize);
    for (int frame = 0; frame < 200; ++frame) {
      swarm.Respawn();
      swarm.Step();
    }
    swarm.Observe(rows.data());
    return rows;
  };
  const std::vector<float> rows = observe(first);
  EXPECT_EQ(rows, observe(second));
  EXPECT_NE(rows, observe(other));
}

}  // namespace
}  // namespace graft::samples
