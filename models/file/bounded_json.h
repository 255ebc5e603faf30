// JSON of unknown origin, parsed without exceptions, without recursion and within bounds.
//
//   absl::StatusOr<nlohmann::json> index = ParseBoundedJson(text, "model.safetensors.index.json");
//
// nlohmann's parser itself does not recurse, but destroying or walking a document that is nested a
// million deep may: so the depth is bounded while reading. A key given twice is an error here:
// which of the two would win is nothing that a person should have to know.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_FILE_BOUNDED_JSON_H_
#define GRAFT_MODELS_FILE_BOUNDED_JSON_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

struct JsonBounds {
  uint64_t max_bytes = 64 << 20;
  int max_depth = 64;
};

// Errors: kInvalidArgument with line and column.
absl::StatusOr<nlohmann::json> ParseBoundedJson(absl::string_view text, absl::string_view label,
                                                const JsonBounds& bounds = {});

// A message of nlohmann's without its "[json.exception...]" prefix.
std::string JsonErrorText(absl::string_view what);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_BOUNDED_JSON_H_
