// sys.modules: the modules that were imported so far, by name; and what importlib does.
//
//   sys.modules[__name__]
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_MODULE_TABLE_H_
#define GRAFT_MODELS_PYTHON_MODULE_TABLE_H_

#include <cstdint>
#include <optional>

#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class ModuleTable final : public Object {
 public:
  explicit ModuleTable(ClassObject* c) : cls(c) {}
  ClassObject* Class(Evaluator&) const override { return cls; }
  Value GetItem(Evaluator& ev, Value key) override;
  // Is passed over: a module that puts something else in its place would be lazy, and all are.
  void SetItem(Evaluator& ev, Value key, Value value) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;

  ClassObject* const cls;
};

// `_imports`: modules, import_module(name), has_module(name).
void DefineModuleTable(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_MODULE_TABLE_H_
