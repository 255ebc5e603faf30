// Finds what a file's keys are called instead: the prefix that one side has and the other has not.
//
//   std::vector<PrefixSuggestion> found = SuggestPrefixes(missing, unexpected);
//   // {from "backbone.", to "", tensors 60}: without "backbone." 60 keys more are found
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_BINDING_PREFIX_SUGGESTION_H_
#define GRAFT_MODELS_BINDING_PREFIX_SUGGESTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models {

// A tensor or key that found no partner. Views of the caller's.
struct UnmatchedName {
  absl::string_view name = {};
  absl::Span<const int64_t> shape = {};
};

// Keys that begin with `from` are tensors when they begin with `to` instead: same rest of the name,
// same shape. Both end with a dot or are empty.
struct PrefixSuggestion {
  std::string from = {};
  std::string to = {};
  size_t tensors = 0;  // that would be found
  std::string key = {};
  std::string tensor = {};                     // an example of the two
  std::vector<std::string> first_levels = {};  // of those keys behind `from`, at most 12
};

// At most 3, the one that finds most first; each of them for tensors that those before it leave.
// Time: linear in the number of names and their lengths.
std::vector<PrefixSuggestion> SuggestPrefixes(absl::Span<const UnmatchedName> tensors,
                                              absl::Span<const UnmatchedName> keys);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_PREFIX_SUGGESTION_H_
