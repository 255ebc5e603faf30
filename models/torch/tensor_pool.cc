#include "models/torch/tensor_pool.h"

#include <ATen/ATen.h>
#include <xxhash.h>

#include <algorithm>

#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

TensorPool::Key KeyOfHash(XXH128_hash_t hash) { return {hash.low64, hash.high64}; }

class Hash {
 public:
  Hash() { XXH3_128bits_reset(&state_); }

  void Add(const void* bytes, size_t count) { XXH3_128bits_update(&state_, bytes, count); }
  void Add(int64_t number) { Add(&number, sizeof(number)); }
  // With its length, so that no two sequences are one.
  void Add(at::IntArrayRef numbers) {
    Add(static_cast<int64_t>(numbers.size()));
    Add(numbers.data(), numbers.size() * sizeof(int64_t));
  }
  TensorPool::Key Finish() const { return KeyOfHash(XXH3_128bits_digest(&state_)); }

 private:
  XXH3_state_t state_;
};

}  // namespace

void TensorPool::BeginLoad() {
  ++load_;
  absl::erase_if(entries_, [](const auto& entry) { return entry.second.storage.expired(); });
  absl::erase_if(storages_, [](const auto& storage) { return storage.second.weak.expired(); });
}

TensorPool::View TensorPool::ViewOf(const at::Tensor& tensor) {
  return {tensor.sizes().vec(), tensor.strides().vec(), tensor.storage_offset(),
          tensor.scalar_type()};
}

TensorPool::Key TensorPool::KeyOf(const at::Tensor& tensor) const {
  const auto found = storages_.find(tensor.storage().unsafeGetStorageImpl());
  if (found != storages_.end()) {
    const View view = ViewOf(tensor);
    for (const auto& [known, key] : found->second.keys) {
      if (known == view) return key;
    }
  }
  Hash hash;
  hash.Add(static_cast<int64_t>(tensor.scalar_type()));
  hash.Add(tensor.sizes());
  hash.Add(tensor.strides());
  // Without holes or overlaps, the strides say which byte is which.
  const at::Tensor dense = tensor.is_non_overlapping_and_dense() ? tensor : tensor.contiguous();
  ForEachPiece(static_cast<const std::byte*>(dense.const_data_ptr()), dense.nbytes(),
               [&hash](const std::byte* piece, size_t size) { hash.Add(piece, size); });
  return hash.Finish();
}

TensorPool::Key TensorPool::Derived(absl::string_view how, absl::Span<const Key> from) {
  Hash hash;
  hash.Add(static_cast<int64_t>(how.size()));
  hash.Add(how.data(), how.size());
  for (const Key& key : from) {
    hash.Add(static_cast<int64_t>(key.low));
    hash.Add(static_cast<int64_t>(key.high));
  }
  return hash.Finish();
}

at::Tensor TensorPool::Find(const Key& key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return {};
  c10::intrusive_ptr<c10::StorageImpl> storage = found->second.storage.lock();
  if (!storage) return {};
  const View& view = found->second.view;
  const c10::Device device = storage->device();
  at::Tensor tensor = at::empty({0}, at::TensorOptions().dtype(view.type).device(device));
  return tensor.set_(at::Storage(std::move(storage)), view.offset, view.sizes, view.strides);
}

void TensorPool::Add(const Key& key, const at::Tensor& tensor) {
  const View view = ViewOf(tensor);
  const WeakStorage weak(tensor.storage().getWeakStorageImpl());
  entries_.insert_or_assign(key, Entry{weak, view});
  const auto [found, is_new] =
      storages_.try_emplace(tensor.storage().unsafeGetStorageImpl(), Storage{weak, load_, {}});
  std::vector<std::pair<View, Key>>& keys = found->second.keys;
  const bool known =
      std::any_of(keys.begin(), keys.end(), [&](const auto& entry) { return entry.first == view; });
  if (!known) keys.emplace_back(view, key);
}

at::Tensor TensorPool::Share(const at::Tensor& tensor) {
  const Key key = KeyOf(tensor);
  at::Tensor found = Find(key);
  if (found.defined()) return found;
  Add(key, tensor);
  return tensor;
}

bool TensorPool::IsFromEarlierLoad(const at::Tensor& tensor) const {
  const auto found = storages_.find(tensor.storage().unsafeGetStorageImpl());
  return found != storages_.end() && found->second.load < load_;
}

}  // namespace graft::models
