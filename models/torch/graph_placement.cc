#include "models/torch/graph_placement.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/torch/graph_nodes.h"
#include "models/torch/paced_storage.h"
#include "models/torch/weight_memory.h"

namespace graft::models {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

bool Is(const Node* node, std::initializer_list<const char*> names) {
  const std::string name = node->kind().toQualString();
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Used as a parameter or statistic of batch norm, and for nothing else.
bool BelongsToBatchNorm(const Value* value) {
  return value->hasUses() &&
         std::all_of(value->uses().begin(), value->uses().end(), [](const torch::jit::Use& use) {
           return use.offset >= 1 && use.offset <= 4 && Is(use.user, {"aten::batch_norm"});
         });
}

// A number that the host reads: on a GPU it would cost a wait at each use.
bool IsReadByHost(const Value* value) {
  return value->hasUses() &&
         std::all_of(value->uses().begin(), value->uses().end(), [](const torch::jit::Use& use) {
           return Is(use.user, {"aten::Int", "aten::Float", "aten::Bool", "aten::ScalarImplicit",
                                "aten::IntImplicit", "aten::FloatImplicit", "aten::item"});
         });
}

class Placer {
 public:
  Placer(const std::shared_ptr<Graph>& graph, const c10::Device& device,
         std::optional<c10::ScalarType> precision, absl::string_view label)
      : graph_(graph), device_(device), precision_(precision), label_(label) {}

  absl::StatusOr<PlacedGraph> Place(const torch::jit::Module* module, TensorPool* pool) {
    // Forward may write to attributes: they are no other version's.
    if (module != nullptr) PlaceAttributes(*module);
    if (!status_.ok()) return status_;
    pool_ = pool;
    AllNodes(*graph_, [this](Node* node) {
      if (node->kind() == torch::jit::prim::Constant) {
        PlaceConstant(node);
      } else if (precision_) {
        CastNewTensors(node);
      }
      return status_.ok();
    });
    if (!status_.ok()) return status_;
    if (precision_) {
      placed_.compute_type = precision_;
      return placed_;
    }
    size_t most = 0;
    for (const auto& [type, bytes] : float_bytes_) {
      if (bytes > most) {
        most = bytes;
        placed_.compute_type = type;
      }
    }
    return placed_;
  }

 private:
  // What freezing could not fold: attributes that it thought might be written.
  void PlaceAttributes(const torch::jit::Module& module) {
    std::set<c10::ivalue::Object*> seen;
    std::vector<c10::intrusive_ptr<c10::ivalue::Object>> objects{module._ivalue()};
    while (!objects.empty()) {
      const c10::intrusive_ptr<c10::ivalue::Object> object = objects.back();
      objects.pop_back();
      if (!seen.insert(object.get()).second) continue;
      for (size_t slot = 0; slot < object->slots().size(); ++slot) {
        const c10::IValue value = object->getSlot(slot);
        if (value.isObject()) {
          objects.push_back(value.toObject());
        } else {
          object->setSlot(slot, Moved(value, /*keep_type=*/false, /*keep_place=*/false));
        }
      }
    }
  }

  void PlaceConstant(Node* node) {
    Value* output = node->output();
    const std::optional<c10::IValue> value = torch::jit::toIValue(output);
    if (!value) return;
    if (value->isDevice()) {
      if (value->toDevice() != device_) ReplaceConstant(node, c10::IValue(device_));
      return;
    }
    const bool keep_type = BelongsToBatchNorm(output);
    const bool keep_place = IsReadByHost(output);
    c10::IValue moved = Moved(*value, keep_type, keep_place);
    if (!moved.is(*value)) ReplaceConstant(node, moved);
  }

  void ReplaceConstant(Node* node, const c10::IValue& value) {
    torch::jit::WithInsertPoint at(node);
    Value* replacement = graph_->insertConstant(value);
    node->output()->replaceAllUsesWith(replacement);
    node->destroy();
  }

  c10::IValue Moved(const c10::IValue& value, bool keep_type, bool keep_place) {
    if (value.isTensor()) return MovedTensor(value.toTensor(), keep_type, keep_place);
    if (value.isTensorList()) {
      c10::List<at::Tensor> moved;
      bool changed = false;
      for (const at::Tensor& tensor : value.toTensorVector()) {
        moved.push_back(MovedTensor(tensor, keep_type, keep_place));
        changed = changed || !moved.get(moved.size() - 1).is_same(tensor);
      }
      return changed ? c10::IValue(moved) : value;
    }
    if (value.isTuple()) {
      std::vector<c10::IValue> items;
      bool changed = false;
      for (const c10::IValue& item : value.toTupleRef().elements()) {
        items.push_back(Moved(item, keep_type, keep_place));
        changed = changed || !items.back().is(item);
      }
      if (!changed) return value;
      return c10::ivalue::Tuple::create(std::move(items));
    }
    return value;
  }

  at::Tensor MovedTensor(const at::Tensor& tensor, bool keep_type, bool keep_place) {
    if (!tensor.defined()) return tensor;
    at::TensorOptions options = tensor.options();
    if (!keep_place) options = options.device(device_);
    const bool is_float = at::isFloatingType(tensor.scalar_type()) && !tensor.is_quantized();
    if (precision_ && !keep_type && is_float) options = options.dtype(*precision_);
    const Key key(tensor.unsafeGetTensorImpl(), keep_place, keep_type);
    if (const auto known = moved_.find(key); known != moved_.end()) return known->second.result;
    at::Tensor result = MoveOrFind(tensor, options);
    if (is_float && result.scalar_type() == at::kHalf && tensor.scalar_type() != at::kHalf &&
        tensor.numel() > 0) {
      // A finite weight must stay finite; infinities that were there (masks) stay as they are.
      const at::Tensor lost = at::isinf(result) & at::isfinite(tensor).to(result.device());
      if (lost.any().item<bool>()) {
        status_ = absl::InvalidArgumentError(absl::StrCat(
            label_, ": a weight of shape ", ShapeText(tensor), " reaches ",
            tensor.abs().max().item<double>(),
            ", beyond float16's 65504. Use the precision \"bfloat16\" or \"float32\"."));
      }
    }
    Count(result);
    moved_.emplace(key, Entry{tensor, result});
    return result;
  }

  at::Tensor MoveOrFind(const at::Tensor& tensor, const at::TensorOptions& options) {
    const bool is_plain = tensor.has_storage() && tensor.device().is_cpu() &&
                          tensor.layout() == at::kStrided && !tensor.is_quantized() &&
                          !tensor.is_conj() && !tensor.is_neg();
    if (pool_ == nullptr || !is_plain || tensor.numel() == 0) return MoveWeights(tensor, options);
    if (options.device() == tensor.device() && options.dtype() == tensor.dtype()) {
      return pool_->Share(tensor);
    }
    const TensorPool::Key key =
        TensorPool::Derived(absl::StrCat("placed on ", options.device().str(), " as ",
                                         c10::toString(c10::typeMetaToScalarType(options.dtype()))),
                            {pool_->KeyOf(tensor)});
    at::Tensor placed = pool_->Find(key);
    if (!placed.defined()) {
      placed = MoveWeights(tensor, options);
      pool_->Add(key, placed);
    }
    return placed;
  }

  static std::string ShapeText(const at::Tensor& tensor) {
    std::string text = "[";
    for (int64_t size : tensor.sizes()) absl::StrAppend(&text, text.size() > 1 ? ", " : "", size);
    return text + "]";
  }

  void Count(const at::Tensor& tensor) {
    if (!tensor.has_storage()) return;
    if (!counted_.insert(tensor.storage().unsafeGetStorageImpl()).second) return;
    placed_.weight_bytes += tensor.storage().nbytes();
    FreeInPieces(tensor.storage());
    if (pool_ != nullptr && pool_->IsFromEarlierLoad(tensor)) {
      placed_.shared_bytes += tensor.storage().nbytes();
    }
    if (at::isFloatingType(tensor.scalar_type())) {
      float_bytes_[tensor.scalar_type()] += tensor.storage().nbytes();
    }
  }

  // zeros(..., dtype=6) and zeros(...) make float32: beside cast weights they must be cast too.
  // Only kinds whose values every float type holds exactly.
  void CastNewTensors(Node* node) {
    const bool default_is_float = Is(node, {"aten::zeros", "aten::ones", "aten::empty"});
    if (!default_is_float &&
        !Is(node, {"aten::full", "aten::new_zeros", "aten::new_ones", "aten::new_empty",
                   "aten::new_full", "aten::zeros_like", "aten::ones_like", "aten::empty_like"})) {
      return;
    }
    const std::optional<size_t> index = node->schema().argumentIndexWithName("dtype");
    if (!index) return;
    const std::optional<c10::IValue> type = torch::jit::toIValue(node->input(*index));
    if (!type) return;
    const bool is_float32 = type->isInt() ? type->toInt() == static_cast<int>(at::kFloat)
                                          : type->isNone() && default_is_float;
    if (!is_float32) return;
    torch::jit::WithInsertPoint at(node);
    node->replaceInput(*index, graph_->insertConstant(static_cast<int64_t>(*precision_)));
  }

  // A tensor and the two ways in which it may be treated differently.
  using Key = std::tuple<c10::TensorImpl*, bool, bool>;
  struct Entry {
    at::Tensor source;  // kept, so that its address stays its own
    at::Tensor result;
  };

  const std::shared_ptr<Graph>& graph_;
  const c10::Device device_;
  const std::optional<c10::ScalarType> precision_;
  TensorPool* pool_ = nullptr;
  const absl::string_view label_;
  absl::Status status_;
  PlacedGraph placed_;
  std::map<Key, Entry> moved_;
  std::set<c10::StorageImpl*> counted_;
  std::map<c10::ScalarType, size_t> float_bytes_;
};

}  // namespace

absl::StatusOr<PlacedGraph> PlaceGraph(const std::shared_ptr<Graph>& graph,
                                       const torch::jit::Module* module, const c10::Device& device,
                                       std::optional<c10::ScalarType> precision, TensorPool* pool,
                                       absl::string_view label) {
  return Placer(graph, device, precision, label).Place(module, pool);
}

}  // namespace graft::models
