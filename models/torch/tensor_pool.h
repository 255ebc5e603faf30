// The tensors that versions of one model have in common: found by what is in them, or by what they
// were made from, and shared as long as one version holds them.
//
//   TensorPool pool;
//   pool.BeginLoad();                                                     // for each version
//   const TensorPool::Key key = pool.KeyOf(weight);                       // contents, shape, type
//   const auto placed = TensorPool::Derived("to cuda:0", {key});
//   at::Tensor there = pool.Find(placed);
//   if (!there.defined()) pool.Add(placed, there = weight.to(device));
//
// A checkpoint of a running training changes every tensor; one of a fine-tuned head, an adapter or
// a fixed backbone changes few. What did not change is not checked, cast, folded or uploaded again,
// and takes no memory of its own.
//
// The pool holds nothing alive: a tensor that no version holds any more is gone from it. Tensors in
// it must never be written.
//
// Keys are 128-bit XXH3 hashes. They are no defence against somebody who crafts two tensors with
// one hash: he could have written either into the file.
//
// Threads: one load at a time; versions may be destroyed on other threads meanwhile. For .cc files
// of models/torch and models/architecture only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_TENSOR_POOL_H_
#define GRAFT_MODELS_TORCH_TENSOR_POOL_H_

#include <ATen/core/Tensor.h>
#include <c10/core/StorageImpl.h>
#include <c10/util/intrusive_ptr.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace graft::models {

class TensorPool {
 public:
  struct Key {
    uint64_t low = 0;
    uint64_t high = 0;

    friend bool operator==(const Key&, const Key&) = default;
    template <typename H>
    friend H AbslHashValue(H state, const Key& key) {
      return H::combine(std::move(state), key.low, key.high);
    }
  };

  // What is in the pool already is another version's; what comes from now on is this one's.
  void BeginLoad();

  // A key that says what is in the tensor. One of the pool has it already; of another it is
  // computed from type, shape, strides and all elements. The tensor must be strided, on the CPU
  // unless it is in the pool.
  Key KeyOf(const at::Tensor& tensor) const;
  // The key of what is computed, in the way that `how` names, from tensors with these keys.
  static Key Derived(absl::string_view how, absl::Span<const Key> from);

  // The tensor of that key; undefined when no version holds it.
  at::Tensor Find(const Key& key) const;
  // From now on found by that key. A tensor may have several; the first is its own.
  void Add(const Key& key, const at::Tensor& tensor);
  // One of equal contents that a version holds, or else this one, which is added.
  at::Tensor Share(const at::Tensor& tensor);

  // True when the tensor's memory was in the pool before this load began.
  bool IsFromEarlierLoad(const at::Tensor& tensor) const;

 private:
  // How a tensor shows its memory.
  struct View {
    std::vector<int64_t> sizes;
    std::vector<int64_t> strides;
    int64_t offset = 0;
    c10::ScalarType type = c10::ScalarType::Undefined;

    friend bool operator==(const View&, const View&) = default;
  };
  // A weak reference also keeps the address from being used anew.
  using WeakStorage = c10::weak_intrusive_ptr<c10::StorageImpl>;
  struct Entry {
    WeakStorage storage;
    View view;
  };
  struct Storage {
    WeakStorage weak;
    uint64_t load = 0;  // in which it came
    std::vector<std::pair<View, Key>> keys;
  };

  static View ViewOf(const at::Tensor& tensor);

  uint64_t load_ = 0;
  absl::flat_hash_map<Key, Entry> entries_;
  absl::flat_hash_map<const c10::StorageImpl*, Storage> storages_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_TENSOR_POOL_H_
