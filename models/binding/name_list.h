// Many names in few words, for messages: all of them when they are few, else the modules that they
// lie in.
//
//   NameList({"fc.weight", "fc.bias"});      // "fc.weight, fc.bias"
//   NameList(names_of_a_resnet);             // "layer1.** (60), layer2.** (78), ..."
//
// Names come from files: they are made printable.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_BINDING_NAME_LIST_H_
#define GRAFT_MODELS_BINDING_NAME_LIST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models {

// At most 8 names, or at most 12 groups; the rest is counted.
std::string NameList(absl::Span<const absl::string_view> names);

// Patterns (name_pattern.h) that cover all of `names`, at most 4, or "**" where that takes more.
std::vector<std::string> CoveringPatterns(absl::Span<const absl::string_view> names);

// "[64, 3, 7, 7]"
std::string ShapeText(absl::Span<const int64_t> shape);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_NAME_LIST_H_
