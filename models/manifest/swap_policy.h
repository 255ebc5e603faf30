// How new versions of a model take over: the "swap" of a manifest, its "state", and how its outputs
// are mixed.
//
// Threads: values.
#ifndef GRAFT_MODELS_MANIFEST_SWAP_POLICY_H_
#define GRAFT_MODELS_MANIFEST_SWAP_POLICY_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "models/tensor/dtype.h"

namespace graft::models {

struct SwapPolicy {
  // When a new version takes over.
  enum class Commit {
    kAuto,    // at the first tick after it is ready
    kManual,  // when the host says so
  };
  enum class BlendCurve { kLinear, kSmoothstep };
  enum class Blend { kNone, kLinear, kQuaternion, kAngle };
  // |found - expected| <= atol + rtol * |expected|
  struct Tolerance {
    double rtol = 0;
    double atol = 0;
    friend bool operator==(const Tolerance&, const Tolerance&) = default;
  };
  // A candidate serves some rows, or none, and is compared before it takes over.
  struct Trial {
    double fraction = 0;  // of each group's agents, its first ones, 0 to 1
    absl::Duration duration = absl::Seconds(10);
    int64_t rows = 1000;
    double max_difference = 0;  // of any value; 0: any
    friend bool operator==(const Trial&, const Trial&) = default;
  };

  // What a new version does with a state.
  enum class StateSwap {
    kCarry,   // goes on with the old version's
    kReset,   // begins with zeros
    kBurnIn,  // makes its own beside the old version before it takes over
  };

  // What the output answers is the input of the same agent's next frame.
  struct State {
    std::string input;
    std::string output;
    std::optional<StateSwap> swap;  // none: as state_swap says
    friend bool operator==(const State&, const State&) = default;
  };

  bool watch = true;  // look for new versions at all
  Commit commit = Commit::kAuto;
  int keep = 1;  // older versions kept in memory for an instant rollback; 0 to 16
  absl::Duration poll = absl::Milliseconds(250);   // how often the source is looked at
  absl::Duration stable = absl::Milliseconds(50);  // how long a file must be unchanged to be read

  absl::Duration blend = absl::ZeroDuration();  // how long old and new outputs are mixed
  BlendCurve blend_curve = BlendCurve::kSmoothstep;
  std::vector<std::pair<std::string, Blend>> blends;  // {output, how}, where it is said
  std::vector<State> states;
  StateSwap state_swap = StateSwap::kCarry;
  int burn_in_frames = 40;  // of an agent, where a state is burned in
  bool burns_in() const {
    return std::any_of(states.begin(), states.end(), [this](const State& state) {
      return state.swap.value_or(state_swap) == StateSwap::kBurnIn;
    });
  }

  std::string golden_path;             // safetensors; empty: none
  std::optional<Tolerance> tolerance;  // of the golden values; none: by the precision
  double max_slowdown = 0;             // times the serving version's forward; 0: any
  double pace = 4;                     // times as long as it must, loading may take beside frames
  std::vector<std::string> sha256;     // of files that may be loaded, lower case; empty: all
  std::string sha256_path;             // a file of such lines, read before each load; empty: none
  std::optional<Trial> trial;

  friend bool operator==(const SwapPolicy&, const SwapPolicy&) = default;
};

// What rounding costs a network that runs in `precision`, beside its values in float32.
inline SwapPolicy::Tolerance DefaultTolerance(DType precision) {
  if (precision == DType::kFloat16) return {1e-2, 5e-3};
  if (precision == DType::kBFloat16) return {5e-2, 3e-2};
  return {1e-4, 1e-5};
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_SWAP_POLICY_H_
