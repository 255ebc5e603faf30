#include "models/torch/paced_storage.h"

#include <c10/core/CPUAllocator.h>
#include <malloc.h>

#include "models/memory/paced_memory.h"

namespace graft::models {
namespace {

// Freed at once, so much takes a third of a millisecond.
constexpr size_t kLargeBytes = size_t{4} << 20;

void GiveBackAndFree(void* memory) {
  GiveBackPages(memory, malloc_usable_size(memory));
  c10::GetDefaultCPUAllocator()->raw_deleter()(memory);
}

}  // namespace

void FreeInPieces(const c10::Storage& storage) {
  if (!storage || !storage.device().is_cpu() || storage.nbytes() < kLargeBytes) return;
  // The default allocator's deleter is given the memory itself (c10/core/CPUAllocator.cpp). Memory
  // of an earlier version has ours already, and a file's mapping its own.
  [[maybe_unused]] const bool exchanged =
      storage.unsafeGetStorageImpl()->_mutable_data_ptr_no_checks().compare_exchange_deleter(
          c10::GetDefaultCPUAllocator()->raw_deleter(), &GiveBackAndFree);
}

}  // namespace graft::models
