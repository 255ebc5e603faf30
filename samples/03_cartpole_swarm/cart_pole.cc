#include "samples/03_cartpole_swarm/cart_pole.h"

#include <cmath>

namespace graft::samples {
namespace {

constexpr int kSubsteps = 2;
constexpr float kStep = 1.0f / (kFramesPerSecond * kSubsteps);  // s
constexpr float kGravity = 9.8f;                                // m/s^2
constexpr float kTotalMass = 1.1f;                              // kg, cart and pole
constexpr float kPoleMass = 0.1f;                               // kg
constexpr float kHalfLength = 0.5f;                             // m

}  // namespace

void CartPole::Integrate(float force, float wind) {
  for (int step = 0; step < kSubsteps; ++step) {
    const float sin = std::sin(angle);
    const float cos = std::cos(angle);
    const float swing = kPoleMass * kHalfLength * rate * rate * sin;
    const float pull = (force + wind + swing) / kTotalMass;
    const float turn = (kGravity * sin + (wind / kPoleMass - pull) * cos) /
                       (kHalfLength * (4.0f / 3.0f - kPoleMass * cos * cos / kTotalMass));
    const float push = pull - kPoleMass * kHalfLength * turn * cos / kTotalMass;
    velocity += kStep * push;
    rate += kStep * turn;
    position += kStep * velocity;
    angle += kStep * rate;
  }
}

bool CartPole::fallen() const {
  return std::abs(angle) > kMaxAngle || std::abs(position) > kMaxPosition;
}

}  // namespace graft::samples
