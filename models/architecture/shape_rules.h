// The shapes of outputs of operators that LibTorch cannot compute without elements, or only slowly.
//
//   std::optional<Stack> outputs = KnownShapes(schema, inputs);    // conv2d: [2, 64, 112, 112]
//
// LibTorch's C++ part has no such rule for convolutions and batch norm (Python's has), and running
// them to learn a shape would cost as much as a forward.
//
// Threads: free function without state. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_SHAPE_RULES_H_
#define GRAFT_MODELS_ARCHITECTURE_SHAPE_RULES_H_

#include <ATen/core/function_schema.h>
#include <ATen/core/stack.h>

#include <optional>

namespace graft::models::architecture {

// `inputs`: the operator's arguments, tensors without elements. nullopt: no rule for it. Throws
// c10::Error, in LibTorch's words, when shapes or kinds do not fit.
std::optional<torch::jit::Stack> KnownShapes(const c10::FunctionSchema& schema,
                                             const torch::jit::Stack& inputs);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_SHAPE_RULES_H_
