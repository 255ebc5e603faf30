#include "samples/03_cartpole_swarm/cart_pole.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>

namespace graft::samples {
namespace {

// Written by samples/train/make_physics_fixture.py from the physics that the policies were trained
// on.
constexpr char kTrajectories[] = "tests/samples/cart_pole_trajectories.csv";
// Both sides compute in float32; an uncontrolled pole doubles a difference about every sixth of a
// second.
constexpr float kTolerance = 2e-4f;

TEST(CartPole, MovesAsInTheTrainingForASecond) {
  std::ifstream file(kTrajectories);
  ASSERT_TRUE(file) << kTrajectories;
  std::string line;
  std::getline(file, line);
  ASSERT_EQ(line, "cart,frame,force,wind,position,velocity,angle,rate");
  // Frame by frame, the carts of a frame together: each has its own body here.
  CartPole bodies[8];
  int compared = 0;
  while (std::getline(file, line)) {
    size_t cart = 0;
    int frame = 0;
    float force = 0, wind = 0;
    CartPole expected;
    ASSERT_EQ(std::sscanf(line.c_str(), "%zu,%d,%f,%f,%f,%f,%f,%f", &cart, &frame, &force, &wind,
                          &expected.position, &expected.velocity, &expected.angle, &expected.rate),
              8)
        << line;
    ASSERT_LT(cart, std::size(bodies));
    CartPole& body = bodies[cart];
    if (frame == 0) {
      body = expected;
      continue;
    }
    body.Integrate(force, wind);
    EXPECT_NEAR(body.position, expected.position, kTolerance) << line;
    EXPECT_NEAR(body.velocity, expected.velocity, kTolerance) << line;
    EXPECT_NEAR(body.angle, expected.angle, kTolerance) << line;
    EXPECT_NEAR(body.rate, expected.rate, kTolerance) << line;
    ++compared;
  }
  EXPECT_EQ(compared, 8 * 60);
}

TEST(CartPole, KeepsItsEnergyNearlyWhenNothingPushesIt) {
  CartPole body;
  body.angle = 0.5f;
  // Of the rod about its end and the cart; the track is without friction.
  const auto energy = [](const CartPole& b) {
    const float m = 0.1f, l = 0.5f, total = 1.1f, g = 9.8f;
    return 0.5f * total * b.velocity * b.velocity +
           m * l * b.velocity * b.rate * std::cos(b.angle) +
           0.5f * (4.0f / 3.0f) * m * l * l * b.rate * b.rate + m * g * l * std::cos(b.angle);
  };
  const float at_start = energy(body);
  for (int frame = 0; frame < kFramesPerSecond; ++frame) body.Integrate(0, 0);
  EXPECT_NEAR(energy(body), at_start, 0.02f * at_start);
}

TEST(CartPole, HasFallenBeyondItsAngleAndBeyondTheTrack) {
  CartPole body;
  EXPECT_FALSE(body.fallen());
  body.angle = -1.01f;
  EXPECT_TRUE(body.fallen());
  body.angle = 0;
  body.position = 2.41f;
  EXPECT_TRUE(body.fallen());
}

}  // namespace
}  // namespace graft::samples
