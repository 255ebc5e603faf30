#include "models/architecture/network.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "models/architecture/torch_types.h"
#include "models/torch/torch_dtype.h"

namespace graft::models::architecture {
namespace {

using python::ClassObject;
using python::DictObject;
using python::ErrorKind;
using python::InstanceObject;
using python::Value;

constexpr size_t kMaxDepth = 200;
constexpr size_t kMaxModules = 200'000;

std::string Joined(absl::string_view path, absl::string_view name) {
  return path.empty() ? std::string(name) : absl::StrCat(path, ".", name);
}

}  // namespace

Network::Network(python::Evaluator& ev, Value root) : ev_(ev) {
  module_class_ = ev.GetAttr(ev.ImportModule("torch.nn"), "Module").As<ClassObject>();
  // "net.py:Net" names a class; "resnet.py:resnet18" a function.
  if (root.As<InstanceObject>() == nullptr && !ev.IsInstance(root, module_class_)) {
    root = ev.Call(root, std::vector<Value>{});
  }
  root_ = root.As<InstanceObject>();
  if (root_ == nullptr || !root_->cls->DerivesFrom(module_class_)) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("the architecture is of type ", ev.TypeName(root),
                          ", not a torch.nn.Module: name a class derived from it, or a function "
                          "that returns one"));
  }
}

DictObject* Network::Registry(InstanceObject* module, absl::string_view name) {
  const std::optional<Value> found = module->FindOwn(name);
  DictObject* registry = found ? found->As<DictObject>() : nullptr;
  if (registry == nullptr) {
    ev_.Raise(ErrorKind::kAttributeError,
              absl::StrCat("a module of class ", module->cls->name, " has no ", name,
                           ": its __init__ must call super().__init__()"));
  }
  return registry;
}

// Calls visit(path, module) for every place of the tree, parents first.
void Network::Walk(absl::FunctionRef<void(const std::string& path, InstanceObject* module)> visit) {
  struct Pending {
    std::string path;
    InstanceObject* module;
    size_t depth;
  };
  std::vector<Pending> pending = {{"", root_, 0}};
  size_t seen = 0;
  while (!pending.empty()) {
    const Pending next = std::move(pending.back());
    pending.pop_back();
    ev_.Step();
    if (next.depth > kMaxDepth || ++seen > kMaxModules) {
      ev_.Raise(ErrorKind::kRecursionError,
                absl::StrCat("the network has modules deeper than ", kMaxDepth,
                             " levels, or more "
                             "than ",
                             kMaxModules, ": does \"", next.path, "\" hold itself?"));
    }
    visit(next.path, next.module);
    const auto children = Registry(next.module, "_modules")->Items();
    for (size_t i = children.size(); i-- > 0;) {
      auto* child = children[i].second.As<InstanceObject>();
      if (child == nullptr) continue;  // self.downsample = None
      pending.push_back({Joined(next.path, ev_.ToStr(children[i].first)), child, next.depth + 1});
    }
  }
}

std::vector<NetworkModule> Network::Modules() {
  std::vector<NetworkModule> modules;
  absl::flat_hash_set<InstanceObject*> seen;
  Walk([&](const std::string& path, InstanceObject* module) {
    if (seen.insert(module).second) modules.push_back({path, module});
  });
  return modules;
}

std::vector<NetworkTensor> Network::Tensors() {
  std::vector<NetworkTensor> tensors;
  absl::flat_hash_map<TensorData*, size_t> first;  // index of the tensor that has it first
  const Value batch_norm =
      ev_.GetAttr(ev_.ImportModule("torch.nn.modules.batchnorm"), "_BatchNorm");
  int groups = 0;
  Walk([&](const std::string& path, InstanceObject* module) {
    absl::flat_hash_set<std::string> hidden;
    if (const std::optional<Value> set = module->FindOwn("_non_persistent_buffers_set")) {
      for (const Value name : ev_.ToVector(*set)) hidden.insert(ev_.ToStr(name));
    }
    for (const auto role :
         {ArchitectureTensor::Role::kParameter, ArchitectureTensor::Role::kBuffer}) {
      const bool parameter = role == ArchitectureTensor::Role::kParameter;
      for (const auto& [key, value] :
           Registry(module, parameter ? "_parameters" : "_buffers")->Items()) {
        auto* tensor = value.As<TensorObject>();
        if (tensor == nullptr) continue;  // bias=False leaves None
        NetworkTensor found;
        found.tensor = tensor;
        found.in_batch_norm = ev_.IsInstance(module, batch_norm);
        const std::string name = ev_.ToStr(key);
        const at::Tensor& meta = tensor->data().meta[0];
        found.facts.name = Joined(path, name);
        found.facts.role = role;
        found.facts.persistent = parameter || !hidden.contains(name);
        found.facts.shape = meta.sizes().vec();
        const std::optional<DType> dtype = FromScalarType(meta.scalar_type());
        if (!dtype) {
          ev_.RaiseNotSupported(absl::StrCat("the type ", c10::toString(meta.scalar_type()),
                                             " of the tensor ", found.facts.name));
        }
        found.facts.dtype = *dtype;
        const auto [same, is_new] = first.try_emplace(&tensor->data().Root(), tensors.size());
        if (!is_new && tensors[same->second].facts.shape == found.facts.shape) {
          int& group = tensors[same->second].facts.tied_group;
          if (group == ArchitectureTensor::kNotTied) group = groups++;
          found.facts.tied_group = group;
        }
        tensors.push_back(std::move(found));
      }
    }
  });
  return tensors;
}

Network::Place Network::Locate(absl::string_view path) {
  Place place{root_, ""};
  std::string walked;
  const std::vector<std::string> levels = absl::StrSplit(path, '.');
  for (size_t i = 0; i < levels.size(); ++i) {
    DictObject* children = Registry(place.parent, "_modules");
    const std::optional<Value> child = children->Find(levels[i]);
    auto* instance = child ? child->As<InstanceObject>() : nullptr;
    const bool last = i + 1 == levels.size();
    // The last one may be None: a place that the architecture leaves empty.
    const std::optional<Value> own = place.parent->FindOwn(levels[i]);
    const bool is_empty = last && !child && own && own->IsNone();
    if ((!child && !is_empty) || (instance == nullptr && !last)) {
      std::vector<std::string> names;
      for (const auto& [name, value] : children->Items()) names.push_back(ev_.ToStr(name));
      ev_.Raise(ErrorKind::kAttributeError,
                absl::StrCat("there is no module \"", path, "\": ",
                             walked.empty() ? "the network" : absl::StrCat("\"", walked, "\""),
                             " (", place.parent->cls->name, ") has ",
                             names.empty() ? "no children" : absl::StrJoin(names, ", ")));
    }
    if (last) {
      place.name = levels[i];
      return place;
    }
    place.parent = instance;
    walked = Joined(walked, levels[i]);
  }
  return place;
}

void Network::Replace(absl::string_view path, Value module) {
  const Place place = Locate(path);
  if (module.As<ClassObject>() != nullptr) module = ev_.Call(module, std::vector<Value>{});
  if (!ev_.IsInstance(module, module_class_)) {
    ev_.Raise(ErrorKind::kTypeError, absl::StrCat("what replaces \"", path, "\" is of type ",
                                                  ev_.TypeName(module), ", not a torch.nn.Module"));
  }
  place.parent->EraseOwn(place.name);  // None
  Registry(place.parent, "_modules")->Set(ev_, place.name, module);
}

void Network::Remove(absl::string_view path) {
  const Place place = Locate(path);
  DictObject* siblings = Registry(place.parent, "_modules");
  python::ModuleObject* nn = ev_.ImportModule("torch.nn");
  const Value containers = ev_.Tuple({ev_.GetAttr(nn, "Sequential"), ev_.GetAttr(nn, "ModuleList"),
                                      ev_.GetAttr(nn, "ModuleDict")});
  if (ev_.IsInstance(place.parent, containers)) {
    siblings->Erase(ev_, ev_.Str(place.name));
  } else {
    siblings->Set(ev_, place.name, ev_.Call(ev_.GetAttr(nn, "Identity"), std::vector<Value>{}));
  }
}

void Network::RequireCovered(absl::string_view key, absl::Span<const NamePattern> patterns) {
  if (patterns.empty()) return;
  std::vector<std::string> names;
  Walk([&](const std::string& path, InstanceObject*) { names.push_back(path); });
  for (const NetworkTensor& tensor : Tensors()) names.push_back(tensor.facts.name);
  for (const NamePattern& pattern : patterns) {
    const bool used = std::any_of(names.begin(), names.end(),
                                  [&](const std::string& name) { return pattern.Covers(name); });
    if (used) continue;
    std::vector<std::string> children;
    for (const auto& [name, value] : Registry(root_, "_modules")->Items()) {
      children.push_back(ev_.ToStr(name));
    }
    ev_.Raise(ErrorKind::kValueError,
              absl::StrCat("\"", key, "\": nothing in the network is covered by \"", pattern.text(),
                           "\"; its modules are ", absl::StrJoin(children, ", "),
                           " and what is in them"));
  }
}

void Network::SetModes(absl::Span<const NamePattern> train) {
  // As user code would: a module may have its own train().
  ev_.CallMethod(root_, "eval", {});
  if (train.empty()) return;
  RequireCovered("train", train);
  for (const NetworkModule& module : Modules()) {
    for (const NamePattern& pattern : train) {
      if (pattern.Covers(module.path)) module.instance->SetOwn("training", Value::Bool(true));
    }
  }
}

}  // namespace graft::models::architecture
