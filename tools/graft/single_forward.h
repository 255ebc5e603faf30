// One forward of a model, through the library, over the tensors of a safetensors file.
//
//   absl::StatusOr<ForwardResults> results = RunSingleForward({.model = "walker.pt"}, file, path);
#ifndef GRAFT_TOOLS_GRAFT_SINGLE_FORWARD_H_
#define GRAFT_TOOLS_GRAFT_SINGLE_FORWARD_H_

#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "models/file/safetensors.h"

namespace graft::tools {

struct SingleForwardOptions {
  std::string model = {};      // a manifest, a model file or a directory of such files
  std::string device = {};     // empty: the manifest's
  std::string precision = {};  // empty: the manifest's
};

struct ForwardResults {
  std::vector<models::SafetensorsTensor> tensors = {};  // bytes point into `data`
  std::deque<std::string> data = {};
};

// Inputs are found in `file` under the manifest's names, else as in0, in1 ...; results have the
// manifest's names, else out0, out1 .... Tensors of the file that are named as the manifest's
// outputs, or begin with "out", are passed over: golden files hold the expected results beside the
// inputs. `file_path` names the file in errors. Errors: those of the manifest and the library;
// kInvalidArgument listing what the file holds when names do not match.
absl::StatusOr<ForwardResults> RunSingleForward(const SingleForwardOptions& options,
                                                const models::SafetensorsFile& file,
                                                const std::string& file_path);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_SINGLE_FORWARD_H_
