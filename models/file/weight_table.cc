#include "models/file/weight_table.h"

#include <algorithm>
#include <utility>

#include "models/file/sha256.h"

namespace graft::models {
namespace {

bool IsComplex(DType dtype) {
  return dtype == DType::kComplex32 || dtype == DType::kComplex64 || dtype == DType::kComplex128;
}

bool IsFloating(DType dtype) { return IsComputeFloat(dtype) || IsComplex(dtype); }

// Applies conj and neg to whole elements.
void Resolve(const Weight& weight, std::vector<uint8_t>* bytes) {
  const size_t element = ElementBytes(weight.dtype);
  if (!IsFloating(weight.dtype)) return;
  const size_t part = IsComplex(weight.dtype) ? element / 2 : element;
  for (size_t at = 0; at + part <= bytes->size(); at += part) {
    const bool imaginary = IsComplex(weight.dtype) && at % element != 0;
    if (weight.neg != (weight.conj && imaginary)) (*bytes)[at + part - 1] ^= 0x80;
  }
}

}  // namespace

int64_t Weight::Elements() const {
  int64_t elements = 1;
  for (const int64_t size : shape) {
    if (size == 0) return 0;
  }
  for (const int64_t size : shape) elements *= size;
  return elements;
}

uint64_t Weight::LogicalBytes() const {
  return static_cast<uint64_t>(Elements()) * ElementBytes(dtype);
}

bool Weight::IsContiguous() const {
  if (Elements() == 0) return true;
  if (conj || neg) return false;
  int64_t expected = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1 && stride[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

ByteSpan Weight::ContiguousBytes() const {
  if (Elements() == 0) return {};
  return storage.subspan(static_cast<uint64_t>(offset) * ElementBytes(dtype), LogicalBytes());
}

void ForEachPiece(const Weight& weight, const std::function<void(ByteSpan)>& sink) {
  if (weight.Elements() == 0) return;
  if (weight.IsContiguous()) return sink(weight.ContiguousBytes());
  const uint64_t element = ElementBytes(weight.dtype);
  constexpr size_t kPiece = 64 * 1024;
  std::vector<uint8_t> piece;
  piece.reserve(kPiece + 16);
  std::vector<int64_t> index(weight.shape.size(), 0);
  // Unsigned: the stride of a dimension of size 1 is never used and may be anything.
  uint64_t at = static_cast<uint64_t>(weight.offset);
  while (true) {
    const uint8_t* first = weight.storage.data() + at * element;
    piece.insert(piece.end(), first, first + element);
    if (piece.size() >= kPiece) {
      Resolve(weight, &piece);
      sink(piece);
      piece.clear();
    }
    size_t dimension = weight.shape.size();
    while (dimension > 0) {
      --dimension;
      const auto stride = static_cast<uint64_t>(weight.stride[dimension]);
      at += stride;
      if (++index[dimension] < weight.shape[dimension]) break;
      at -= stride * static_cast<uint64_t>(weight.shape[dimension]);
      index[dimension] = 0;
      if (dimension == 0) {
        Resolve(weight, &piece);
        if (!piece.empty()) sink(piece);
        return;
      }
    }
    if (weight.shape.empty()) {
      Resolve(weight, &piece);
      return sink(piece);
    }
  }
}

std::vector<uint8_t> CopyElements(const Weight& weight) {
  std::vector<uint8_t> out;
  out.reserve(weight.LogicalBytes());
  ForEachPiece(weight,
               [&out](ByteSpan piece) { out.insert(out.end(), piece.begin(), piece.end()); });
  return out;
}

std::string ElementsSha256(const Weight& weight) {
  Sha256 hash;
  ForEachPiece(weight, [&hash](ByteSpan piece) { hash.Update(piece); });
  return hash.FinishHex();
}

Weight WeightOf(const TorchObjects& objects, const TorchTensor& tensor, absl::string_view name) {
  return {.name = std::string(name),
          .dtype = tensor.dtype,
          .shape = tensor.shape,
          .stride = tensor.stride,
          .offset = tensor.offset,
          .storage = objects.storages()[tensor.storage].bytes,
          .storage_id = tensor.storage,
          .parameter = tensor.parameter,
          .requires_grad = tensor.requires_grad,
          .conj = tensor.conj,
          .neg = tensor.neg};
}

Weight WeightOf(const SafetensorsTensor& tensor, uint32_t storage_id) {
  Weight weight{.name = tensor.name,
                .dtype = tensor.dtype,
                .shape = tensor.shape,
                .stride = std::vector<int64_t>(tensor.shape.size(), 1),
                .storage = tensor.bytes,
                .storage_id = storage_id};
  for (size_t i = tensor.shape.size(); i-- > 1;) {
    weight.stride[i - 1] = weight.stride[i] * std::max<int64_t>(tensor.shape[i], 1);
  }
  return weight;
}

}  // namespace graft::models
