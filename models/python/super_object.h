// super(): an instance as the classes after a given one in its MRO see it.
//
//   ev.heap().New<SuperObject>(ev, owner, self, ev.TypeOf(self));
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_SUPER_OBJECT_H_
#define GRAFT_MODELS_PYTHON_SUPER_OBJECT_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class SuperObject final : public Object {
 public:
  // `c` is the class of `s`, or `s` itself where that is a class.
  SuperObject(ClassObject* a, Value s, ClassObject* c) : after(a), self(s), cls(c) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  bool SetAttr(Evaluator& ev, absl::string_view name, Value value) override;

  ClassObject* const after;
  const Value self;
  ClassObject* const cls;
};

// super(), super(C, self).
void DefineSuper(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SUPER_OBJECT_H_
