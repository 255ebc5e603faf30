// A state_dict of float32 weights made of a few numbers.
//
//   FloatWeights().Add("fc.weight", {3, 4}, 1).WriteTo(path);
#ifndef GRAFT_TESTS_MODELS_LOADING_FLOAT_WEIGHTS_H_
#define GRAFT_TESTS_MODELS_LOADING_FLOAT_WEIGHTS_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "models/file/torch_writer.h"
#include "models/file/weight_table.h"

namespace graft::models {

class FloatWeights {
 public:
  // Elements are `first` and a little more, in a pattern.
  FloatWeights& Add(std::string name, std::vector<int64_t> shape, float first) {
    size_t elements = 1;
    for (const int64_t size : shape) elements *= static_cast<size_t>(size);
    Tensor tensor{std::move(name), std::move(shape), std::vector<float>(elements)};
    for (size_t i = 0; i < elements; ++i) {
      tensor.values[i] = first + 0.01f * static_cast<float>(i % 17);
    }
    tensors_.push_back(std::move(tensor));
    return *this;
  }

  // Leaves out what begins so.
  FloatWeights& Without(absl::string_view prefix) {
    std::erase_if(tensors_,
                  [prefix](const Tensor& tensor) { return absl::StartsWith(tensor.name, prefix); });
    return *this;
  }

  std::vector<float>& operator[](absl::string_view name) {
    for (Tensor& tensor : tensors_) {
      if (tensor.name == name) return tensor.values;
    }
    ADD_FAILURE() << std::string(name);
    return tensors_.front().values;
  }

  void WriteTo(const std::string& path) const {
    WeightTable table;
    for (const Tensor& tensor : tensors_) {
      Weight weight;
      weight.name = tensor.name;
      weight.shape = tensor.shape;
      weight.stride.resize(tensor.shape.size());
      int64_t elements = 1;
      for (size_t dim = tensor.shape.size(); dim-- > 0;) {
        weight.stride[dim] = elements;
        elements *= tensor.shape[dim];
      }
      weight.storage = {reinterpret_cast<const uint8_t*>(tensor.values.data()),
                        tensor.values.size() * sizeof(float)};
      weight.storage_id = static_cast<uint32_t>(table.size());
      table.push_back(std::move(weight));
    }
    const absl::Status status = WriteTorchStateDict(path, table);
    ASSERT_TRUE(status.ok()) << status;
  }

 private:
  struct Tensor {
    std::string name;
    std::vector<int64_t> shape;
    std::vector<float> values;
  };

  std::vector<Tensor> tensors_;
};

}  // namespace graft::models

#endif  // GRAFT_TESTS_MODELS_LOADING_FLOAT_WEIGHTS_H_
