// A pattern of names in a model: which modules and tensors a rule speaks of.
//
//   NamePattern norms = NamePattern::Parse("**.norm*").value();
//   norms.Matches("encoder.0.norm1");         // true
//   norms.Covers("encoder.0.norm1.weight");   // true: it lies below a name that matches
//
// Names are levels joined by dots. In a pattern
//   *    any characters within one level, also none
//   ?    one character within a level
//   **   any characters over any number of levels; "**." also stands for no level at all, so that
//        "**.norm" is "norm", "a.norm" and "a.b.norm"
// Everything else stands for itself.
//
// Time: Matches and Covers take at most pattern bytes x name bytes steps, whatever they are.
// Threads: a value; any thread.
#ifndef GRAFT_MODELS_BINDING_NAME_PATTERN_H_
#define GRAFT_MODELS_BINDING_NAME_PATTERN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models {

class NamePattern {
 public:
  static constexpr size_t kMaxBytes = 256;

  // Errors: kInvalidArgument that says what is wrong with `text` and what to write.
  static absl::StatusOr<NamePattern> Parse(absl::string_view text);

  // The whole name is as the pattern says.
  bool Matches(absl::string_view name) const { return Run(name, /*or_a_level_above=*/false); }

  // The name matches, or a module that it lies in does: "backbone" covers "backbone.conv.weight".
  bool Covers(absl::string_view name) const { return Run(name, /*or_a_level_above=*/true); }

  // As written.
  const std::string& text() const { return text_; }

  friend bool operator==(const NamePattern& a, const NamePattern& b) { return a.text_ == b.text_; }

 private:
  struct Step {
    enum class Kind : uint8_t {
      kCharacter,     // `character`
      kOneOfLevel,    // any but a dot
      kSomeOfLevel,   // any number of characters but dots
      kSome,          // any number of characters
      kMaybeNoLevel,  // nothing; the two steps behind it (kSome, a dot) may be passed over
    };
    Kind kind;
    char character = 0;
  };

  NamePattern() = default;
  bool Run(absl::string_view name, bool or_a_level_above) const;

  std::string text_;
  std::vector<Step> steps_;
};

// One of `patterns` covers `name`.
bool AnyCovers(absl::Span<const NamePattern> patterns, absl::string_view name);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_NAME_PATTERN_H_
