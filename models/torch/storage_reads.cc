#include "models/torch/storage_reads.h"

#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace graft::models {
namespace {

thread_local StorageReads* current = nullptr;

// Operators whose every overload looks at types, shapes and storages only. "detach" is what
// autograd calls aten::detach besides.
const absl::flat_hash_set<absl::string_view>& Views() {
  static const auto* const views = new absl::flat_hash_set<absl::string_view>{
      "aten::alias",     "aten::as_strided", "aten::detach",    "aten::dim",    "aten::expand",
      "aten::numel",     "aten::permute",    "aten::select",    "aten::set_",   "aten::size",
      "aten::slice",     "aten::split",      "aten::squeeze",   "aten::stride", "aten::t",
      "aten::transpose", "aten::unbind",     "aten::unsqueeze", "aten::view",   "detach"};
  return *views;
}

bool AreOneView(const at::Tensor& one, const at::Tensor& other) {
  return one.has_storage() && other.has_storage() && one.is_alias_of(other) &&
         one.storage_offset() == other.storage_offset() && one.sizes() == other.sizes() &&
         one.strides() == other.strides();
}

}  // namespace

struct StorageReads::Comparison final : at::ObserverContext {
  std::vector<c10::IValue> compared;
};

StorageReads::StorageReads()
    : callback_(at::addThreadLocalCallback(at::RecordFunctionCallback(&AtStart, &AtEnd)
                                               .needsInputs(true)
                                               .needsOutputs(true)
                                               .scopes({at::RecordScope::FUNCTION}))) {
  current = this;
}

StorageReads::~StorageReads() {
  at::removeCallback(callback_);
  current = nullptr;
}

std::unique_ptr<at::ObserverContext> StorageReads::AtStart(const at::RecordFunction& call) {
  StorageReads& reads = *current;
  // What a comparison does inside is part of it.
  if (reads.comparing_ || Views().contains(call.name())) return nullptr;
  if (absl::string_view(call.name()) == "aten::equal") {
    auto comparison = std::make_unique<Comparison>();
    comparison->compared.assign(call.inputs().begin(), call.inputs().end());
    reads.comparing_ = true;
    return comparison;
  }
  for (const c10::IValue& input : call.inputs()) reads.Add(input);
  return nullptr;
}

void StorageReads::AtEnd(const at::RecordFunction& call, at::ObserverContext* context) {
  if (context == nullptr) return;
  StorageReads& reads = *current;
  reads.comparing_ = false;
  const auto& compared = static_cast<const Comparison*>(context)->compared;
  const bool differ =
      call.outputs().size() == 1 && call.outputs()[0].isBool() && !call.outputs()[0].toBool();
  if (differ) return;
  if (compared.size() == 2 && compared[0].isTensor() && compared[1].isTensor() &&
      AreOneView(compared[0].toTensor(), compared[1].toTensor())) {
    return;
  }
  for (const c10::IValue& input : compared) reads.Add(input);
}

void StorageReads::Add(const at::Tensor& tensor) {
  if (tensor.defined() && tensor.has_storage()) {
    read_.insert(tensor.storage().unsafeGetStorageImpl());
  }
}

void StorageReads::Add(const c10::IValue& value) {
  value.visit([this](const c10::IValue& part) {
    if (part.isTensor()) Add(part.toTensor());
    if (part.isStorage()) read_.insert(part.toStorage().unsafeGetStorageImpl());
    return false;  // go on into it
  });
}

}  // namespace graft::models
