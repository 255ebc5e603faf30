// The number in one element of a tensor, and back, for every dtype: statistics, comparisons,
// conversion.
//
//   double x = ElementAsDouble(DType::kBFloat16, bytes);
//   StoreElement(DType::kFloat16, x, out);
//
// Threads: free functions without state. Bytes are little-endian and need no alignment.
#ifndef GRAFT_MODELS_FILE_ELEMENT_VALUE_H_
#define GRAFT_MODELS_FILE_ELEMENT_VALUE_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "models/file/weight_table.h"
#include "models/tensor/dtype.h"

namespace graft::models {

// NaN for complex kinds. Large 64-bit integers round. `element`: ElementBytes(dtype) bytes.
double ElementAsDouble(DType dtype, const uint8_t* element);

// Rounds to the nearest, ties to even; beyond the range: infinity.
// @pre IsComputeFloat(dtype)
void StoreElement(DType dtype, double value, uint8_t* element);

// Calls `visit` with each element in C order.
void ForEachElement(const Weight& weight, const std::function<void(double)>& visit);

// All of them.
std::vector<double> ElementsAsDoubles(const Weight& weight);

struct ElementStatistics {
  double min = 0;  // of the finite elements, as are max and mean; NaN when there are none
  double max = 0;
  double mean = 0;
  uint64_t nan = 0;
  uint64_t infinite = 0;
};
ElementStatistics StatisticsOf(const Weight& weight);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_ELEMENT_VALUE_H_
