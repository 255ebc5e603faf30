// Iterators of classes of a source: those with __next__, and those that are only indexed.
//
//   IteratorObject* items = ev.heap().New<DunderIterator>(ev, instance);
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_DUNDER_ITERATOR_H_
#define GRAFT_MODELS_PYTHON_DUNDER_ITERATOR_H_

#include <cstdint>
#include <optional>

#include "models/python/value.h"

namespace graft::models::python {

// Calls object.__next__() until it raises StopIteration.
class DunderIterator final : public IteratorObject {
 public:
  explicit DunderIterator(Value object) : object_(object) {}
  std::optional<Value> Next(Evaluator& ev) override;

 private:
  const Value object_;
};

// object[0], object[1], ... until it raises IndexError.
class ItemIterator final : public IteratorObject {
 public:
  explicit ItemIterator(Value object) : object_(object) {}
  std::optional<Value> Next(Evaluator& ev) override;

 private:
  const Value object_;
  int64_t next_ = 0;
  bool ended_ = false;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_DUNDER_ITERATOR_H_
