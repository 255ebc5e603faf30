// Finds modules, and gives their names: each top-level statement runs when a name that it binds is
// first asked for.
//
//   ModuleObject* module = loader.Import("torchvision.models.resnet");
//   std::optional<Value> resnet18 = loader.Attribute(*module, "resnet18");
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_MODULE_LOADER_H_
#define GRAFT_MODELS_PYTHON_MODULE_LOADER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "models/python/embedded_source.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"
#include "models/python/registration_table.h"
#include "models/python/value.h"

namespace graft::models::python {

class Interpreter;

class ModuleLoader {
 public:
  using Fill = std::function<void(Evaluator&, ModuleObject*)>;

  ModuleLoader(Evaluator& ev, Interpreter& interpreter);

  void Define(absl::string_view dotted, Fill fill) { natives_[dotted] = std::move(fill); }
  // Modules that are sources within Graft, before those of the host's SourceProvider.
  void Define(absl::Span<const EmbeddedSource> sources);

  // Raises ModuleNotFoundError.
  ModuleObject* Import(absl::string_view dotted);
  // nullptr: there is no such module.
  ModuleObject* TryImport(absl::string_view dotted);
  // nullptr: was not imported so far.
  ModuleObject* Imported(absl::string_view dotted) const;
  // The module that `from ..name import x` in `module` means.
  ModuleObject* ImportRelative(const ModuleObject& module, int level, absl::string_view name);

  // A name within the module, as its own functions see it (but for built-in ones).
  std::optional<Value> Global(ModuleObject& module, absl::string_view name);
  // module.name, as others see it: also its modules and what its __getattr__ gives.
  std::optional<Value> Attribute(ModuleObject& module, absl::string_view name);
  // `from module import name`. Raises ImportError.
  Value ImportFrom(ModuleObject& module, absl::string_view name);
  // A top-level import has bound `to.bound` to what from.name is.
  void Share(ModuleObject* from, absl::string_view name, ModuleObject* to,
             absl::string_view bound) {
    table_.Share(from, name, to, bound);
  }
  // Runs the class statements of imported modules that name `base` as a base.
  void DefineSubclasses(const ClassObject& base);
  // What `from module import *` gives; asks for all of it.
  std::vector<std::string> PublicNames(ModuleObject& module);
  // Every name that may be bound, sorted.
  static std::vector<std::string> Names(const ModuleObject& module);

  // Whether the file is part of Graft.
  bool IsLibrary(const SourceFile* file) const { return library_.contains(file); }

 private:
  ModuleObject* Load(absl::string_view dotted);
  // nullopt: nobody has it.
  std::optional<SourceProvider::Source> FindSource(absl::string_view dotted);
  void RunUnits(ModuleObject& module, absl::string_view name);
  // What other statements and modules store in the name.
  void RunRegistrations(ModuleObject& module, absl::string_view name);
  // `optional`: where it fails it is passed over, with a note.
  void Run(ModuleObject& module, size_t unit, bool optional);
  std::optional<Value> Starred(ModuleObject& module, absl::string_view name);
  bool Exports(ModuleObject& module, absl::string_view name);
  // As Attribute, without __getattr__.
  std::optional<Value> Own(ModuleObject& module, absl::string_view name);
  // The module's __getattr__; nullopt: it has none, or the name is for those of the language.
  std::optional<Value> Getter(ModuleObject& module, absl::string_view name);
  // What an import for type checkers says that the name is.
  std::optional<Value> Hinted(ModuleObject& module, absl::string_view name);

  Evaluator& ev_;
  Interpreter& interpreter_;
  RegistrationTable table_;
  absl::flat_hash_map<std::string, ModuleObject*> modules_;
  absl::flat_hash_map<std::string, Fill> natives_;
  absl::flat_hash_map<std::string, EmbeddedSource> embedded_;
  absl::flat_hash_set<std::string> absent_;  // asked for and not found
  absl::flat_hash_set<const SourceFile*> library_;
  absl::flat_hash_set<const ModuleObject*> starring_;  // whose star imports are being asked
  absl::flat_hash_set<std::string> hinting_;           // "module:name", whose hints are followed
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_MODULE_LOADER_H_
