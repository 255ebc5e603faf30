#include "models/torch/torch_dtype.h"

#include <utility>

namespace graft::models {
namespace {

constexpr std::pair<DType, c10::ScalarType> kTypes[] = {
    {DType::kFloat32, c10::ScalarType::Float},
    {DType::kFloat64, c10::ScalarType::Double},
    {DType::kFloat16, c10::ScalarType::Half},
    {DType::kBFloat16, c10::ScalarType::BFloat16},
    {DType::kInt8, c10::ScalarType::Char},
    {DType::kUInt8, c10::ScalarType::Byte},
    {DType::kInt16, c10::ScalarType::Short},
    {DType::kInt32, c10::ScalarType::Int},
    {DType::kInt64, c10::ScalarType::Long},
    {DType::kBool, c10::ScalarType::Bool},
    {DType::kUInt16, c10::ScalarType::UInt16},
    {DType::kUInt32, c10::ScalarType::UInt32},
    {DType::kUInt64, c10::ScalarType::UInt64},
    {DType::kComplex32, c10::ScalarType::ComplexHalf},
    {DType::kComplex64, c10::ScalarType::ComplexFloat},
    {DType::kComplex128, c10::ScalarType::ComplexDouble},
    {DType::kFloat8E4M3FN, c10::ScalarType::Float8_e4m3fn},
    {DType::kFloat8E5M2, c10::ScalarType::Float8_e5m2},
    {DType::kFloat8E4M3FNUZ, c10::ScalarType::Float8_e4m3fnuz},
    {DType::kFloat8E5M2FNUZ, c10::ScalarType::Float8_e5m2fnuz},
    {DType::kFloat8E8M0FNU, c10::ScalarType::Float8_e8m0fnu},
    {DType::kQInt8, c10::ScalarType::QInt8},
    {DType::kQUInt8, c10::ScalarType::QUInt8},
    {DType::kQInt32, c10::ScalarType::QInt32},
};

}  // namespace

c10::ScalarType ToScalarType(DType dtype) {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours == dtype) return theirs;
  }
  return c10::ScalarType::Undefined;
}

std::optional<DType> FromScalarType(c10::ScalarType type) {
  for (const auto& [ours, theirs] : kTypes) {
    if (theirs == type) return ours;
  }
  return std::nullopt;
}

}  // namespace graft::models
