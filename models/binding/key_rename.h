// One rule for renaming a file's keys: a regular expression and what takes its place.
//
//   KeyRename rename = KeyRename::Compile("^encoder\\.(\\d+)", "layers.\\1").value();
//   rename.Apply("encoder.3.weight");   // "layers.3.weight"
//
// Syntax is RE2's: what Python's `re` has but for look-around and back-references in the pattern.
// Every match is replaced, as in re.sub. The replacement names groups as \1 to \9, all as \0.
//
// Time and memory: linear in the key's length, whatever pattern and key are.
// Threads: a value; any thread.
#ifndef GRAFT_MODELS_BINDING_KEY_RENAME_H_
#define GRAFT_MODELS_BINDING_KEY_RENAME_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace graft::models {

class KeyRename {
 public:
  static constexpr size_t kMaxPatternBytes = 1024;
  static constexpr size_t kMaxReplacementBytes = 256;
  // Longer keys are no names of a model's tensors and are left as they are.
  static constexpr size_t kMaxKeyBytes = 1024;

  // Errors: kInvalidArgument that says what is wrong with the pattern or the replacement.
  static absl::StatusOr<KeyRename> Compile(absl::string_view pattern,
                                           absl::string_view replacement);

  // `key` with every match replaced; `key` itself where nothing matches.
  std::string Apply(absl::string_view key) const;

  const std::string& pattern() const { return pattern_; }
  const std::string& replacement() const { return replacement_; }

  friend bool operator==(const KeyRename& a, const KeyRename& b) {
    return a.pattern_ == b.pattern_ && a.replacement_ == b.replacement_;
  }

 private:
  KeyRename() = default;

  std::string pattern_;
  std::string replacement_;
  std::shared_ptr<const re2::RE2> compiled_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_KEY_RENAME_H_
