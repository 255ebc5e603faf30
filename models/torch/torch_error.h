// LibTorch's exceptions, turned into a status with the words that help.
//
//   return Guarded("walker.pt: loading", absl::StatusCode::kInvalidArgument,
//                  [&]() -> absl::Status { ... LibTorch calls ... });
//
// Threads: free functions without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_TORCH_ERROR_H_
#define GRAFT_MODELS_TORCH_TORCH_ERROR_H_

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace graft::models {

// The lines of a LibTorch message that say what happened, without stack traces and addresses: at
// most three, in one.
std::string UsefulLines(absl::string_view message);

// Called in a catch block. `context` begins the message.
absl::Status StatusOfException(absl::string_view context, absl::StatusCode code);

// Runs `body`, which returns absl::Status or absl::StatusOr; no exception leaves.
template <typename Body>
auto Guarded(absl::string_view context, absl::StatusCode code, Body&& body) -> decltype(body()) {
  try {
    return std::forward<Body>(body)();
  } catch (...) {
    return StatusOfException(context, code);
  }
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_TORCH_ERROR_H_
