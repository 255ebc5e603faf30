// The safetensors format: reading in place, and writing.
//
//   absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(bytes, "golden.safetensors");
//   const SafetensorsTensor* in0 = file->Find("in0");     // in0->bytes points into `bytes`
//   absl::Status status = WriteSafetensors("out.safetensors", {{"out0", DType::kFloat32, {2, 3},
//   data}});
//
// Format: https://huggingface.co/docs/safetensors: a little-endian u64 header length, a JSON header
// of name -> {dtype, shape, data_offsets}, then the buffer, which the tensors must tile without gap
// or overlap. What the reference library refuses is refused here too.
//
// Threads: immutable after Open; any thread. WriteSafetensors blocks for the file system.
// Ownership: tensors point into the bytes given to Open, which must outlive them.
#ifndef GRAFT_MODELS_FILE_SAFETENSORS_H_
#define GRAFT_MODELS_FILE_SAFETENSORS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/file/byte_span.h"
#include "models/tensor/dtype.h"

namespace graft::models {

// One tensor: C-contiguous, little-endian. `bytes` may be unaligned: copy elements, do not cast.
struct SafetensorsTensor {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape;
  ByteSpan bytes;
};

class SafetensorsFile {
 public:
  static constexpr uint64_t kMaxHeaderBytes = 100'000'000;
  static constexpr size_t kMaxRank = 64;

  // `label` names the file in errors. Errors: kInvalidArgument, naming the tensor and what is
  // wrong.
  static absl::StatusOr<SafetensorsFile> Open(ByteSpan bytes, absl::string_view label);

  // In the order of the header, which is the file's own order of mention.
  const std::vector<SafetensorsTensor>& tensors() const { return tensors_; }
  const SafetensorsTensor* Find(absl::string_view name) const;

  // The header's "__metadata__", in its order.
  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }

 private:
  std::vector<SafetensorsTensor> tensors_;
  std::vector<std::pair<std::string, std::string>> metadata_;
  absl::flat_hash_map<std::string, size_t> by_name_;
};

// "F32" for kFloat32; "" for kinds that the format does not have (complex32, complex128,
// quantised).
absl::string_view SafetensorsDTypeName(DType dtype);

using SafetensorsMetadata = std::vector<std::pair<std::string, std::string>>;

// A whole file in memory. Errors: kInvalidArgument (names twice, dtype that the format lacks, bytes
// that do not match dtype and shape).
absl::StatusOr<std::string> SafetensorsHeader(absl::Span<const SafetensorsTensor> tensors,
                                              const SafetensorsMetadata& metadata);

// Writes beside `path` and renames, so that nobody ever sees half a file. Errors: as above;
// kUnavailable when the file system refuses.
absl::Status WriteSafetensors(const std::string& path, absl::Span<const SafetensorsTensor> tensors,
                              const SafetensorsMetadata& metadata = {});

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_SAFETENSORS_H_
