// x.__dict__ of an instance: a dict whose items are the instance's attributes, both ways.
//
//   self.__dict__.update(kwargs)
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_INSTANCE_DICT_H_
#define GRAFT_MODELS_PYTHON_INSTANCE_DICT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class InstanceDict final : public Object {
 public:
  explicit InstanceDict(InstanceObject* i) : instance(i) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  void SetItem(Evaluator& ev, Value key, Value value) override;
  void DelItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator&) override { return std::nullopt; }

  // A dict of its own with the same items.
  DictObject* Copy(Evaluator& ev) const;

  InstanceObject* const instance;
};

// The class, with the methods of dict.
void DefineInstanceDict(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_INSTANCE_DICT_H_
