// Named weights, whichever format they came from: what a model is bound to.
//
//   for (const Weight& w : table) if (w.IsContiguous()) Use(w.name, w.dtype, w.shape,
//   w.FirstElement());
//
// A weight is a view: element (i, j ...) lies at storage + (offset + i * stride[0] + j * stride[1]
// ...) elements. The readers have checked that no element lies outside its storage.
//
// Threads: values; any thread.
// Ownership: storages are bytes of the file that the weights were read from, which must outlive
// them.
#ifndef GRAFT_MODELS_FILE_WEIGHT_TABLE_H_
#define GRAFT_MODELS_FILE_WEIGHT_TABLE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "models/file/byte_span.h"
#include "models/file/safetensors.h"
#include "models/file/torch_objects.h"
#include "models/tensor/dtype.h"

namespace graft::models {

struct Weight {
  std::string name{};
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape = {};
  std::vector<int64_t> stride = {};  // in elements
  int64_t offset = 0;                // in elements
  ByteSpan storage = {};
  uint32_t storage_id = 0;  // of the storage within its file: equal for tied weights and views
  bool parameter = false;   // saved as nn.Parameter
  bool requires_grad = false;
  bool conj = false;  // the elements are the complex conjugates of the stored ones
  bool neg = false;   // the elements are the negatives of the stored ones

  int64_t Elements() const;
  // Elements() x bytes of one.
  uint64_t LogicalBytes() const;
  // Elements follow each other in storage in C order, as they are.
  bool IsContiguous() const;
  // @pre IsContiguous(). All of its elements; may be unaligned in safetensors files.
  ByteSpan ContiguousBytes() const;
};

using WeightTable = std::vector<Weight>;

// Hands the elements in C order to `sink` in pieces, conjugates and negatives resolved.
void ForEachPiece(const Weight& weight, const std::function<void(ByteSpan)>& sink);

// A C-contiguous copy of the elements.
std::vector<uint8_t> CopyElements(const Weight& weight);

// SHA-256 of the elements in C order, hexadecimal.
std::string ElementsSha256(const Weight& weight);

// Converting from the readers' own.
// @pre a strided tensor
Weight WeightOf(const TorchObjects& objects, const TorchTensor& tensor, absl::string_view name);
Weight WeightOf(const SafetensorsTensor& tensor, uint32_t storage_id);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_WEIGHT_TABLE_H_
