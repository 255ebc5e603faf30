// A pacing point (models/tensor/pacing.h) before every operator that LibTorch runs on this thread.
//
//   PacedOperators paced;
//   forward.Call(stack);        // the trial forward of a large network, a layer at a time
//
// LibTorch's own hook for profilers, set for this thread only. Threads that are not paced, such as
// those of frames, set nothing. Threads: of the thread that makes it.
#ifndef GRAFT_MODELS_TORCH_PACED_OPERATORS_H_
#define GRAFT_MODELS_TORCH_PACED_OPERATORS_H_

#include <cstdint>

#include "models/tensor/pacing.h"

namespace graft::models {

class PacedOperators {
 public:
  PacedOperators() : callback_(CurrentPacing() == nullptr ? 0 : AddCallback()) {}
  ~PacedOperators() {
    if (callback_ != 0) RemoveCallback(callback_);
  }
  PacedOperators(const PacedOperators&) = delete;
  PacedOperators& operator=(const PacedOperators&) = delete;

 private:
  static uint64_t AddCallback();
  static void RemoveCallback(uint64_t callback);

  const uint64_t callback_;  // 0: none
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_PACED_OPERATORS_H_
