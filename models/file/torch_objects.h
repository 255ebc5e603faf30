// The storages and tensors in a pickle of PyTorch's: which value is which, checked against the
// bytes that are really there.
//
//   absl::StatusOr<std::vector<TorchStorage>> storages = CollectStorages(values, label);
//   ... the container fills in storages[i].bytes ...
//   absl::StatusOr<TorchObjects> objects = TorchObjects::Build(values, std::move(*storages),
//   label); if (const TorchTensor* t = objects->TensorAt(id)) ...
//
// Nothing of a tensor is believed: sizes x strides + offset must lie inside the storage, with every
// step checked for overflow. Sources: torch/_utils.py (_rebuild_*), torch/serialization.py
// (persistent ids).
//
// Threads: immutable once built; any thread.
// Ownership: storages point into bytes of the container.
#ifndef GRAFT_MODELS_FILE_TORCH_OBJECTS_H_
#define GRAFT_MODELS_FILE_TORCH_OBJECTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/file/pickle_values.h"
#include "models/tensor/dtype.h"

namespace graft::models {

struct TorchStorage {
  std::string key;
  std::string location;        // "cpu", "cuda:0": where it was; always read into host memory
  std::optional<DType> dtype;  // nullopt: UntypedStorage, counted in bytes
  uint64_t size_bytes = 0;     // as announced
  ByteSpan bytes;              // size_bytes of them once the container has filled it in

  // Legacy format: a view [view_offset, view_offset + view_size) in bytes of the storage `key`.
  bool is_view = false;
  uint64_t view_offset = 0;
  uint64_t view_size = 0;
};

struct TorchTensor {
  enum class Layout { kStrided, kSparseCoo, kSparseCompressed, kMeta };

  DType dtype = DType::kFloat32;
  Layout layout = Layout::kStrided;
  std::vector<int64_t> shape;
  std::vector<int64_t> stride;  // in elements
  int64_t offset = 0;           // in elements
  uint32_t storage = 0;         // index into storages(); kStrided only
  bool requires_grad = false;
  bool parameter = false;
  bool conj = false;  // the elements are the complex conjugates of the stored ones
  bool neg = false;   // the elements are the negatives of the stored ones

  // Quantised kinds: "per_tensor_affine" with scale and zero point, or "per_channel_affine" with
  // tensors.
  std::string quantizer;
  double scale = 0;
  int64_t zero_point = 0;
  ValueId scales = 0;
  ValueId zero_points = 0;
  int64_t axis = 0;

  // Sparse: the tensors {indices, values}; compressed, of the kind "csr", "csc", "bsr" or "bsc":
  // {crow_indices, col_indices, values}, or {ccol_indices, row_indices, values}.
  std::string sparse_kind;
  std::vector<ValueId> parts;

  // Number of elements; checked not to overflow.
  int64_t Elements() const;
};

// One storage for each distinct (key, view) that persistent ids name. Errors: kInvalidArgument.
absl::StatusOr<std::vector<TorchStorage>> CollectStorages(const PickleValues& values,
                                                          absl::string_view label);

class TorchObjects {
 public:
  TorchObjects() = default;

  // @pre each storage's bytes are filled in.
  static absl::StatusOr<TorchObjects> Build(const PickleValues& values,
                                            std::vector<TorchStorage> storages,
                                            absl::string_view label);

  const std::vector<TorchStorage>& storages() const { return storages_; }
  const std::vector<TorchTensor>& tensors() const { return tensors_; }

  // The tensor or storage that a value stands for, or nullptr.
  const TorchTensor* TensorAt(ValueId id) const;
  const TorchStorage* StorageAt(ValueId id) const;

 private:
  friend class TorchObjectBuilder;
  std::vector<TorchStorage> storages_;
  std::vector<TorchTensor> tensors_;
  absl::flat_hash_map<ValueId, uint32_t> tensor_of_;
  absl::flat_hash_map<ValueId, uint32_t> storage_of_;
};

// The storage's bytes of a strided tensor and where its first element lies in them.
ByteSpan StorageBytes(const TorchObjects& objects, const TorchTensor& tensor);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_TORCH_OBJECTS_H_
