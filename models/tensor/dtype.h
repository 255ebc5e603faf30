// Element types: the one list that readers, manifest, runtime and door share.
//
//   models::DType t = models::ParseDType("bfloat16").value();
//   size_t row_bytes = 12 * models::ElementBytes(t);
//
// Threads: values; free functions without state.
#ifndef GRAFT_MODELS_TENSOR_DTYPE_H_
#define GRAFT_MODELS_TENSOR_DTYPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace graft::models {

// Names and meanings are PyTorch's (c10/core/ScalarType.h). The numbers are ours and never stored.
enum class DType : uint8_t {
  kFloat32,
  kFloat64,
  kFloat16,   // IEEE 754 binary16
  kBFloat16,  // upper half of binary32
  kInt8,
  kUInt8,
  kInt16,
  kInt32,
  kInt64,
  kBool,  // one byte, 0 or 1
  kUInt16,
  kUInt32,
  kUInt64,
  kComplex32,  // pairs of float16
  kComplex64,  // pairs of float32
  kComplex128,
  kFloat8E4M3FN,
  kFloat8E5M2,
  kFloat8E4M3FNUZ,
  kFloat8E5M2FNUZ,
  kFloat8E8M0FNU,
  kQInt8,  // quantised kinds are recognised by name; their scale and zero point live beside
  kQUInt8,
  kQInt32,
};

// Bytes of one element; never 0.
size_t ElementBytes(DType dtype);

// PyTorch's name without "torch.": "float32", "float8_e4m3fn".
absl::string_view DTypeName(DType dtype);

// Inverse of DTypeName; also "half", "float", "double", "int", "long", "bf16", "fp16", "fp32".
std::optional<DType> ParseDType(absl::string_view name);

// True for the IEEE and brain floating kinds that a network can compute in (16, 32, 64 bit).
bool IsComputeFloat(DType dtype);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TENSOR_DTYPE_H_
