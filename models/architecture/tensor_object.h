// A tensor, as Python code sees it.
//
//   TensorObject* x = recorder.AddInput(ev, "obs", at::kFloat, {48});
//   Value y = ev.Binary(BinaryOp::kMul, x, Value::Int(2));      // recorded
//   Value w = ev.GetAttr(x, "shape");                           // torch.Size([agents, 48])
//
// Threads: one evaluator's. Ownership: the evaluator's heap; its data may be shared (x.data).
// Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_OBJECT_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_OBJECT_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/architecture/tensor_data.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class TensorObject final : public python::Object {
 public:
  TensorObject(Recorder* recorder, python::ClassObject* cls, std::shared_ptr<TensorData> data)
      : recorder_(recorder), cls_(cls), data_(std::move(data)) {}

  TensorData& data() { return *data_; }
  const std::shared_ptr<TensorData>& shared_data() const { return data_; }
  void set_data(std::shared_ptr<TensorData> data) { data_ = std::move(data); }
  Recorder& recorder() { return *recorder_; }

  bool requires_grad() const { return requires_grad_; }
  void set_requires_grad(bool requires_grad) { requires_grad_ = requires_grad; }

  python::ClassObject* Class(python::Evaluator&) const override { return cls_; }
  std::optional<python::Value> GetAttr(python::Evaluator& ev, absl::string_view name) override;
  bool SetAttr(python::Evaluator& ev, absl::string_view name, python::Value value) override;
  bool DelAttr(python::Evaluator& ev, absl::string_view name) override;
  std::optional<python::Value> Binary(python::Evaluator& ev, python::BinaryOp op,
                                      python::Value other, bool reflected) override;
  std::optional<python::Value> InPlace(python::Evaluator& ev, python::BinaryOp op,
                                       python::Value other) override;
  std::optional<python::Value> Unary(python::Evaluator& ev, python::UnaryOp op) override;
  std::optional<python::Value> Compare(python::Evaluator& ev, python::CompareOp op,
                                       python::Value other) override;
  python::Value GetItem(python::Evaluator& ev, python::Value key) override;
  void SetItem(python::Evaluator& ev, python::Value key, python::Value value) override;
  std::optional<bool> Contains(python::Evaluator& ev, python::Value item) override;
  std::optional<int64_t> Length(python::Evaluator& ev) override;
  bool Truth(python::Evaluator& ev) override;
  python::IteratorObject* Iter(python::Evaluator& ev) override;
  std::optional<int64_t> Index(python::Evaluator& ev) override;
  std::string Repr(python::Evaluator& ev) override;
  std::optional<size_t> Hash(python::Evaluator& ev) override;

  // Its only element, of a constant. Raises for what depends on the inputs; `what` is what was
  // asked for: "if", "item()".
  python::Value Item(python::Evaluator& ev, absl::string_view what);
  // x.shape[dim], negative ones counted from the end.
  python::Value SizeOf(python::Evaluator& ev, int64_t dim);
  // x.shape
  python::Value Shape(python::Evaluator& ev);

 private:
  Recorder* const recorder_;
  python::ClassObject* const cls_;
  std::shared_ptr<TensorData> data_;
  bool requires_grad_ = false;
  std::vector<std::pair<std::string, python::Value>> attributes_;  // set by Python code
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_OBJECT_H_
