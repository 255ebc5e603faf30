// What one input or output of a model looks like, and the schema made of them.
//
//   TensorSpec obs{"obs", DType::kFloat32, {TensorSpec::kAgents, 48}};
//   obs.RowBytes();   // 192
//
// Dimension 0 is always the agents dimension: a model answers many rows in one forward.
#ifndef GRAFT_MODELS_TENSOR_TENSOR_SPEC_H_
#define GRAFT_MODELS_TENSOR_TENSOR_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "models/tensor/dtype.h"

namespace graft::models {

struct TensorSpec {
  static constexpr int64_t kAgents = -1;

  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape;  // [kAgents, ...]; all others >= 1

  // Elements and bytes of one agent's row.
  // @pre shape as above, and its product fits in int64 (the manifest and the loaders check).
  int64_t RowElements() const {
    int64_t n = 1;
    for (size_t i = 1; i < shape.size(); ++i) n *= shape[i];
    return n;
  }
  size_t RowBytes() const { return static_cast<size_t>(RowElements()) * ElementBytes(dtype); }

  // "obs: float32 [agents, 48]"
  std::string DebugString() const;

  friend bool operator==(const TensorSpec&, const TensorSpec&) = default;
};

struct ModelSchema {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;

  // "(obs: float32 [agents, 48]) -> (action: float32 [agents, 12])"
  std::string DebugString() const;

  friend bool operator==(const ModelSchema&, const ModelSchema&) = default;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TENSOR_TENSOR_SPEC_H_
