// Which statements store something in which name of which module, over all modules that are loaded.
//
//   table.Add(module, FindUnits(module));        // a module has been loaded
//   table.Share(registry, "MODELS", user, "MODELS");  // from registry import MODELS
//
// What it finds is in ModuleObject::registrations. A name is followed through imports, functions
// and base classes to the modules that are loaded; what leads to another one waits for it.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_REGISTRATION_TABLE_H_
#define GRAFT_MODELS_PYTHON_REGISTRATION_TABLE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "models/python/module_units.h"
#include "models/python/objects.h"
#include "models/python/registrations.h"
#include "models/python/value.h"

namespace graft::models::python {

class RegistrationTable {
 public:
  // `find`: the module where it is loaded, else null.
  using Find = std::function<ModuleObject*(absl::string_view dotted)>;
  explicit RegistrationTable(Find find) : find_(std::move(find)) {}

  void Add(Evaluator& ev, ModuleObject* module, std::vector<UnitStore> stores);
  // `to.bound` is what `from.name` is: whoever reads it reads the same registry.
  void Share(ModuleObject* from, absl::string_view name, ModuleObject* to, absl::string_view bound);

 private:
  // A statement on its way to what it stores in.
  struct Route {
    ModuleObject::Registration registration;
    ModuleObject* at = nullptr;
    Store store;
  };
  struct Place {
    ModuleObject* module = nullptr;
    std::string name;
  };

  void Follow(Evaluator& ev, Route route);
  void FollowOrigin(Evaluator& ev, const Route& route, const Origin& origin,
                    std::vector<Route>* next);
  void FollowUnbound(Evaluator& ev, const Route& route, std::vector<Route>* next);
  // On to a module that may not be loaded so far.
  void GoTo(Evaluator& ev, const std::string& dotted, Route route, std::vector<Route>* next);
  // In a module of Graft's, which has no registries of its own: `logging.Logger.warn_once = f`.
  void ArriveInLibrary(Evaluator& ev, const Route& route);
  void Arrive(Evaluator& ev, ModuleObject* module, const std::string& name,
              ModuleObject::Registration r);
  const Origins& OriginsIn(ModuleObject* module);
  const std::vector<Store>& StoresIn(const FunctionDefStmt* function);

  const Find find_;
  absl::flat_hash_map<std::string, std::vector<Route>> waiting_;  // by module
  absl::flat_hash_map<const ModuleObject*, Origins> origins_;
  absl::flat_hash_map<const FunctionDefStmt*, std::vector<Store>> stores_;
  // Names that are the same object by way of imports, by "module:name".
  absl::flat_hash_map<std::string, std::vector<Place>> copies_;
};

// What `from ..name import x` in `module` names; empty: there is no such package.
std::string ResolveImport(const ModuleObject& module, int level, absl::string_view name);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_REGISTRATION_TABLE_H_
