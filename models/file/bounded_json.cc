#include "models/file/bounded_json.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

// Walks the text once, building nothing, to see that building is safe.
class BoundsCheck : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit BoundsCheck(int max_depth) : max_depth_(max_depth) {}

  const std::string& problem() const { return problem_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return Enter(); }
  bool start_array(size_t) override { return Enter(); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }
  bool key(string_t& key) override {
    if (keys_.back().insert(key).second) return true;
    problem_ = absl::StrCat("the key \"", PrintableName(key), "\" stands twice in one object");
    return false;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& error) override {
    problem_ = JsonErrorText(error.what());
    return false;
  }

 private:
  bool Enter() {
    if (keys_.size() == static_cast<size_t>(max_depth_)) {
      problem_ = absl::StrCat("nested deeper than ", max_depth_);
      return false;
    }
    keys_.emplace_back();
    return true;
  }
  bool Leave() {
    keys_.pop_back();
    return true;
  }

  int max_depth_;
  std::vector<absl::flat_hash_set<std::string>> keys_;  // one set for each open object or list
  std::string problem_;
};

}  // namespace

std::string JsonErrorText(absl::string_view what) {
  const size_t end_of_prefix = what.find("] ");
  if (end_of_prefix != absl::string_view::npos) what.remove_prefix(end_of_prefix + 2);
  constexpr size_t kMax = 300;
  return std::string(what.substr(0, kMax));
}

absl::StatusOr<nlohmann::json> ParseBoundedJson(absl::string_view text, absl::string_view label,
                                                const JsonBounds& bounds) {
  auto error = [&label](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(label, ": not usable JSON: ", what));
  };
  if (text.size() > bounds.max_bytes) {
    return error(absl::StrCat(text.size(), " bytes, at most ", bounds.max_bytes, " are read"));
  }
  BoundsCheck check(bounds.max_depth);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &check)) return error(check.problem());
  nlohmann::json document =
      nlohmann::json::parse(text.begin(), text.end(), /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return error("it cannot be parsed");
  return document;
}

}  // namespace graft::models
