// LibTorch's exceptions as Python's, raised at the line being evaluated.
//
//   at::Tensor sum = AtLine(ev, [&] { return a + b; });
//
// Around every call into LibTorch: it also sets the thread up for it (inference mode, one intra-op
// thread, no autocast) and puts it back.
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TORCH_ERROR_AT_LINE_H_
#define GRAFT_MODELS_ARCHITECTURE_TORCH_ERROR_AT_LINE_H_

#include <ATen/core/Tensor.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <utility>

#include "models/python/evaluator.h"
#include "models/torch/intra_op_threads.h"

namespace graft::models::architecture {

// What calls into LibTorch run under, while a network is built and recorded.
struct TorchScope {
  OneIntraOpThread one_thread;
  c10::InferenceMode inference;
  c10::impl::ExcludeDispatchKeyGuard no_autocast{c10::autocast_dispatch_keyset};
};

// Called in a catch block. Python's own exceptions pass through; LibTorch's become IndexError,
// TypeError, ValueError, NotImplementedError, MemoryError or RuntimeError with its first sentences.
[[noreturn]] void RaiseTorchError(python::Evaluator& ev);

template <typename Body>
auto AtLine(python::Evaluator& ev, Body&& body) -> decltype(body()) {
  try {
    TorchScope scope;
    return std::forward<Body>(body)();
  } catch (...) {
    RaiseTorchError(ev);
  }
}

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TORCH_ERROR_AT_LINE_H_
