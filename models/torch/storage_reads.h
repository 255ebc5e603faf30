// Which memory LibTorch's operators looked at on this thread: what came of the others cannot depend
// on what is in them.
//
//   StorageReads reads;
//   ... import and freeze a module ...
//   if (!reads.WasRead(weight.storage())) ...      // its values have decided nothing
//
// Every operator that the dispatcher calls counts as reading all of its arguments, but for a few
// that are known to make views. Comparing two tensors, as LibTorch's passes do to put equal
// constants together, counts only where they were equal: otherwise both stayed. Code that compares
// tensors itself, and operators that the dispatcher does not call, must be kept out:
// HasUnseenReads (graph_check.h).
//
// LibTorch's own hook for profilers, set for this thread only. Threads: of the thread that makes
// it, one at a time. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_STORAGE_READS_H_
#define GRAFT_MODELS_TORCH_STORAGE_READS_H_

#include <ATen/core/Tensor.h>
#include <ATen/record_function.h>

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_set.h"

namespace graft::models {

class StorageReads {
 public:
  StorageReads();
  ~StorageReads();
  StorageReads(const StorageReads&) = delete;
  StorageReads& operator=(const StorageReads&) = delete;

  // Of a storage that has lived since before the first operator; may be true of others.
  bool WasRead(const c10::Storage& storage) const {
    return read_.contains(storage.unsafeGetStorageImpl());
  }

 private:
  struct Comparison;

  static std::unique_ptr<at::ObserverContext> AtStart(const at::RecordFunction& call);
  static void AtEnd(const at::RecordFunction& call, at::ObserverContext* context);
  void Add(const at::Tensor& tensor);
  void Add(const c10::IValue& value);

  const at::RecordFunctionGuard enabled_{/*is_enabled=*/true};
  const uint64_t callback_;
  bool comparing_ = false;
  absl::flat_hash_set<const c10::StorageImpl*> read_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_STORAGE_READS_H_
