// The word that somebody meant who wrote another: for unknown keys and options.
//
//   ClosestWord("prescision", {"precision", "device"}, {})   // "precision"
#ifndef GRAFT_MODELS_MANIFEST_SUGGESTION_H_
#define GRAFT_MODELS_MANIFEST_SUGGESTION_H_

#include <initializer_list>
#include <optional>

#include "absl/strings/string_view.h"

namespace graft::models {

// Insertions, deletions, replacements and swaps of neighbours that turn one into the other (optimal
// string alignment distance). Case does not count.
size_t EditDistance(absl::string_view a, absl::string_view b);

// The nearest of both lists when it is near enough to be meant, else nullopt.
std::optional<absl::string_view> ClosestWord(absl::string_view word,
                                             std::initializer_list<absl::string_view> known,
                                             std::initializer_list<absl::string_view> more);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_SUGGESTION_H_
