#include "models/torch/frozen_script.h"

#include <ATen/ATen.h>
#include <torch/csrc/jit/ir/constants.h>

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "models/torch/graph_check.h"
#include "models/torch/graph_nodes.h"
#include "models/torch/own_module.h"
#include "models/torch/script_records.h"

namespace graft::models {
namespace {

using torch::jit::Graph;
using torch::jit::Node;
using torch::jit::Value;

// Of a constant: its place's index.
const c10::Symbol kPlaceMark = c10::Symbol::attr("graft_place");

bool IsPlain(const at::Tensor& tensor) {
  return tensor.has_storage() && tensor.device().is_cpu() && tensor.layout() == at::kStrided &&
         !tensor.is_quantized() && !tensor.is_conj() && !tensor.is_neg();
}

at::Tensor TensorOver(const c10::Storage& storage, c10::ScalarType type, int64_t offset,
                      at::IntArrayRef sizes, at::IntArrayRef strides) {
  return at::empty({0}, type).set_(storage, offset, sizes, strides);
}

}  // namespace

std::optional<FrozenScript::Place> FrozenScript::Recording::PlaceOf(
    const at::Tensor& tensor) const {
  if (!IsPlain(tensor)) return std::nullopt;
  const auto found = records_.find(tensor.storage().unsafeGetStorageImpl());
  if (found == records_.end()) return std::nullopt;
  return Place{found->second, tensor.scalar_type(), tensor.storage_offset(), tensor.sizes().vec(),
               tensor.strides().vec()};
}

void FrozenScript::Recording::Imported(const ImportedScript& imported) {
  storages_ = imported.in_file;
  for (const auto& [record, storage] : storages_) {
    records_.emplace(storage.unsafeGetStorageImpl(), record);
  }
  is_possible_ = !HasUnseenReads(imported.module);
  const auto add = [this](const std::string& name, const at::Tensor& tensor, bool is_parameter) {
    if (!tensor.defined() || tensor.numel() == 0) return;
    std::optional<Place> place = PlaceOf(tensor);
    if (place) {
      made_->named_.push_back({name, *std::move(place), is_parameter});
    } else {
      is_possible_ = false;  // its values could not be checked
    }
  };
  for (const auto& parameter : imported.module.named_parameters()) {
    add(parameter.name, parameter.value, true);
  }
  for (const auto& buffer : imported.module.named_buffers()) add(buffer.name, buffer.value, false);
}

// Puts a mark in the place of every tensor; false: one is none of the archive's.
bool FrozenScript::Recording::TakeConstants(Graph& graph) {
  return AllNodes(graph, [this](Node* node) {
    if (node->kind() != torch::jit::prim::Constant) return true;
    const std::optional<c10::IValue> value = torch::jit::toIValue(node->output());
    if (!value) return false;
    if (!value->isTensor()) return !HoldsTensors(*value);
    const at::Tensor& tensor = value->toTensor();
    if (!tensor.defined()) return true;
    std::optional<Place> place = PlaceOf(tensor);
    if (!place) return false;
    node->i_(kPlaceMark, static_cast<int64_t>(made_->constants_.size()));
    // The file's tensor is not held alive for its place.
    node->t_(torch::jit::attr::value, at::empty({0}, tensor.options()));
    made_->constants_.push_back(*std::move(place));
    return true;
  });
}

std::shared_ptr<const FrozenScript> FrozenScript::Recording::Frozen(
    const ZipArchive& zip, const std::shared_ptr<Graph>& graph,
    const std::vector<c10::Argument>& arguments, const std::vector<std::string>& taps) {
  if (!is_possible_ || !StandsAlone(*graph)) return nullptr;
  for (const c10::Argument& argument : arguments) {
    if (argument.default_value() && HoldsTensors(*argument.default_value())) return nullptr;
  }
  const absl::StatusOr<TensorPool::Key> code = CodeKeyOf(zip);
  if (!code.ok()) return nullptr;
  const std::shared_ptr<Graph> taken = graph->copy();
  if (!TakeConstants(*taken)) return nullptr;
  absl::flat_hash_set<std::string> looked_at;
  for (const Place& place : made_->constants_) {
    // Indices and sizes, of which later passes may make more.
    if (!at::isFloatingType(place.type)) looked_at.insert(place.record);
  }
  for (const auto& [record, storage] : storages_) {
    if (reads_.WasRead(storage)) looked_at.insert(record);
  }
  for (const std::string& record : looked_at) {
    const std::optional<TensorPool::Key> contents = ContentKeyOf(zip, record);
    if (!contents) return nullptr;
    made_->looked_at_.push_back({record, *contents});
  }
  made_->code_ = *code;
  made_->taps_ = taps;
  made_->arguments_ = arguments;
  made_->forward_ = OwnModule(taken);
  return made_;
}

std::optional<FrozenScript::Instance> FrozenScript::Instantiate(
    const ZipArchive& zip, const std::shared_ptr<const FileBytes>& file,
    const std::vector<std::string>& taps) const {
  if (taps != taps_) return std::nullopt;
  const absl::StatusOr<TensorPool::Key> code = CodeKeyOf(zip);
  if (!code.ok() || *code != code_) return std::nullopt;
  for (const KnownContents& known : looked_at_) {
    if (ContentKeyOf(zip, known.record) != known.key) return std::nullopt;
  }

  StoragesByRecord storages;
  const auto tensor_at = [&](const Place& place) -> std::optional<at::Tensor> {
    auto found = storages.find(place.record);
    if (found == storages.end()) {
      std::optional<c10::Storage> storage = StorageInFile(zip, place.record, file);
      if (!storage) return std::nullopt;
      found = storages.emplace(place.record, *std::move(storage)).first;
    }
    return TensorOver(found->second, place.type, place.offset, place.sizes, place.strides);
  };

  Instance instance;
  for (const NamedPlace& named : named_) {
    std::optional<at::Tensor> tensor = tensor_at(named.place);
    if (!tensor) return std::nullopt;
    instance.tensors.push_back({named.name, *std::move(tensor), named.is_parameter});
  }
  const std::shared_ptr<Graph> graph = forward_.get_method("forward").graph()->copy();
  const bool all_found = AllNodes(*graph, [&](Node* node) {
    if (!node->hasAttribute(kPlaceMark)) return true;
    const std::optional<at::Tensor> tensor = tensor_at(constants_[node->i(kPlaceMark)]);
    if (!tensor) return false;
    const torch::jit::WithInsertPoint before(node);
    Value* const constant = graph->insertConstant(*tensor);
    constant->setType(node->output()->type());
    node->output()->replaceAllUsesWith(constant);
    node->destroy();
    return true;
  });
  if (!all_found) return std::nullopt;
  instance.forward.arguments = arguments_;
  instance.forward.module = OwnModule(graph);
  instance.forward.graph = graph;
  return instance;
}

}  // namespace graft::models
