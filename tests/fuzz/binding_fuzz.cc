// Any names, shapes and rules: a line each, by its first letter.
//
//   t NAME    a tensor of the architecture        k NAME    a key of the file
//   p PREFIX  to strip                            r REGEX SPACE REPLACEMENT
//   m GLOB    may be missing                      u GLOB    may be unexpected
//   i MODULE  to load into                        s / f     slice, or keep initial values
//
// A shape is one number: the length of its name modulo 4.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_split.h"
#include "models/binding/binding_report.h"
#include "models/binding/weight_plan.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

void AddPattern(absl::string_view text, Allowance* allowance) {
  absl::StatusOr<NamePattern> pattern = NamePattern::Parse(text);
  if (pattern.ok()) allowance->patterns.push_back(*std::move(pattern));
}

void Bind(absl::string_view text) {
  static constexpr uint8_t kElements[16] = {};
  std::vector<ArchitectureTensor> tensors;
  WeightTable weights;
  WeightRules rules;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    if (line.size() < 2) continue;
    const char kind = line[0];
    const std::string rest(line.substr(2));
    const auto size = static_cast<int64_t>(rest.size() % 4);
    switch (kind) {
      case 't':
        tensors.push_back({.name = rest, .shape = {size}, .tied_group = line[1] % 8 - 1});
        tensors.back().kept = line[1] == 'K';
        break;
      case 'k':
        weights.push_back({.name = rest,
                           .shape = {size},
                           .stride = {1},
                           .storage = ByteSpan(kElements, 16),
                           .storage_id = static_cast<uint32_t>(weights.size())});
        break;
      case 'p':
        if (!rules.strip_prefix) rules.strip_prefix.emplace();
        if (!rest.empty()) rules.strip_prefix->push_back(rest);
        break;
      case 'r': {
        const std::pair<std::string, std::string> pair =
            absl::StrSplit(rest, absl::MaxSplits(' ', 1));
        absl::StatusOr<KeyRename> rename = KeyRename::Compile(pair.first, pair.second);
        if (rename.ok()) rules.rename.push_back(*std::move(rename));
        break;
      }
      case 'm':
        AddPattern(rest, &rules.allow_missing);
        break;
      case 'u':
        AddPattern(rest, &rules.allow_unexpected);
        break;
      case 'i':
        rules.into = rest + ".";
        break;
      case 's':
        rules.mismatch = MismatchPolicy::kSlice;
        break;
      case 'f':
        rules.mismatch = MismatchPolicy::kKeepInit;
        break;
      default:
        break;
    }
  }
  const WeightPlan plan = PlanWeights(tensors, weights, rules);
  CheckPlan(plan, "fuzz.pt").IgnoreError();
  BindingText(plan);
  BindingJson(plan).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace
}  // namespace graft::models

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  graft::models::Bind(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
