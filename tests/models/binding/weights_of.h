// Architectures and files of a few small tensors, for tests of binding.
//
//   Weights file({{"fc.weight", {10, 4}}, {"fc.bias", {10}}});
//   PlanWeights(Tensors({{"fc.weight", {10, 4}}}), file.table(), {});
//
// Ownership: Weights owns the elements that its table points to.
#ifndef GRAFT_TESTS_MODELS_BINDING_WEIGHTS_OF_H_
#define GRAFT_TESTS_MODELS_BINDING_WEIGHTS_OF_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/binding/architecture_tensor.h"
#include "models/file/weight_table.h"

namespace graft::models {

struct NamedShape {
  std::string name;
  std::vector<int64_t> shape;
  DType dtype = DType::kFloat32;
};

inline std::vector<ArchitectureTensor> Tensors(const std::vector<NamedShape>& shapes) {
  std::vector<ArchitectureTensor> tensors;
  for (const NamedShape& named : shapes) {
    tensors.push_back({.name = named.name, .dtype = named.dtype, .shape = named.shape});
  }
  return tensors;
}

class Weights {
 public:
  explicit Weights(const std::vector<NamedShape>& shapes) {
    for (const NamedShape& named : shapes) Add(named);
  }

  // Every element's bytes are `value`; each weight has a storage of its own.
  void Add(const NamedShape& named, uint8_t value = 0) {
    Weight weight{.name = named.name,
                  .dtype = named.dtype,
                  .shape = named.shape,
                  .stride = std::vector<int64_t>(named.shape.size(), 1),
                  .storage_id = static_cast<uint32_t>(table_.size())};
    for (size_t i = named.shape.size(); i-- > 1;) {
      weight.stride[i - 1] = weight.stride[i] * named.shape[i];
    }
    bytes_.push_back(std::make_unique<std::vector<uint8_t>>(weight.LogicalBytes(), value));
    weight.storage = *bytes_.back();
    table_.push_back(std::move(weight));
  }

  const WeightTable& table() const { return table_; }

 private:
  std::vector<std::unique_ptr<std::vector<uint8_t>>> bytes_;
  WeightTable table_;
};

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_BINDING_WEIGHTS_OF_H_
