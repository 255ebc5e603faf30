#include "samples/03_cartpole_swarm/swarm.h"

#include <algorithm>

namespace graft::samples {
namespace {

// As in samples/train/train_cartpole.py. A new cart: each uniformly within plus or minus.
constexpr CartPole kStart = {.position = 0.8f, .velocity = 0.5f, .angle = 0.3f, .rate = 0.6f};
constexpr float kGustChance = 1.0f / 90.0f;  // that one begins in a frame
constexpr float kGustForceMin = 0.2f;        // N
constexpr float kGustForceMax = 0.65f;       // N
constexpr float kGustFramesMin = 6.0f;
constexpr float kGustFramesMax = 18.0f;

// How long a fallen cart lies. Drawn, so that carts that fell together do not rise together.
constexpr float kLyingFramesMin = 1.0f * kFramesPerSecond;
constexpr float kLyingFramesMax = 3.0f * kFramesPerSecond;

}  // namespace

Swarm::Swarm(size_t size, uint32_t seed) : random_(seed), carts_(size) {
  for (Cart& cart : carts_) Start(cart);
}

size_t Swarm::standing() const {
  return static_cast<size_t>(std::count_if(
      carts_.begin(), carts_.end(), [](const Cart& cart) { return cart.lying_frames == 0; }));
}

void Swarm::Command(const float* forces) {
  for (size_t i = 0; i < carts_.size(); ++i) {
    if (carts_[i].lying_frames > 0) continue;
    carts_[i].force = std::clamp(forces[i], -CartPole::kMaxForce, CartPole::kMaxForce);
  }
}

void Swarm::Respawn() {
  for (Cart& cart : carts_) {
    if (cart.lying_frames > 0 && --cart.lying_frames == 0) Start(cart);
  }
}

void Swarm::Observe(float* observations) const {
  for (const Cart& cart : carts_) {
    *observations++ = cart.body.position;
    *observations++ = cart.body.velocity;
    *observations++ = cart.body.angle;
    *observations++ = cart.body.rate;
    *observations++ = cart.force;
  }
}

void Swarm::Step() {
  for (Cart& cart : carts_) {
    if (cart.lying_frames > 0) continue;
    Blow(cart);
    cart.body.Integrate(cart.force, cart.wind);
    if (cart.body.fallen()) {
      cart.force = 0;
      cart.lying_frames = static_cast<int>(Uniform(kLyingFramesMin, kLyingFramesMax));
    }
  }
}

float Swarm::Uniform(float low, float high) {
  return std::uniform_real_distribution<float>(low, high)(random_);
}

void Swarm::Start(Cart& cart) {
  cart = Cart();
  cart.body.position = Uniform(-kStart.position, kStart.position);
  cart.body.velocity = Uniform(-kStart.velocity, kStart.velocity);
  cart.body.angle = Uniform(-kStart.angle, kStart.angle);
  cart.body.rate = Uniform(-kStart.rate, kStart.rate);
}

void Swarm::Blow(Cart& cart) {
  if (cart.gust_frames > 0) --cart.gust_frames;
  if (cart.gust_frames > 0) return;
  cart.wind = 0;
  if (Uniform(0, 1) >= kGustChance) return;
  const float side = Uniform(0, 1) < 0.5f ? -1.0f : 1.0f;
  cart.wind = side * Uniform(kGustForceMin, kGustForceMax);
  cart.gust_frames = static_cast<int>(Uniform(kGustFramesMin, kGustFramesMax));
}

}  // namespace graft::samples
