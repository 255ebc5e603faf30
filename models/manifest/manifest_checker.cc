#include "models/manifest/manifest_checker.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/file/printable_name.h"
#include "models/manifest/suggestion.h"
#include "nlohmann/json.hpp"

namespace graft::models {

using nlohmann::json;

std::string DescribeJson(const json& value) {
  constexpr size_t kMaxShown = 60;
  switch (value.type()) {
    case json::value_t::null:
      return "null";
    case json::value_t::object:
      return absl::StrCat("an object with ", value.size(), " keys");
    case json::value_t::array:
      return absl::StrCat("a list of ", value.size());
    default: {
      std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
      if (text.size() > kMaxShown) text = absl::StrCat(text.substr(0, kMaxShown), "...");
      return text;
    }
  }
}

void ManifestChecker::Add(absl::string_view path, absl::string_view what) {
  problems_.push_back(absl::StrCat(path, ": ", what));
}

void ManifestChecker::Expect(absl::string_view path, absl::string_view expected,
                             const json& found) {
  Add(path, absl::StrCat("expected ", expected, ", found ", DescribeJson(found)));
}

bool ManifestChecker::Check(absl::string_view path, const absl::Status& status) {
  if (!status.ok()) Add(path, status.message());
  return status.ok();
}

void ManifestChecker::CheckKeys(const json& object, absl::string_view path,
                                std::initializer_list<absl::string_view> known,
                                std::initializer_list<absl::string_view> later) {
  for (const auto& [key, unused] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::string key_path = Join(path, key);
    if (std::find(later.begin(), later.end(), key) != later.end()) {
      Add(key_path, "a known key, but this version does not support it yet; remove it");
      continue;
    }
    const std::optional<absl::string_view> near = ClosestWord(key, known, later);
    Add(key_path, near ? absl::StrCat("unknown key; did you mean \"", *near, "\"?")
                       : absl::StrCat("unknown key; known here: ", absl::StrJoin(known, ", ")));
  }
}

void ManifestChecker::Integer(const json& object, absl::string_view path, const char* key,
                              int64_t low, int64_t high, absl::string_view unit, int64_t* out) {
  const auto it = object.find(key);
  if (it == object.end()) return;
  const bool fits =
      it->is_number_integer() && (!it->is_number_unsigned() || it->get<uint64_t>() <= INT64_MAX);
  if (!fits || it->get<int64_t>() < low || it->get<int64_t>() > high) {
    Expect(Join(path, key),
           absl::StrCat("a whole number", unit.empty() ? "" : " of ", unit, " from ", low, " to ",
                        high),
           *it);
    return;
  }
  *out = it->get<int64_t>();
}

void ManifestChecker::Boolean(const json& object, absl::string_view path, const char* key,
                              bool* out) {
  const auto it = object.find(key);
  if (it == object.end()) return;
  if (!it->is_boolean()) return Expect(Join(path, key), "true or false", *it);
  *out = it->get<bool>();
}

void ManifestChecker::Strings(const json& object, absl::string_view path, const char* key,
                              size_t max, absl::string_view expected,
                              std::vector<std::string>* out) {
  const auto it = object.find(key);
  if (it != object.end()) StringsOf(*it, Join(path, key), max, expected, out);
}

void ManifestChecker::Patterns(const json& object, absl::string_view path, const char* key,
                               std::vector<NamePattern>* out) {
  const auto it = object.find(key);
  if (it != object.end()) PatternsOf(*it, Join(path, key), out);
}

void ManifestChecker::StringsOf(const json& value, absl::string_view path, size_t max,
                                absl::string_view expected, std::vector<std::string>* out) {
  if (!value.is_array()) return Expect(path, expected, value);
  if (value.size() > max) {
    return Add(path,
               absl::StrCat("has ", value.size(), " entries, at most ", max, " are possible"));
  }
  for (size_t i = 0; i < value.size(); ++i) {
    if (!value[i].is_string() || value[i].get<std::string>().empty()) {
      Expect(absl::StrCat(path, "[", i, "]"), "a string that is not empty", value[i]);
    } else {
      out->push_back(value[i].get<std::string>());
    }
  }
}

void ManifestChecker::PatternsOf(const json& value, absl::string_view path,
                                 std::vector<NamePattern>* out) {
  constexpr size_t kMaxPatterns = 256;
  std::vector<std::string> texts;
  StringsOf(value, path, kMaxPatterns, "a list of patterns like [\"backbone.**\", \"**.norm*\"]",
            &texts);
  for (const std::string& text : texts) {
    absl::StatusOr<NamePattern> pattern = NamePattern::Parse(text);
    if (Check(path, pattern.status())) out->push_back(*std::move(pattern));
  }
}

bool ManifestChecker::ModulePath(absl::string_view path, absl::string_view name) {
  if (name.find_first_of("*?") != absl::string_view::npos) {
    Add(path, absl::StrCat("\"", PrintableName(name),
                           "\" is a pattern; name one module, like \"layer1.0\""));
    return false;
  }
  return Check(path, NamePattern::Parse(name).status());
}

std::string ManifestChecker::Join(absl::string_view path, absl::string_view key) {
  return path.empty() ? PrintableName(key) : absl::StrCat(path, ".", PrintableName(key));
}

}  // namespace graft::models
