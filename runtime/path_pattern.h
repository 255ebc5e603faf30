// Paths with wildcards, and the order of what they find: by the steps in the names.
//
//   PathPattern pattern("runs/policy_*.pt");
//   for (const std::string& path : pattern.Find()) ...           // names with dots in front: no
//   std::vector<std::string> steps = pattern.Steps("runs/policy_0100.pt");      // {"100"}
//   HasHigherSteps(pattern.Steps(a), pattern.Steps(b));
//
// `*` stands for any characters within a level of the path, `?` for one. The steps of a path are
// the whole numbers in what the wildcards stand for, from left to right, without leading zeros.
//
// Threads: immutable; Find blocks on the file system.
#ifndef GRAFT_RUNTIME_PATH_PATTERN_H_
#define GRAFT_RUNTIME_PATH_PATTERN_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace graft::runtime {

class PathPattern {
 public:
  explicit PathPattern(absl::string_view pattern);

  // Whether the text holds a wildcard.
  static bool IsPattern(absl::string_view text);

  // What is there, in no order. An entry whose name begins with a dot is found only by a pattern
  // that does too. Directories that may not be read are passed over.
  std::vector<std::string> Find() const;
  // The directories whose entries Find looks at, the first `limit` of them.
  std::vector<std::string> Directories(size_t limit) const;
  // @pre Find gave the path.
  std::vector<std::string> Steps(absl::string_view path) const;
  // The last level ends with a wildcard, so that it says nothing about the ending of names.
  bool is_open() const;

 private:
  template <typename Visit>
  void Walk(size_t level, const std::string& path, const Visit& visit) const;

  std::string root_;                 // what comes before the first level with a wildcard
  std::vector<std::string> levels_;  // from there on
};

// By the first step in which they differ; more steps are higher than their beginning alone.
bool HasHigherSteps(const std::vector<std::string>& a, const std::vector<std::string>& b);

// The last whole number in a name, without leading zeros; empty: there is none.
std::string LastNumber(absl::string_view name);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_PATH_PATTERN_H_
