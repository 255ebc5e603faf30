// Whether a TorchScript archive's pickle may be handed to LibTorch's unpickler.
//
//   absl::Status status = CheckScriptPickle(bytes, "walker.pt: data.pkl", [&](absl::string_view
//   key) {
//     return RecordSize(key);   // of data/<key>; nullopt when there is none
//   });
//
// LibTorch's unpickler (torch/csrc/jit/serialization/unpickler.cpp) trusts what it reads: a tensor
// may lie outside its storage, a storage may be longer than its record, values nested without end
// overflow its stack. So the pickle is read as data first, in LibTorch's dialect (pickle_reader.h),
// and what it describes is let through only if torch.jit.save could have written it. Nothing is
// constructed or called.
//
// Threads: a free function without state; nothing blocks. Memory: proportional to the pickle. No
// LibTorch.
#ifndef GRAFT_MODELS_TORCH_PICKLE_CHECK_H_
#define GRAFT_MODELS_TORCH_PICKLE_CHECK_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"

namespace graft::models {

struct PickleBounds {
  // Containers and modules inside one another. A module tree costs two levels for each of its own.
  int max_depth = 400;
  // Brackets in the text of a type tag.
  int max_type_brackets = 50;
  // Bytes of all storages read, counted again each time one is named again.
  uint64_t max_storage_bytes = UINT64_MAX;
};

using StorageRecordSize = std::function<std::optional<uint64_t>(absl::string_view key)>;

// Errors: kInvalidArgument: what was found; kResourceExhausted: those of ReadPickle. `label` begins
// the message.
absl::Status CheckScriptPickle(ByteSpan pickle, absl::string_view label,
                               const StorageRecordSize& record_size,
                               const PickleBounds& bounds = {});

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_PICKLE_CHECK_H_
