// What the manifest says of a model's outputs and states over time, by name, and how the batcher is
// told once the model's schema is known.
//
//   absl::Status status = ApplyContinuity(options.continuity, &batcher_options);
//
// Threads: values; a free function without state.
#ifndef GRAFT_RUNTIME_CONTINUITY_H_
#define GRAFT_RUNTIME_CONTINUITY_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "runtime/batcher.h"
#include "runtime/blend.h"

namespace graft::runtime {

struct ContinuityOptions {
  // What the output answers is the input of the same agent's next frame.
  struct State {
    std::string input;
    std::string output;
    StateSwap swap = StateSwap::kCarry;
  };

  int64_t blend_ns = 0;  // how long an old version fades into a new one; 0: not at all
  BlendCurve blend_curve = BlendCurve::kSmoothstep;
  // Of outputs that are not mixed as their kind suggests: floating values linearly, others not.
  std::vector<std::pair<std::string, BlendKind>> blends = {};
  std::vector<State> states = {};
  uint32_t burn_in_frames = 40;  // where a state asks for it; see StateOptions

  bool burns_in() const {
    return std::any_of(states.begin(), states.end(),
                       [](const State& state) { return state.swap == StateSwap::kBurnIn; });
  }
};

// Fills options->states, blends, blend_curve and can_fade from options->schema. Errors:
// kInvalidArgument, naming the tensor that is not there or does not fit.
absl::Status ApplyContinuity(const ContinuityOptions& continuity, BatcherOptions* options);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_CONTINUITY_H_
