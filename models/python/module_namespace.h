// globals() and module.__dict__: a module's names as a mapping, both ways. A name's statements run
// when it is asked for, as ever.
//
//   globals()["resnet18"]
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_MODULE_NAMESPACE_H_
#define GRAFT_MODELS_PYTHON_MODULE_NAMESPACE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class ModuleNamespace final : public Object {
 public:
  ModuleNamespace(ModuleObject* m, ClassObject* c) : module(m), cls(c) {}
  ClassObject* Class(Evaluator&) const override { return cls; }
  Value GetItem(Evaluator& ev, Value key) override;
  void SetItem(Evaluator& ev, Value key, Value value) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;

  ModuleObject* const module;
  ClassObject* const cls;
};

// globals() of a function of the module.
Value GlobalsOf(Evaluator& ev, ModuleObject* module);

// The class with its methods, and globals().
void DefineModuleNamespace(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_MODULE_NAMESPACE_H_
