// An iterator of natives: a function that gives the next item.
//
//   return NewIterator(ev, [i = int64_t{0}](Evaluator&) mutable -> std::optional<Value> {
//     return Value::Int(i++);
//   });
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_NATIVE_ITERATOR_H_
#define GRAFT_MODELS_PYTHON_NATIVE_ITERATOR_H_

#include <functional>
#include <optional>
#include <utility>

#include "models/python/evaluator.h"
#include "models/python/value.h"

namespace graft::models::python {

class NativeIterator final : public IteratorObject {
 public:
  using Body = std::function<std::optional<Value>(Evaluator& ev)>;
  explicit NativeIterator(Body next) : next_(std::move(next)) {}
  std::optional<Value> Next(Evaluator& ev) override {
    ev.Step();
    return next_(ev);
  }

 private:
  Body next_;
};

inline IteratorObject* NewIterator(Evaluator& ev, NativeIterator::Body next) {
  return ev.heap().New<NativeIterator>(ev, std::move(next));
}

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NATIVE_ITERATOR_H_
