// A call with room for recursion: LibTorch's parser, compiler and passes recurse over the nesting
// of a model's code (2 to 5 KB for each level), and a host may load on a thread with a small stack.
//
//   absl::Status status;
//   RunOnDeepStack([&] { status = Compile(code); });
//
// Threads: any; blocks until the call is done. `call` runs on another thread, which ends with it
// and is paced as this one is (pacing.h).
#ifndef GRAFT_MODELS_TORCH_DEEP_STACK_H_
#define GRAFT_MODELS_TORCH_DEEP_STACK_H_

#include <functional>

#include "absl/status/status.h"

namespace graft::models {

// Room for every nesting that code_check.h and pickle_check.h let through, several times over. Only
// pages that are used cost memory.
inline constexpr size_t kDeepStackBytes = size_t{64} << 20;

// Errors: kResourceExhausted: no thread could be started, and `call` did not run.
// @pre `call` does not throw.
absl::Status RunOnDeepStack(const std::function<void()>& call);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_DEEP_STACK_H_
