// d.keys(), d.values(), d.items(): live views of a dict.
//
//   Value keys = ev.heap().New<DictView>(ev, DictView::Kind::kKeys, dict);
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_DICT_VIEW_H_
#define GRAFT_MODELS_PYTHON_DICT_VIEW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class DictView final : public Object {
 public:
  enum class Kind : uint8_t { kKeys, kValues, kItems };
  DictView(Kind kind, DictObject* dict) : kind_(kind), dict_(dict) {}

  ClassObject* Class(Evaluator& ev) const override;
  // Keys and items are sets, as in Python: & | - ^ and comparison.
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;

  // What the view shows now.
  std::vector<Value> Snapshot(Evaluator& ev) const;

 private:
  Value Show(Evaluator& ev, Value key, Value value) const;

  const Kind kind_;
  DictObject* const dict_;
};

// The classes of views.
void DefineDictViews(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_DICT_VIEW_H_
