// All overloads of one aten operator that Python code can mean.
//
//   OperatorFamily view("view");      // aten::view(Tensor, int[]), aten::view.dtype(...)
//
// Left out: variants that write to out=, of named tensors, and TorchScript's own on numbers, texts
// and lists.
//
// Threads: immutable. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_OPERATOR_FAMILY_H_
#define GRAFT_MODELS_ARCHITECTURE_OPERATOR_FAMILY_H_

#include <torch/csrc/jit/runtime/operator.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace graft::models::architecture {

class OperatorFamily {
 public:
  explicit OperatorFamily(absl::string_view name);

  const std::string& name() const { return name_; }
  bool empty() const { return overloads_.empty(); }
  const std::vector<std::shared_ptr<torch::jit::Operator>>& overloads() const { return overloads_; }
  // Its first argument is a tensor named self: x.name(...) exists.
  bool is_method() const { return is_method_; }

 private:
  std::string name_;
  std::vector<std::shared_ptr<torch::jit::Operator>> overloads_;
  bool is_method_ = false;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_OPERATOR_FAMILY_H_
