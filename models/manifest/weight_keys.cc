#include "models/manifest/weight_keys.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

using nlohmann::json;

constexpr size_t kMaxPathBytes = 4096;
constexpr size_t kMaxPrefixes = 16;
constexpr size_t kMaxRenames = 64;

// true, false, or a list of patterns.
void ReadAllowance(const json& weights, const char* key, ManifestChecker* check,
                   Allowance* allowance) {
  const auto it = weights.find(key);
  if (it == weights.end()) return;
  if (it->is_boolean()) {
    allowance->all = it->get<bool>();
  } else if (it->is_array()) {
    check->PatternsOf(*it, absl::StrCat("weights.", key), &allowance->patterns);
  } else {
    check->Expect(absl::StrCat("weights.", key), "true, or a list of patterns like [\"head.**\"]",
                  *it);
  }
}

void ReadStripPrefix(const json& weights, ManifestChecker* check, WeightRules* rules) {
  if (!weights.contains("strip_prefix")) return;
  std::vector<std::string> prefixes;
  check->Strings(weights, "weights", "strip_prefix", kMaxPrefixes,
                 "a list of prefixes like [\"module.\"]", &prefixes);
  for (const std::string& prefix : prefixes) {
    if (prefix.size() <= NamePattern::kMaxBytes) continue;
    check->Add("weights.strip_prefix", "has a prefix longer than 256 bytes");
  }
  rules->strip_prefix = std::move(prefixes);
}

void ReadRename(const json& weights, ManifestChecker* check, std::vector<KeyRename>* renames) {
  const auto it = weights.find("rename");
  if (it == weights.end()) return;
  if (!it->is_array() || it->size() > kMaxRenames) {
    return check->Expect(
        "weights.rename",
        "a list of at most 64 pairs [regular expression, replacement] like [[\"^head\", \"fc\"]]",
        *it);
  }
  for (size_t i = 0; i < it->size(); ++i) {
    const json& pair = (*it)[i];
    const std::string path = absl::StrCat("weights.rename[", i, "]");
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      check->Expect(path, "a pair of strings [regular expression, replacement]", pair);
      continue;
    }
    absl::StatusOr<KeyRename> rename =
        KeyRename::Compile(pair[0].get<std::string>(), pair[1].get<std::string>());
    if (check->Check(path, rename.status())) renames->push_back(*std::move(rename));
  }
}

void ReadInto(const json& weights, ManifestChecker* check, std::string* into) {
  const auto it = weights.find("into");
  if (it == weights.end()) return;
  std::string module = it->is_string() ? it->get<std::string>() : "";
  if (module.empty()) {
    return check->Expect("weights.into", "the path of a module like \"backbone\"", *it);
  }
  if (module.back() == '.') module.pop_back();
  if (check->ModulePath("weights.into", module)) *into = absl::StrCat(module, ".");
}

void ReadMismatch(const json& weights, ManifestChecker* check, MismatchPolicy* mismatch) {
  const auto it = weights.find("mismatch");
  if (it == weights.end()) return;
  if (*it == "error") {
    *mismatch = MismatchPolicy::kError;
  } else if (*it == "keep_init") {
    *mismatch = MismatchPolicy::kKeepInit;
  } else if (*it == "slice") {
    *mismatch = MismatchPolicy::kSlice;
  } else {
    check->Expect("weights.mismatch", "\"error\", \"keep_init\" or \"slice\"", *it);
  }
}

}  // namespace

void ReadWeights(const json& root, ManifestChecker* check, WeightRules* rules) {
  const auto it = root.find("weights");
  if (it == root.end()) return;
  const json& weights = *it;
  if (!weights.is_object()) {
    return check->Expect("weights", "an object like {\"from\": \"model_state_dict\"}", weights);
  }
  check->CheckKeys(weights, "weights",
                   {"from", "strict", "strip_prefix", "rename", "into", "allow_missing",
                    "allow_unexpected", "mismatch"},
                   {});
  if (const auto from = weights.find("from"); from != weights.end()) {
    if (from->is_string() && from->get<std::string>().size() <= kMaxPathBytes) {
      rules->from = from->get<std::string>();
    } else {
      check->Expect("weights.from", "the path of a set of weights in the file", *from);
    }
  }
  ReadStripPrefix(weights, check, rules);
  ReadRename(weights, check, &rules->rename);
  ReadInto(weights, check, &rules->into);
  ReadAllowance(weights, "allow_missing", check, &rules->allow_missing);
  ReadAllowance(weights, "allow_unexpected", check, &rules->allow_unexpected);
  ReadMismatch(weights, check, &rules->mismatch);
  bool strict = true;
  check->Boolean(weights, "weights", "strict", &strict);
  if (strict) return;
  if (weights.contains("allow_missing") || weights.contains("allow_unexpected")) {
    return check->Add("weights.strict",
                      "false allows everything already; leave it out, or \"allow_missing\" and "
                      "\"allow_unexpected\"");
  }
  rules->allow_missing.all = true;
  rules->allow_unexpected.all = true;
}

}  // namespace graft::models
