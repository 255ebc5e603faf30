// Small values of Python and NumPy that checkpoints carry beside their tensors, as text and
// numbers: devices, ranges, complex numbers, NumPy scalars and arrays.
//
//   if (auto known = ReprOfKnownObject(values, value)) Print(known->type, known->repr);
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_FILE_NUMPY_VALUES_H_
#define GRAFT_MODELS_FILE_NUMPY_VALUES_H_

#include <optional>
#include <string>

#include "models/file/pickle_values.h"

namespace graft::models {

struct NamedRepr {
  std::string type;  // "ndarray"
  std::string repr;  // as Python prints it; large arrays are summarised
};

// @pre value.kind == PickleKind::kObject. nullopt: some other object.
std::optional<NamedRepr> ReprOfKnownObject(const PickleValues& values, const PickleValue& value);

// The number in a NumPy float64 scalar, which is a Python float too; nullopt for others.
std::optional<double> Float64Scalar(const PickleValues& values, const PickleValue& value);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_NUMPY_VALUES_H_
