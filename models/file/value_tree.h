// What a file holds, flattened to a list of [path, value] in order: for people, programs and tests.
//
//   [[], {"t": "OrderedDict", "len": 2}]
//   [["fc.weight"], {"t": "tensor", "dtype": "float32", "shape": [2, 3], "stride": [3, 1], ...}]
//
// docs/formats.md describes every kind of value. Strings become keys of the path as they are, other
// keys as "<int 3>", list places as numbers. Walking is bounded: a file can describe 2^60 values in
// a kilobyte.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_FILE_VALUE_TREE_H_
#define GRAFT_MODELS_FILE_VALUE_TREE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/torch_file.h"
#include "models/file/weight_table.h"
#include "nlohmann/json.hpp"

namespace graft::models {

struct ValueTreeOptions {
  bool hash = false;  // adds "sha256" of each tensor's elements, in C order
  size_t max_entries = 1'000'000;
};

// A JSON list of [path, value]. Errors: kResourceExhausted (more entries, or nested deeper than
// 900), those of ModuleStateDict.
absl::StatusOr<nlohmann::ordered_json> ValueTree(const TorchFile& file, absl::string_view label,
                                                 const ValueTreeOptions& options = {});

// The same for a plain table: a root of type `type` ("dict", "OrderedDict") and the tensors.
nlohmann::ordered_json ValueTreeOfWeights(const WeightTable& weights, absl::string_view type,
                                          const ValueTreeOptions& options = {});

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_VALUE_TREE_H_
