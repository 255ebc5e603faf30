// Many cart-poles in the wind. The swarm knows nothing of networks: it writes what the carts see
// into any memory and takes forces from any memory.
//
//   Swarm swarm(256, /*seed=*/1);
//   each frame:
//     swarm.Command(forces);        // those computed from the last frame's observations
//     swarm.Respawn();
//     swarm.Observe(observations);
//     swarm.Step();
//
// A gust blows on a pole for a while, then stops; each cart has its own, drawn as in training. A
// cart that falls lies still for one to three seconds and is then replaced by a new one. Threads:
// one at a time.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_SWARM_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_SWARM_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "samples/03_cartpole_swarm/cart_pole.h"

namespace graft::samples {

class Swarm {
 public:
  static constexpr size_t kObservationSize = 5;

  struct Cart {
    CartPole body;
    float force = 0;       // N on the cart now
    float wind = 0;        // N on the pole now
    int gust_frames = 0;   // the gust goes on for so many
    int lying_frames = 0;  // 0: stands; else it is replaced after so many
  };

  Swarm(size_t size, uint32_t seed);

  size_t size() const { return carts_.size(); }
  const std::vector<Cart>& carts() const { return carts_; }
  size_t standing() const;

  // forces: [size] float32, newtons, clamped to what the motor can do. Those of lying carts are
  // ignored.
  void Command(const float* forces);
  // Replaces the carts that have lain long enough.
  void Respawn();
  // observations: [size, kObservationSize] float32, row-major: position, velocity, angle, rate,
  // force.
  void Observe(float* observations) const;
  // One frame of wind and physics.
  void Step();

 private:
  float Uniform(float low, float high);
  void Start(Cart& cart);
  void Blow(Cart& cart);

  std::mt19937 random_;
  std::vector<Cart> carts_;
};

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_SWARM_H_
