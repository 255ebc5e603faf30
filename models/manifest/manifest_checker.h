// Reads values of a manifest and collects its mistakes, each with the place where it stands.
//
//   ManifestChecker check;
//   check.Integer(batch, "batch", "max", 1, 1024, "rows", &max);
//   if (!check.problems().empty()) ...   // {"batch.max: expected a whole number of rows ..."}
//
// A key that is not there leaves its output as it is; so does one with a mistake.
//
// Threads: one thread.
#ifndef GRAFT_MODELS_MANIFEST_MANIFEST_CHECKER_H_
#define GRAFT_MODELS_MANIFEST_MANIFEST_CHECKER_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/binding/name_pattern.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

class ManifestChecker {
 public:
  void Add(absl::string_view path, absl::string_view what);
  // "PATH: expected `expected`, found ..."
  void Expect(absl::string_view path, absl::string_view expected, const nlohmann::json& found);
  // Adds the error's message; true when there is none.
  bool Check(absl::string_view path, const absl::Status& status);

  // Every key of `object` must be one of `known`, or of `later`, which are named as such.
  void CheckKeys(const nlohmann::json& object, absl::string_view path,
                 std::initializer_list<absl::string_view> known,
                 std::initializer_list<absl::string_view> later);

  // The value at `key` of `object`, which itself stands at `path`.
  void Integer(const nlohmann::json& object, absl::string_view path, const char* key, int64_t low,
               int64_t high, absl::string_view unit, int64_t* out);
  void Boolean(const nlohmann::json& object, absl::string_view path, const char* key, bool* out);
  // A list of at most `max` strings that are not empty, described as `expected`.
  void Strings(const nlohmann::json& object, absl::string_view path, const char* key, size_t max,
               absl::string_view expected, std::vector<std::string>* out);
  // A list of at most 256 patterns of names.
  void Patterns(const nlohmann::json& object, absl::string_view path, const char* key,
                std::vector<NamePattern>* out);

  // Likewise for a value that is at hand.
  void StringsOf(const nlohmann::json& value, absl::string_view path, size_t max,
                 absl::string_view expected, std::vector<std::string>* out);
  void PatternsOf(const nlohmann::json& value, absl::string_view path,
                  std::vector<NamePattern>* out);

  // `name` is the path of one module, like "layer1.0"; else a mistake.
  bool ModulePath(absl::string_view path, absl::string_view name);

  static std::string Join(absl::string_view path, absl::string_view key);

  const std::vector<std::string>& problems() const { return problems_; }

 private:
  std::vector<std::string> problems_;
};

// The value for a message: itself when it is short, else what it is.
std::string DescribeJson(const nlohmann::json& value);

}  // namespace graft::models

#endif  // GRAFT_MODELS_MANIFEST_MANIFEST_CHECKER_H_
