#include "models/binding/prefix_suggestion.h"

#include <algorithm>
#include <utility>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

constexpr size_t kMaxSuggestions = 3;
constexpr size_t kSampledKeys = 64;     // whose names are taken apart
constexpr size_t kTensorsOfARest = 16;  // that are looked at for one rest of a name
constexpr size_t kMaxCandidates = 16;   // that are counted over all keys
constexpr size_t kMaxFirstLevels = 12;
constexpr size_t kMaxLevels = 32;       // deeper names are not taken apart further
constexpr size_t kMaxNameBytes = 1024;  // nor longer ones

using Prefixes = std::pair<std::string, std::string>;  // of a key, of a tensor

// The places in `name` at which a rest of it begins: 0 and behind each dot.
std::vector<size_t> RestsOf(absl::string_view name) {
  std::vector<size_t> rests;
  if (name.size() > kMaxNameBytes) return rests;
  for (size_t at = 0; rests.size() < kMaxLevels;) {
    rests.push_back(at);
    const size_t dot = name.find('.', at);
    if (dot == absl::string_view::npos) break;
    at = dot + 1;
  }
  return rests;
}

// Without the levels that both end with: "a.layer1." and "layer1." differ by "a.".
Prefixes Shortest(absl::string_view from, absl::string_view to) {
  auto last_level = [](absl::string_view prefix) {
    if (prefix.empty()) return prefix;
    const size_t dot = prefix.rfind('.', prefix.size() - 2);
    return dot == absl::string_view::npos ? prefix : prefix.substr(dot + 1);
  };
  while (!from.empty() && !to.empty() && last_level(from) == last_level(to)) {
    const size_t bytes = last_level(from).size();
    from.remove_suffix(bytes);
    to.remove_suffix(bytes);
  }
  return {std::string(from), std::string(to)};
}

class PrefixSearch {
 public:
  PrefixSearch(absl::Span<const UnmatchedName> tensors, absl::Span<const UnmatchedName> keys)
      : tensors_(tensors), keys_(keys), key_found_(keys.size(), false) {
    for (size_t i = 0; i < tensors.size(); ++i) free_.emplace(tensors[i].name, i);
  }

  std::vector<PrefixSuggestion> Run() {
    std::vector<PrefixSuggestion> suggestions;
    while (suggestions.size() < kMaxSuggestions) {
      PrefixSuggestion best;
      for (const Prefixes& candidate : Candidates()) {
        PrefixSuggestion counted = Count(candidate);
        if (counted.tensors > best.tensors) best = std::move(counted);
      }
      if (best.tensors == 0) break;
      Remove(best);
      suggestions.push_back(std::move(best));
    }
    return suggestions;
  }

 private:
  // The pairs that fit most of a sample of the keys.
  std::vector<Prefixes> Candidates() const {
    absl::flat_hash_map<absl::string_view, std::vector<size_t>> by_rest;
    for (const auto& [name, tensor] : free_) {
      for (const size_t at : RestsOf(name)) {
        std::vector<size_t>& same = by_rest[name.substr(at)];
        if (same.size() < kTensorsOfARest) same.push_back(tensor);
      }
    }
    absl::btree_map<Prefixes, size_t> fits;
    const size_t step = keys_.size() / kSampledKeys + 1;
    for (size_t i = 0; i < keys_.size(); i += step) {
      if (key_found_[i]) continue;
      const absl::string_view key = keys_[i].name;
      for (const size_t at : RestsOf(key)) {
        const absl::string_view rest = key.substr(at);
        const auto same = by_rest.find(rest);
        if (same == by_rest.end()) continue;
        for (const size_t tensor : same->second) {
          if (tensors_[tensor].shape != keys_[i].shape) continue;
          absl::string_view to = tensors_[tensor].name;
          to.remove_suffix(rest.size());
          ++fits[Shortest(key.substr(0, at), to)];
        }
      }
    }
    std::vector<std::pair<size_t, Prefixes>> sorted;
    for (auto& [prefixes, times] : fits) sorted.emplace_back(times, prefixes);
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first > b.first;
      return a.second.first.size() + a.second.second.size() <
             b.second.first.size() + b.second.second.size();
    });
    std::vector<Prefixes> best;
    for (size_t i = 0; i < sorted.size() && i < kMaxCandidates; ++i) {
      best.push_back(std::move(sorted[i].second));
    }
    return best;
  }

  // The free tensor that key `i` would be, or free_.end().
  absl::flat_hash_map<absl::string_view, size_t>::const_iterator Partner(
      size_t i, const Prefixes& prefixes) const {
    if (key_found_[i] || !absl::StartsWith(keys_[i].name, prefixes.first)) return free_.end();
    const auto it =
        free_.find(absl::StrCat(prefixes.second, keys_[i].name.substr(prefixes.first.size())));
    const bool fits = it != free_.end() && tensors_[it->second].shape == keys_[i].shape;
    return fits ? it : free_.end();
  }

  PrefixSuggestion Count(const Prefixes& prefixes) const {
    PrefixSuggestion suggestion{.from = prefixes.first, .to = prefixes.second};
    for (size_t i = 0; i < keys_.size(); ++i) {
      const auto partner = Partner(i, prefixes);
      if (partner == free_.end()) continue;
      const absl::string_view rest = keys_[i].name.substr(prefixes.first.size());
      const absl::string_view level = rest.substr(0, rest.find('.'));
      std::vector<std::string>& levels = suggestion.first_levels;
      if (levels.size() < kMaxFirstLevels &&
          std::find(levels.begin(), levels.end(), level) == levels.end()) {
        levels.emplace_back(level);
      }
      if (suggestion.tensors++ > 0) continue;
      suggestion.key = std::string(keys_[i].name);
      suggestion.tensor = std::string(partner->first);
    }
    return suggestion;
  }

  void Remove(const PrefixSuggestion& suggestion) {
    for (size_t i = 0; i < keys_.size(); ++i) {
      const auto partner = Partner(i, {suggestion.from, suggestion.to});
      if (partner == free_.end()) continue;
      key_found_[i] = true;
      free_.erase(partner);
    }
  }

  absl::Span<const UnmatchedName> tensors_;
  absl::Span<const UnmatchedName> keys_;
  std::vector<bool> key_found_;
  absl::flat_hash_map<absl::string_view, size_t> free_;  // tensors without a key, by name
};

}  // namespace

std::vector<PrefixSuggestion> SuggestPrefixes(absl::Span<const UnmatchedName> tensors,
                                              absl::Span<const UnmatchedName> keys) {
  if (tensors.empty() || keys.empty()) return {};
  return PrefixSearch(tensors, keys).Run();
}

}  // namespace graft::models
