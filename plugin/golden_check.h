// Does a candidate answer what a file of golden values says? The last question before it may serve.
//
//   absl::Status status = CheckGolden(executable, {"golden.safetensors", {1e-4, 1e-5}});
//
// The file names inputs and outputs as the model does, or in0, in1 ..., out0, out1 ... Inputs that
// it lacks are zeros (a first frame's state); outputs that it lacks are only checked to be finite.
//
// Threads: a free function without state; runs one forward and blocks for the file system.
#ifndef GRAFT_PLUGIN_GOLDEN_CHECK_H_
#define GRAFT_PLUGIN_GOLDEN_CHECK_H_

#include <string>

#include "absl/status/status.h"
#include "models/manifest/swap_policy.h"
#include "runtime/executable.h"

namespace graft::plugin {

struct GoldenValues {
  std::string path;
  models::SwapPolicy::Tolerance tolerance;
};

// Errors: kInvalidArgument, naming the worst value; kUnavailable for a golden file that cannot be
// read or does not fit the model.
absl::Status CheckGolden(const runtime::Executable& executable, const GoldenValues& golden);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_GOLDEN_CHECK_H_
