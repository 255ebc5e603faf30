// What a frozen forward takes, read from its graph: the first layer that an input meets fixes its
// row.
//
// Threads: any. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_INPUT_INFERENCE_H_
#define GRAFT_MODELS_TORCH_INPUT_INFERENCE_H_

#include <torch/csrc/jit/ir/ir.h>

#include <cstdint>
#include <optional>
#include <string>

namespace graft::models {

struct InferredInput {
  // Features of one row, so that the input is [agents, features]; nullopt when the graph does not
  // say.
  std::optional<int64_t> features;
  // It indexes an embedding: [agents] integers.
  bool is_index = false;
  // Why nothing could be inferred: "its first layer is a convolution, which takes any height and
  // width".
  std::string obstacle;
};

InferredInput InferInput(const torch::jit::Value* input);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_INPUT_INFERENCE_H_
