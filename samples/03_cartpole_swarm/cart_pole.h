// One cart with one pole: the physics that the policies were trained on, in float32.
//
//   CartPole cart;
//   cart.angle = 0.1f;
//   cart.Integrate(/*force=*/-4.0f, /*wind=*/0.0f);   // one frame of 1/60 s later
//
// Barto, Sutton and Anderson (1983), with wind on the pole. samples/train/train_cartpole.py has the
// equations and computes the same; tests/samples/cart_pole_test.cc holds the two together.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_CART_POLE_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_CART_POLE_H_

namespace graft::samples {

inline constexpr int kFramesPerSecond = 60;

struct CartPole {
  static constexpr float kMaxForce = 10.0f;    // N
  static constexpr float kMaxAngle = 1.0f;     // rad; beyond it the pole has fallen
  static constexpr float kMaxPosition = 2.4f;  // m; the track ends there

  float position = 0;  // m, to the right of the middle of the track
  float velocity = 0;  // m/s
  float angle = 0;     // rad from upright, to the right
  float rate = 0;      // rad/s

  // Advances by one frame. force: newtons on the cart; wind: newtons on the middle of the pole.
  void Integrate(float force, float wind);

  // The pole lies, or the cart has left the track.
  bool fallen() const;
};

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_CART_POLE_H_
