#include "models/file/weight_sources.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/pickled_module.h"

namespace graft::models {
namespace {

constexpr size_t kMaxDepth = 16;
constexpr size_t kMaxSources = 1000;

// Names that stand for the trained network itself, best first.
constexpr absl::string_view kModelNames[] = {
    "state_dict",       "model_state_dict", "model",  "net",   "network", "module",
    "actor_state_dict", "actor_critic",     "policy", "actor", "weights", "params",
};

std::string Join(absl::string_view path, absl::string_view key) {
  return path.empty() ? std::string(key) : absl::StrCat(path, ".", key);
}

// What may have weights in it. Numbers in long lists cost nothing.
bool IsContainer(const PickleValues& values, ValueId id) {
  const PickleKind kind = values[id].kind;
  return kind == PickleKind::kDict || kind == PickleKind::kList || kind == PickleKind::kTuple ||
         kind == PickleKind::kObject;
}

// What makes a tensor no plain array; "" for one that is, and for what is no tensor.
std::string LeftOutKind(const TorchFile& file, ValueId id) {
  if (const TorchTensor* tensor = file.objects().TensorAt(id)) {
    switch (tensor->layout) {
      case TorchTensor::Layout::kStrided:
        return "";
      case TorchTensor::Layout::kMeta:
        return "on the meta device, without data";
      case TorchTensor::Layout::kSparseCoo:
      case TorchTensor::Layout::kSparseCompressed:
        return absl::StrCat("sparse ", tensor->sparse_kind);
    }
  }
  const absl::string_view type = file.values().ClassName(file.values()[id]);
  if (file.values()[id].kind != PickleKind::kObject) return "";
  if (absl::StartsWith(type, "torch.nn.parameter.Uninitialized")) return "not initialised yet";
  return absl::StartsWith(type, "torch._utils._rebuild_") ||
                 type == "torch._tensor._rebuild_from_type_v2"
             ? "of a kind of its own"
             : "";
}

// Adds a named value to the source if it is a tensor.
void AddTensor(const TorchFile& file, absl::string_view name, ValueId id, WeightSource* source) {
  if (const std::string kind = LeftOutKind(file, id); !kind.empty()) {
    source->left_out.push_back(absl::StrCat(name, " (", kind, ")"));
  } else if (const TorchTensor* tensor = file.objects().TensorAt(id)) {
    source->weights.push_back(WeightOf(file.objects(), *tensor, name));
  }
}

// The tensors of a dictionary that is a state_dict: at least one tensor, no further containers of
// tensors. Without weights when it is none.
WeightSource StateDictOf(const TorchFile& file, const PickleValue& dict) {
  WeightSource source;
  const PickleValues& values = file.values();
  for (const auto& [key, value] : values.Entries(dict)) {
    if (values[key].kind != PickleKind::kString) return {};
    // A nested dictionary or a module: weights lie deeper.
    if (values.IsMapping(values[value]) || IsPickledModule(values, value)) return {};
    AddTensor(file, values[key].text, value, &source);
  }
  return source;
}

}  // namespace

uint64_t WeightSource::ParameterCount() const {
  uint64_t count = 0;
  for (const Weight& weight : weights) count += static_cast<uint64_t>(weight.Elements());
  return count;
}

uint64_t WeightSource::LogicalBytes() const {
  uint64_t bytes = 0;
  for (const Weight& weight : weights) bytes += weight.LogicalBytes();
  return bytes;
}

bool NamesOptimizer(absl::string_view key) {
  const std::string lower = absl::AsciiStrToLower(key);
  return absl::StrContains(lower, "optim") || absl::StrContains(lower, "sched") ||
         absl::StrContains(lower, "scaler");
}

absl::StatusOr<std::vector<WeightSource>> FindWeightSources(const TorchFile& file,
                                                            absl::string_view label) {
  struct Pending {
    ValueId id;
    std::string path;
    size_t depth;
  };
  const PickleValues& values = file.values();
  std::vector<WeightSource> sources;
  std::vector<Pending> pending = {{values.root(), "", 0}};
  absl::flat_hash_set<ValueId> seen;
  while (!pending.empty() && sources.size() < kMaxSources) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    if (next.id != PickleValues::kNone && !seen.insert(next.id).second) continue;
    const PickleValue& value = values[next.id];
    if (IsPickledModule(values, next.id)) {
      auto entries = ModuleStateDict(values, next.id, label);
      if (!entries.ok()) return entries.status();
      WeightSource source{.path = next.path,
                          .module_class = std::string(values.ClassName(value)),
                          .module = next.id};
      for (const auto& [name, id] : *entries) AddTensor(file, name, id, &source);
      sources.push_back(std::move(source));
      continue;
    }
    if (const TorchTensor* tensor = file.objects().TensorAt(next.id)) {
      // A file that is one tensor.
      if (next.path.empty() && tensor->layout == TorchTensor::Layout::kStrided) {
        sources.push_back({.weights = {WeightOf(file.objects(), *tensor, "tensor")}});
      }
      continue;
    }
    if (next.depth > kMaxDepth) continue;
    if (value.kind == PickleKind::kList || value.kind == PickleKind::kTuple) {
      const absl::Span<const ValueId> items = values.items(value);
      for (size_t i = items.size(); i-- > 0;) {
        if (!IsContainer(values, items[i])) continue;
        pending.push_back({items[i], Join(next.path, absl::StrCat(i)), next.depth + 1});
      }
      continue;
    }
    if (!values.IsMapping(value)) continue;
    WeightSource source = StateDictOf(file, value);
    if (!source.weights.empty()) {
      source.path = next.path;
      source.versions = ModuleVersionsOf(values, next.id);
      sources.push_back(std::move(source));
      continue;
    }
    const auto entries = values.Entries(value);
    for (size_t i = entries.size(); i-- > 0;) {
      const PickleValue& key = values[entries[i].first];
      if (key.kind != PickleKind::kString || NamesOptimizer(key.text)) continue;
      pending.push_back({entries[i].second, Join(next.path, key.text), next.depth + 1});
    }
  }
  return sources;
}

int DefaultWeightSource(const std::vector<WeightSource>& sources) {
  if (sources.size() == 1) return 0;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].path.empty()) return static_cast<int>(i);
  }
  for (const absl::string_view name : kModelNames) {
    for (size_t i = 0; i < sources.size(); ++i) {
      if (sources[i].path == name) return static_cast<int>(i);
    }
  }
  return -1;
}

}  // namespace graft::models
