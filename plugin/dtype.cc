#include "plugin/dtype.h"

#include <utility>

namespace graft::plugin {
namespace {

using models::DType;

constexpr std::pair<graft_dtype, DType> kPairs[] = {
    {GRAFT_FLOAT32, DType::kFloat32}, {GRAFT_FLOAT64, DType::kFloat64},
    {GRAFT_FLOAT16, DType::kFloat16}, {GRAFT_BFLOAT16, DType::kBFloat16},
    {GRAFT_INT8, DType::kInt8},       {GRAFT_UINT8, DType::kUInt8},
    {GRAFT_INT16, DType::kInt16},     {GRAFT_INT32, DType::kInt32},
    {GRAFT_INT64, DType::kInt64},     {GRAFT_BOOL, DType::kBool},
};

}  // namespace

graft_dtype ToAbi(DType dtype) {
  for (const auto& [abi, ours] : kPairs) {
    if (ours == dtype) return abi;
  }
  return 0;
}

std::optional<DType> FromAbi(graft_dtype dtype) {
  for (const auto& [abi, ours] : kPairs) {
    if (abi == dtype) return ours;
  }
  return std::nullopt;
}

}  // namespace graft::plugin
