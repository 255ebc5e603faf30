// Everything that a call into LibTorch sets on its thread, and puts back: inference mode, one
// intra-op thread, no autocast, pacing points where the thread is paced.
//
//   CallScope scope;
//   forward.Call(stack);
//
// Threads: of the thread that makes it. For .cc files of models/torch and models/architecture
// only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_CALL_SCOPE_H_
#define GRAFT_MODELS_TORCH_CALL_SCOPE_H_

#include <c10/core/InferenceMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "models/torch/intra_op_threads.h"
#include "models/torch/paced_operators.h"

namespace graft::models {

struct CallScope {
  OneIntraOpThread one_thread;
  c10::InferenceMode inference;
  c10::impl::ExcludeDispatchKeyGuard no_autocast{c10::autocast_dispatch_keyset};
  PacedOperators paced;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_CALL_SCOPE_H_
