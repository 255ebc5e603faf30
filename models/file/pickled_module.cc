#include "models/file/pickled_module.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

constexpr int kMaxDepth = 200;
constexpr size_t kMaxModules = 200'000;
constexpr size_t kMaxStateEntries = 1'000'000;

const PickleValue* DictIn(const PickleValues& values, const PickleValue& state,
                          absl::string_view key) {
  const PickleValue* found = values.Find(state, key);
  return found != nullptr && found->kind == PickleKind::kDict ? found : nullptr;
}

// The state of a module, or nullptr.
const PickleValue* ModuleState(const PickleValues& values, ValueId id) {
  const PickleValue& value = values[id];
  if (value.kind != PickleKind::kObject) return nullptr;
  const PickleValue& state = values[values.object(value).state];
  if (state.kind != PickleKind::kDict || DictIn(values, state, "_parameters") == nullptr ||
      DictIn(values, state, "_buffers") == nullptr ||
      DictIn(values, state, "_modules") == nullptr) {
    return nullptr;
  }
  return &state;
}

}  // namespace

bool IsPickledModule(const PickleValues& values, ValueId id) {
  return ModuleState(values, id) != nullptr;
}

absl::StatusOr<std::vector<PickledModule>> ModuleTree(const PickleValues& values, ValueId root,
                                                      absl::string_view label) {
  struct Pending {
    ValueId id;
    std::string path;
    int depth;
  };
  std::vector<PickledModule> tree;
  std::vector<Pending> pending = {{root, "", 0}};
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    const PickleValue* state = ModuleState(values, next.id);
    if (state == nullptr) continue;  // an empty slot
    if (next.depth > kMaxDepth) {
      return absl::InvalidArgumentError(absl::StrCat(label, ": modules nested deeper than ",
                                                     kMaxDepth, " at \"", PrintableName(next.path),
                                                     "\": the module contains itself"));
    }
    if (tree.size() == kMaxModules) {
      return absl::ResourceExhaustedError(
          absl::StrCat(label, ": more than ", kMaxModules, " modules"));
    }
    tree.push_back({next.path, std::string(values.ClassName(values[next.id])),
                    values.object(values[next.id]).state, next.depth});
    const auto children = values.Entries(*DictIn(values, *state, "_modules"));
    for (size_t i = children.size(); i-- > 0;) {
      const PickleValue& name = values[children[i].first];
      if (name.kind != PickleKind::kString) continue;
      pending.push_back(
          {children[i].second,
           next.path.empty() ? std::string(name.text) : absl::StrCat(next.path, ".", name.text),
           next.depth + 1});
    }
  }
  return tree;
}

absl::StatusOr<std::vector<std::pair<std::string, ValueId>>> ModuleStateDict(
    const PickleValues& values, ValueId root, absl::string_view label) {
  absl::StatusOr<std::vector<PickledModule>> tree = ModuleTree(values, root, label);
  if (!tree.ok()) return tree.status();
  std::vector<std::pair<std::string, ValueId>> out;
  for (const PickledModule& module : *tree) {
    const PickleValue& state = values[module.state];
    absl::flat_hash_set<absl::string_view> hidden;
    if (const PickleValue* set = values.Find(state, "_non_persistent_buffers_set");
        set != nullptr && set->kind == PickleKind::kSet) {
      for (const ValueId id : values.items(*set)) hidden.insert(values[id].text);
    }
    const std::string prefix = module.path.empty() ? "" : absl::StrCat(module.path, ".");
    for (const absl::string_view part : {"_parameters", "_buffers"}) {
      for (const auto& [key, value] : values.Entries(*DictIn(values, state, part))) {
        const absl::string_view name = values[key].text;
        if (values[value].kind == PickleKind::kNone) continue;
        if (part == "_buffers" && hidden.contains(name)) continue;
        if (out.size() == kMaxStateEntries) {
          return absl::ResourceExhaustedError(
              absl::StrCat(label, ": more than ", kMaxStateEntries, " tensors"));
        }
        out.emplace_back(absl::StrCat(prefix, name), value);
      }
    }
  }
  return out;
}

std::vector<std::pair<std::string, ValueId>> ModuleAttributes(const PickleValues& values,
                                                              const PickledModule& module) {
  std::vector<std::pair<std::string, ValueId>> out;
  for (const auto& [key, value] : values.Entries(values[module.state])) {
    const absl::string_view name = values[key].text;
    const bool own = name == "_parameters" || name == "_buffers" || name == "_modules" ||
                     name == "_non_persistent_buffers_set" || name == "_is_full_backward_hook" ||
                     absl::EndsWith(name, "_hooks") || absl::StrContains(name, "_hooks_");
    if (!own) out.emplace_back(std::string(name), value);
  }
  return out;
}

}  // namespace graft::models
