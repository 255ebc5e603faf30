// Writes weights as torch.save(state_dict) does, in the zip format.
//
//   absl::Status status = WriteTorchStateDict("weights.pt", table);
//
// The file loads in Python with torch.load(path, weights_only=True). Tied weights stay tied.
//
// Threads: any; blocks for the file system.
#ifndef GRAFT_MODELS_FILE_TORCH_WRITER_H_
#define GRAFT_MODELS_FILE_TORCH_WRITER_H_

#include <string>

#include "absl/status/status.h"
#include "models/file/weight_table.h"

namespace graft::models {

// Weights are written C-contiguous. Errors: kInvalidArgument (a quantised weight: its scale is not
// in the table), those of ReplaceFile.
absl::Status WriteTorchStateDict(const std::string& path, const WeightTable& weights);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_TORCH_WRITER_H_
