#include "models/binding/binding_advice.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "models/binding/name_list.h"
#include "models/binding/prefix_suggestion.h"
#include "models/file/printable_name.h"
#include "nlohmann/json.hpp"
#include "re2/re2.h"

namespace graft::models {
namespace {

using nlohmann::json;

// As it stands in a manifest.
std::string JsonText(const json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false, json::error_handler_t::replace);
}

std::string Quoted(absl::string_view text) { return JsonText(std::string(text)); }

std::string Rename(const std::string& pattern, const std::string& replacement) {
  return absl::StrCat("\"rename\": ", JsonText(json::array({json::array({pattern, replacement})})));
}

bool SomeFit(const WeightPlan& plan) {
  return std::any_of(plan.tensors.begin(), plan.tensors.end(),
                     [](const PlannedTensor& planned) { return planned.weight != kNoIndex; });
}

// The key of "weights" that makes `found` true, without harm to what fits already.
std::string RuleFor(const PrefixSuggestion& found, const WeightPlan& plan) {
  const bool other_tree = found.to != plan.into;
  if (plan.renames || (other_tree && SomeFit(plan))) {
    // Renaming comes before `into`.
    absl::string_view to = found.to;
    const bool in_tree = absl::ConsumePrefix(&to, plan.into);
    const std::string leave_out = in_tree ? "" : "without \"into\": ";
    if (!found.from.empty()) {
      return absl::StrCat(
          leave_out, Rename(absl::StrCat("^", re2::RE2::QuoteMeta(found.from)), std::string(to)));
    }
    std::vector<std::string> levels = found.first_levels;
    for (std::string& level : levels) level = re2::RE2::QuoteMeta(level);
    return absl::StrCat(leave_out, Rename(absl::StrCat("^(", absl::StrJoin(levels, "|"), ")\\b"),
                                          absl::StrCat(to, "\\1")));
  }
  std::vector<std::string> rules;
  if (!found.from.empty()) {
    // A list takes the place of the wrappers that are stripped without one.
    json prefixes = json::array();
    if (!plan.wrappers.empty()) prefixes.push_back(plan.wrappers);
    prefixes.push_back(found.from);
    rules.push_back(absl::StrCat("\"strip_prefix\": ", JsonText(prefixes)));
  }
  if (other_tree) rules.push_back(absl::StrCat("\"into\": ", Quoted(found.to)));
  return absl::StrJoin(rules, ", ");
}

void AddOtherNames(const WeightPlan& plan, std::vector<std::string>* advice) {
  std::vector<UnmatchedName> tensors;
  std::vector<UnmatchedName> keys;
  for (const PlannedTensor& planned : plan.tensors) {
    const bool unfilled =
        planned.weight == kNoIndex && (planned.fate == PlannedTensor::Fate::kMissing ||
                                       planned.fate == PlannedTensor::Fate::kInitialised);
    if (unfilled) tensors.push_back({.name = planned.tensor.name, .shape = planned.tensor.shape});
  }
  for (const PlannedKey& key : plan.keys) {
    const bool no_tensor_has_it = key.reason.empty() && (key.fate == PlannedKey::Fate::kRefused ||
                                                         key.fate == PlannedKey::Fate::kUnexpected);
    if (!no_tensor_has_it) continue;
    keys.push_back({.name = absl::StripPrefix(key.name, plan.into), .shape = key.shape});
  }
  for (const PrefixSuggestion& found : SuggestPrefixes(tensors, keys)) {
    advice->push_back(absl::StrCat(
        "\"", PrintableName(found.key), "\" of the file is \"", PrintableName(found.tensor),
        "\" of the architecture with ", RuleFor(found, plan), " in \"weights\"",
        plan.strips || plan.renames ? " besides what is there: " : ": ", found.tensors,
        found.tensors == 1 ? " tensor more is found" : " tensors more are found"));
  }
}

void AddAllowance(absl::string_view rule, absl::string_view effect,
                  const std::vector<absl::string_view>& names, std::vector<std::string>* advice) {
  if (names.empty()) return;
  const std::vector<std::string> patterns = CoveringPatterns(names);
  const std::string value = patterns.front() == "**" ? "true" : JsonText(json(patterns));
  advice->push_back(
      absl::StrCat("to go on without: \"", rule, "\": ", value, " in \"weights\" ", effect));
}

}  // namespace

std::vector<std::string> BindingAdvice(const WeightPlan& plan) {
  std::vector<absl::string_view> missing;
  std::vector<absl::string_view> unexpected;
  for (const PlannedTensor& planned : plan.tensors) {
    if (planned.fate == PlannedTensor::Fate::kMissing) missing.push_back(planned.tensor.name);
  }
  for (const PlannedKey& key : plan.keys) {
    const bool refused = key.fate == PlannedKey::Fate::kRefused && key.reason.empty();
    if (refused) unexpected.push_back(key.name);
  }
  const size_t mismatched = plan.CountTensors(PlannedTensor::Fate::kMismatched);
  std::vector<std::string> advice;
  if (missing.empty() && unexpected.empty() && mismatched == 0 && plan.errors.empty()) {
    return advice;
  }
  AddOtherNames(plan, &advice);
  const bool nothing_fits = !plan.errors.empty();
  if (!nothing_fits) {
    AddAllowance("allow_missing", "initialises them", missing, &advice);
    AddAllowance("allow_unexpected", "leaves them out", unexpected, &advice);
  } else if (advice.empty()) {
    advice.push_back(
        "the file seems to be of another model; graft inspect shows what it holds, and \"from\" "
        "in \"weights\" chooses among several sets");
  }
  if (mismatched > 0) {
    advice.push_back(
        "for other shapes: give the architecture the arguments that the file was trained with, or "
        "\"mismatch\": \"keep_init\" (initialises these tensors) or \"slice\" (takes the part that "
        "both have) in \"weights\"");
  }
  return advice;
}

}  // namespace graft::models
