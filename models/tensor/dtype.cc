#include "models/tensor/dtype.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace graft::models {
namespace {

struct DTypeFacts {
  DType dtype;
  uint8_t element_bytes;
  const char* name;
};

// In the order of the enumerators, so that a DType is its own index.
constexpr std::array<DTypeFacts, 24> kFacts = {{
    {DType::kFloat32, 4, "float32"},
    {DType::kFloat64, 8, "float64"},
    {DType::kFloat16, 2, "float16"},
    {DType::kBFloat16, 2, "bfloat16"},
    {DType::kInt8, 1, "int8"},
    {DType::kUInt8, 1, "uint8"},
    {DType::kInt16, 2, "int16"},
    {DType::kInt32, 4, "int32"},
    {DType::kInt64, 8, "int64"},
    {DType::kBool, 1, "bool"},
    {DType::kUInt16, 2, "uint16"},
    {DType::kUInt32, 4, "uint32"},
    {DType::kUInt64, 8, "uint64"},
    {DType::kComplex32, 4, "complex32"},
    {DType::kComplex64, 8, "complex64"},
    {DType::kComplex128, 16, "complex128"},
    {DType::kFloat8E4M3FN, 1, "float8_e4m3fn"},
    {DType::kFloat8E5M2, 1, "float8_e5m2"},
    {DType::kFloat8E4M3FNUZ, 1, "float8_e4m3fnuz"},
    {DType::kFloat8E5M2FNUZ, 1, "float8_e5m2fnuz"},
    {DType::kFloat8E8M0FNU, 1, "float8_e8m0fnu"},
    {DType::kQInt8, 1, "qint8"},
    {DType::kQUInt8, 1, "quint8"},
    {DType::kQInt32, 4, "qint32"},
}};

constexpr bool FactsAreInOrder() {
  for (size_t i = 0; i < kFacts.size(); ++i) {
    if (static_cast<size_t>(kFacts[i].dtype) != i) return false;
  }
  return true;
}
static_assert(FactsAreInOrder());

struct DTypeAlias {
  const char* name;
  DType dtype;
};
constexpr DTypeAlias kAliases[] = {
    {"float", DType::kFloat32}, {"double", DType::kFloat64}, {"half", DType::kFloat16},
    {"int", DType::kInt32},     {"long", DType::kInt64},     {"short", DType::kInt16},
    {"fp32", DType::kFloat32},  {"fp64", DType::kFloat64},   {"fp16", DType::kFloat16},
    {"bf16", DType::kBFloat16},
};

const DTypeFacts& Facts(DType dtype) { return kFacts[static_cast<size_t>(dtype)]; }

}  // namespace

size_t ElementBytes(DType dtype) { return Facts(dtype).element_bytes; }

absl::string_view DTypeName(DType dtype) { return Facts(dtype).name; }

std::optional<DType> ParseDType(absl::string_view name) {
  for (const DTypeFacts& facts : kFacts) {
    if (name == facts.name) return facts.dtype;
  }
  for (const DTypeAlias& alias : kAliases) {
    if (name == alias.name) return alias.dtype;
  }
  return std::nullopt;
}

bool IsComputeFloat(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kFloat16 ||
         dtype == DType::kBFloat16;
}

}  // namespace graft::models
