#include "models/file/value_tree.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/file/element_value.h"
#include "models/file/numpy_values.h"
#include "models/file/pickled_module.h"
#include "models/file/printable_name.h"
#include "models/file/sha256.h"

namespace graft::models {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMaxDepth = 900;

// Numbers the storages in the order in which tensors show them.
class StorageNumbers {
 public:
  int64_t NumberOf(uint32_t storage_id) {
    return numbers_.try_emplace(storage_id, numbers_.size()).first->second;
  }

 private:
  absl::flat_hash_map<uint32_t, int64_t> numbers_;
};

// `state_dict`: as Python's state_dict() hands tensors out, detached from their parameters.
ordered_json TensorValue(const Weight& weight, StorageNumbers* storages, bool hash,
                         bool state_dict) {
  ordered_json value = {{"t", "tensor"},
                        {"dtype", std::string(DTypeName(weight.dtype))},
                        {"shape", weight.shape},
                        {"stride", weight.stride},
                        {"offset", weight.offset},
                        {"storage", storages->NumberOf(weight.storage_id)},
                        {"storage_bytes", weight.storage.size()}};
  if (hash) value["sha256"] = ElementsSha256(weight);
  if (weight.parameter && !state_dict) value["parameter"] = true;
  if ((weight.parameter || weight.requires_grad) && !state_dict) {
    value["requires_grad"] = weight.requires_grad;
  }
  if (weight.conj) value["conj"] = true;
  if (weight.neg) value["neg"] = true;
  return value;
}

// Walks the value graph with a stack of its own.
class TreeWalk {
 public:
  TreeWalk(const TorchFile& file, absl::string_view label, const ValueTreeOptions& options)
      : values_(file.values()), objects_(file.objects()), label_(label), options_(options) {}

  absl::StatusOr<ordered_json> Run() {
    tasks_.push_back({values_.root(), 0, ordered_json(), false, false});
    while (!tasks_.empty() && status_.ok()) {
      Task task = std::move(tasks_.back());
      tasks_.pop_back();
      path_.resize(task.depth > 0 ? task.depth - 1 : 0);
      if (task.depth > 0) path_.push_back(std::move(task.key));
      for (const ValueId id : absl::MakeSpan(open_).subspan(std::min(task.depth, open_.size()))) {
        on_path_.erase(id);
      }
      open_.resize(std::min(task.depth, open_.size()));
      Visit(task);
    }
    if (!status_.ok()) return status_;
    return std::move(out_);
  }

 private:
  struct Task {
    ValueId id;
    size_t depth;  // of its path
    ordered_json key;
    // The module's state_dict, where id is the module itself.
    bool state_dict = false;
    // An entry of a module's state_dict.
    bool detached = false;
  };

  void TooMany() {
    status_ = absl::ResourceExhaustedError(absl::StrCat(
        label_, ": more than ", options_.max_entries, " values when written out as a tree"));
  }

  void Emit(ordered_json value) {
    if (out_.size() == options_.max_entries) return TooMany();
    out_.push_back({path_, std::move(value)});
  }

  // Emits a container and puts its children on the stack, first child on top. False when the walk
  // must not enter it.
  void Open(ValueId id, ordered_json value, std::vector<std::pair<ordered_json, ValueId>> children,
            bool detached = false) {
    Emit(std::move(value));
    if (path_.size() > kMaxDepth) {
      status_ = absl::ResourceExhaustedError(
          absl::StrCat(label_, ": values nested deeper than ", kMaxDepth));
      return;
    }
    if (tasks_.size() + children.size() > 2 * options_.max_entries) {
      return TooMany();
    }
    open_.resize(path_.size(), PickleValues::kNone);
    open_.push_back(id);
    on_path_.insert(id);
    for (size_t i = children.size(); i-- > 0;) {
      tasks_.push_back({children[i].second, path_.size() + 1, std::move(children[i].first),
                        /*state_dict=*/false, detached});
    }
  }

  ordered_json KeyOf(ValueId id) const {
    const PickleValue& key = values_[id];
    if (key.kind == PickleKind::kString) return std::string(key.text);
    const char* type = "object";
    switch (key.kind) {
      case PickleKind::kNone:
        type = "NoneType";
        break;
      case PickleKind::kBool:
        type = "bool";
        break;
      case PickleKind::kInt:
      case PickleKind::kBigInt:
        type = "int";
        break;
      case PickleKind::kFloat:
        type = "float";
        break;
      case PickleKind::kBytes:
        type = "bytes";
        break;
      case PickleKind::kTuple:
        type = "tuple";
        break;
      default:
        break;
    }
    return absl::StrCat("<", type, " ", PickleRepr(values_, id), ">");
  }

  void Visit(const Task& task);
  void VisitObject(const Task& task, const PickleValue& value);
  void VisitModule(const Task& task, const PickleValue& value);
  void VisitStateDict(const Task& task);
  void EmitTensor(const TorchTensor& tensor, bool detached);
  std::vector<std::pair<ordered_json, ValueId>> Numbered(absl::Span<const ValueId> items) const {
    std::vector<std::pair<ordered_json, ValueId>> out;
    for (size_t i = 0; i < items.size(); ++i) out.emplace_back(i, items[i]);
    return out;
  }
  ordered_json NumbersOf(ValueId tensor_id) const;

  const PickleValues& values_;
  const TorchObjects& objects_;
  std::string label_;
  const ValueTreeOptions& options_;
  absl::Status status_;
  ordered_json out_ = ordered_json::array();
  std::vector<ordered_json> path_;
  std::vector<Task> tasks_;
  std::vector<ValueId> open_;  // the containers on the path to the current value
  absl::flat_hash_set<ValueId> on_path_;
  StorageNumbers storages_;
};

void TreeWalk::Visit(const Task& task) {
  if (task.state_dict) return VisitStateDict(task);
  const PickleValue& value = values_[task.id];
  if (task.id != PickleValues::kNone && on_path_.contains(task.id)) return Emit({{"t", "cycle"}});
  switch (value.kind) {
    case PickleKind::kNone:
      return Emit({{"t", "none"}, {"v", nullptr}});
    case PickleKind::kBool:
      return Emit({{"t", "bool"}, {"v", value.integer != 0}});
    case PickleKind::kInt:
      return Emit({{"t", "int"}, {"v", value.integer}});
    case PickleKind::kBigInt:
      return Emit({{"t", "int"}, {"v", PickleIntText(value)}});
    case PickleKind::kFloat:
      if (!std::isfinite(value.number)) {
        return Emit({{"t", "float"}, {"v", FloatRepr(value.number)}});
      }
      return Emit({{"t", "float"}, {"v", value.number}});
    case PickleKind::kString:
      return Emit({{"t", "str"}, {"v", std::string(value.text)}});
    case PickleKind::kBytes:
      return Emit({{"t", "other"}, {"class", "bytes"}, {"repr", PickleRepr(values_, task.id)}});
    case PickleKind::kTuple:
    case PickleKind::kList: {
      const absl::Span<const ValueId> items = values_.items(value);
      return Open(
          task.id,
          {{"t", value.kind == PickleKind::kTuple ? "tuple" : "list"}, {"len", items.size()}},
          Numbered(items));
    }
    case PickleKind::kDict: {
      std::vector<std::pair<ordered_json, ValueId>> children;
      for (const auto& [key, item] : values_.Entries(value))
        children.emplace_back(KeyOf(key), item);
      ordered_json head = {{"t", std::string(value.text)}, {"len", children.size()}};
      return Open(task.id, std::move(head), std::move(children));
    }
    case PickleKind::kSet:
    case PickleKind::kFrozenSet: {
      std::vector<std::string> items;
      for (const ValueId id : values_.items(value)) items.push_back(PickleRepr(values_, id));
      std::sort(items.begin(), items.end());
      items.erase(std::unique(items.begin(), items.end()), items.end());
      return Emit({{"t", value.kind == PickleKind::kSet ? "set" : "frozenset"}, {"v", items}});
    }
    case PickleKind::kGlobal: {
      absl::string_view name = value.text;
      const bool dtype = absl::ConsumePrefix(&name, "torch.") && ParseDType(name).has_value();
      return Emit({{"t", "other"},
                   {"class", dtype ? "dtype" : "global"},
                   {"repr", PrintableName(value.text)}});
    }
    case PickleKind::kPersistent: {
      const TorchStorage* storage = objects_.StorageAt(task.id);
      ordered_json out = {{"t", "storage"}, {"class", "TypedStorage"}};
      if (options_.hash) {
        Sha256 hash;
        hash.Update(storage->bytes);
        out["sha256"] = hash.FinishHex();
      }
      return Emit(std::move(out));
    }
    case PickleKind::kObject:
      return VisitObject(task, value);
  }
}

void TreeWalk::VisitObject(const Task& task, const PickleValue& value) {
  if (const TorchTensor* tensor = objects_.TensorAt(task.id)) {
    return EmitTensor(*tensor, task.detached);
  }
  if (IsPickledModule(values_, task.id)) return VisitModule(task, value);
  const PickleObject& object = values_.object(value);
  const absl::string_view type = values_.ClassName(value);
  const absl::Span<const ValueId> arguments = values_.items(values_[object.arguments]);
  if (type == "torch.Size" && arguments.size() == 1) {
    const absl::Span<const ValueId> items = values_.items(values_[arguments[0]]);
    return Open(task.id, {{"t", "Size"}, {"len", items.size()}}, Numbered(items));
  }
  if (const std::optional<double> number = Float64Scalar(values_, value)) {
    return Emit({{"t", "float"}, {"v", *number}});
  }
  if (std::optional<NamedRepr> known = ReprOfKnownObject(values_, value)) {
    return Emit({{"t", "other"}, {"class", known->type}, {"repr", known->repr}});
  }
  std::vector<std::pair<ordered_json, ValueId>> children;
  const PickleValue& state = values_[object.state];
  if (state.kind != PickleKind::kNone) {
    children.emplace_back(state.kind == PickleKind::kDict ? "<dict>" : "<state>", object.state);
  }
  if (state.kind == PickleKind::kNone && !arguments.empty()) {
    children.emplace_back("<arguments>", object.arguments);
  }
  // What a subclass of dict or list holds.
  if (values_.IsMapping(value)) {
    for (const auto& [key, item] : values_.Entries(value)) children.emplace_back(KeyOf(key), item);
  } else {
    for (auto& child : Numbered(values_.items(value))) children.push_back(std::move(child));
  }
  Open(task.id, {{"t", "object"}, {"class", std::string(type)}}, std::move(children));
}

void TreeWalk::VisitModule(const Task& task, const PickleValue& value) {
  Emit({{"t", "module"}, {"class", std::string(values_.ClassName(value))}});
  tasks_.push_back({task.id, path_.size() + 1, "<state_dict>", /*state_dict=*/true,
                    /*detached=*/false});
}

void TreeWalk::VisitStateDict(const Task& task) {
  absl::StatusOr<std::vector<std::pair<std::string, ValueId>>> entries =
      ModuleStateDict(values_, task.id, label_);
  if (!entries.ok()) {
    status_ = entries.status();
    return;
  }
  std::vector<std::pair<ordered_json, ValueId>> children;
  for (auto& [name, id] : *entries) {
    children.emplace_back(std::move(name), id);
  }
  ordered_json head = {{"t", "OrderedDict"}, {"len", children.size()}};
  Open(task.id, std::move(head), std::move(children), /*detached=*/true);
}

ordered_json TreeWalk::NumbersOf(ValueId tensor_id) const {
  const TorchTensor* tensor = objects_.TensorAt(tensor_id);
  ordered_json out = ordered_json::array();
  constexpr int64_t kMaxListed = 10'000;
  if (tensor->layout != TorchTensor::Layout::kStrided || tensor->Elements() > kMaxListed)
    return out;
  const std::vector<double> numbers = ElementsAsDoubles(WeightOf(objects_, *tensor, ""));
  const bool whole = !IsComputeFloat(tensor->dtype);
  auto number = [&](size_t i) {
    return whole ? ordered_json(static_cast<int64_t>(numbers[i])) : ordered_json(numbers[i]);
  };
  if (tensor->shape.size() == 2) {
    const auto rows = static_cast<size_t>(tensor->shape[0]);
    const auto columns = static_cast<size_t>(tensor->shape[1]);
    for (size_t r = 0; r < rows; ++r) {
      ordered_json row = ordered_json::array();
      for (size_t c = 0; c < columns; ++c) row.push_back(number(r * columns + c));
      out.push_back(std::move(row));
    }
    return out;
  }
  for (size_t i = 0; i < numbers.size(); ++i) out.push_back(number(i));
  return out;
}

void TreeWalk::EmitTensor(const TorchTensor& tensor, bool detached) {
  using Layout = TorchTensor::Layout;
  if (tensor.layout == Layout::kStrided && tensor.quantizer.empty()) {
    return Emit(TensorValue(WeightOf(objects_, tensor, ""), &storages_, options_.hash, detached));
  }
  ordered_json value = {
      {"t", "tensor"}, {"dtype", std::string(DTypeName(tensor.dtype))}, {"shape", tensor.shape}};
  if (tensor.layout == Layout::kMeta) {
    value["device"] = "meta";
    value["stride"] = tensor.stride;
  } else if (tensor.layout == Layout::kSparseCoo) {
    value["layout"] = "coo";
    value["indices"] = NumbersOf(tensor.parts[0]);
    value["values"] = NumbersOf(tensor.parts[1]);
  } else if (tensor.layout == Layout::kSparseCompressed) {
    // Compressed along rows or columns: "csr", "csc", "bsr", "bsc".
    const bool rows = absl::EndsWith(tensor.sparse_kind, "r");
    value["layout"] = tensor.sparse_kind;
    value[rows ? "crow" : "ccol"] = NumbersOf(tensor.parts[0]);
    value[rows ? "col" : "row"] = NumbersOf(tensor.parts[1]);
    value["values"] = NumbersOf(tensor.parts[2]);
  } else {
    value["qscheme"] = absl::StrCat("torch.", tensor.quantizer);
    if (options_.hash) value["sha256"] = ElementsSha256(WeightOf(objects_, tensor, ""));
    if (tensor.quantizer == "per_tensor_affine") {
      value["q"] = {tensor.scale, tensor.zero_point};
    } else {
      value["q"] = {NumbersOf(tensor.scales), NumbersOf(tensor.zero_points), tensor.axis};
    }
  }
  Emit(std::move(value));
}

}  // namespace

absl::StatusOr<ordered_json> ValueTree(const TorchFile& file, absl::string_view label,
                                       const ValueTreeOptions& options) {
  return TreeWalk(file, label, options).Run();
}

ordered_json ValueTreeOfWeights(const WeightTable& weights, absl::string_view type,
                                const ValueTreeOptions& options) {
  StorageNumbers storages;
  ordered_json out = ordered_json::array();
  out.push_back({ordered_json::array(), {{"t", std::string(type)}, {"len", weights.size()}}});
  for (const Weight& weight : weights) {
    out.push_back(
        {{weight.name}, TensorValue(weight, &storages, options.hash, /*state_dict=*/true)});
  }
  return out;
}

}  // namespace graft::models
