// A tensor that an architecture has, before any file is looked at: what weights are bound to.
//
//   ArchitectureTensor weight{.name = "fc.weight", .shape = {10, 512}};
//
// Threads: plain values.
#ifndef GRAFT_MODELS_BINDING_ARCHITECTURE_TENSOR_H_
#define GRAFT_MODELS_BINDING_ARCHITECTURE_TENSOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "models/tensor/dtype.h"

namespace graft::models {

struct ArchitectureTensor {
  enum class Role { kParameter, kBuffer };
  static constexpr int kNotTied = -1;

  std::string name = {};  // as in PyTorch's state_dict: "layer1.0.conv1.weight"
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape = {};
  Role role = Role::kParameter;
  bool persistent = true;  // false: the architecture makes its value, and no file holds it
  bool kept = false;       // its storage is kept from the version before: no file is asked for it
  // Tensors with one number from 0 are one: same storage, same shape, under several names.
  int tied_group = kNotTied;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_ARCHITECTURE_TENSOR_H_
