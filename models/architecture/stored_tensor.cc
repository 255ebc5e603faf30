#include "models/architecture/stored_tensor.h"

#include <ATen/ATen.h>

#include <cstring>
#include <utility>
#include <vector>

#include "models/torch/torch_dtype.h"

namespace graft::models::architecture {

at::Tensor StoredTensor(const Weight& weight, std::shared_ptr<const void> owner) {
  const c10::ScalarType type = ToScalarType(weight.dtype);
  const size_t element_bytes = ElementBytes(weight.dtype);
  if (weight.Elements() == 0) return at::empty(weight.shape, type);
  const uint8_t* first = weight.storage.data() + weight.offset * element_bytes;
  const bool aligned = reinterpret_cast<uintptr_t>(first) % element_bytes == 0;
  if (aligned && !weight.conj && !weight.neg) {
    return at::from_blob(
        const_cast<uint8_t*>(first), weight.shape, weight.stride,
        [owner = std::move(owner)](void*) {}, at::TensorOptions().dtype(type));
  }
  const std::vector<uint8_t> elements = CopyElements(weight);
  at::Tensor copy = at::empty(weight.shape, type);
  std::memcpy(copy.mutable_data_ptr(), elements.data(), elements.size());
  return copy;
}

}  // namespace graft::models::architecture
