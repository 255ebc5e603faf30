#include "models/binding/name_list.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/binding/name_pattern.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

constexpr size_t kMaxNames = 8;
constexpr size_t kMaxGroups = 12;
constexpr size_t kMaxPatterns = 4;

// The first `levels` levels of `name`, or all of it when it has no more.
absl::string_view FirstLevels(absl::string_view name, int levels) {
  size_t end = 0;
  for (int i = 0; i < levels; ++i) {
    const size_t dot = name.find('.', end);
    if (dot == absl::string_view::npos) return name;
    end = dot + 1;
  }
  return name.substr(0, end - 1);
}

struct Group {
  absl::string_view module;
  size_t names = 0;
  absl::string_view first;
};

// In order of first appearance.
std::vector<Group> GroupByModule(absl::Span<const absl::string_view> names, int levels) {
  std::vector<Group> groups;
  absl::flat_hash_map<absl::string_view, size_t> index;
  for (const absl::string_view name : names) {
    const absl::string_view module = FirstLevels(name, levels);
    const auto [it, added] = index.emplace(module, groups.size());
    if (added) groups.push_back({.module = module, .first = name});
    ++groups[it->second].names;
  }
  return groups;
}

}  // namespace

std::string NameList(absl::Span<const absl::string_view> names) {
  auto printable = [](std::string* out, absl::string_view name) {
    out->append(PrintableName(name));
  };
  if (names.size() <= kMaxNames) return absl::StrJoin(names, ", ", printable);
  // The finest grouping that is short enough, so that one shared prefix is no group of its own.
  std::vector<Group> groups = GroupByModule(names, 1);
  for (int levels = 2; levels <= 4; ++levels) {
    std::vector<Group> finer = GroupByModule(names, levels);
    if (finer.size() > kMaxGroups) break;
    groups = std::move(finer);
  }
  std::string text;
  for (size_t i = 0; i < groups.size() && i < kMaxGroups; ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ");
    if (groups[i].names == 1) {
      absl::StrAppend(&text, PrintableName(groups[i].first));
    } else {
      absl::StrAppend(&text, PrintableName(groups[i].module), ".** (", groups[i].names, ")");
    }
  }
  if (groups.size() > kMaxGroups) {
    size_t rest = 0;
    for (size_t i = kMaxGroups; i < groups.size(); ++i) rest += groups[i].names;
    absl::StrAppend(&text, " and ", rest, " more");
  }
  return text;
}

std::vector<std::string> CoveringPatterns(absl::Span<const absl::string_view> names) {
  const std::vector<Group> groups = GroupByModule(names, 1);
  std::vector<std::string> patterns;
  for (const Group& group : groups) {
    if (groups.size() > kMaxPatterns || !NamePattern::Parse(group.module).ok()) return {"**"};
    patterns.emplace_back(group.module);
  }
  return patterns;
}

std::string ShapeText(absl::Span<const int64_t> shape) {
  constexpr size_t kMaxShown = 16;
  return absl::StrCat("[", absl::StrJoin(shape.subspan(0, kMaxShown), ", "),
                      shape.size() > kMaxShown ? ", ..." : "", "]");
}

}  // namespace graft::models
