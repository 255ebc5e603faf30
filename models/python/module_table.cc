#include "models/python/module_table.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

ModuleObject* Find(Evaluator& ev, Value key) {
  const auto* name = Underlying<StrObject>(key);
  return name == nullptr ? nullptr : ev.interpreter().loader().Imported(name->text);
}

Value Get(Evaluator& ev, CallArgs& args) {
  Self<ModuleTable>(ev, args, "dict.get");
  const NativeArgs a(ev, "dict.get", args, {"", ""}, 1);
  ModuleObject* module = Find(ev, a[0]);
  return module == nullptr ? a[1] : Value(module);
}

// importlib.import_module(name, package)
Value ImportModule(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "import_module", args, {"name", "package"}, 1);
  std::string name = ev.ToText(a[0], "name");
  if (!absl::StartsWith(name, ".")) return ev.ImportModule(name);
  std::string package = ev.ToText(a[1], "package");
  size_t level = 0;
  while (level < name.size() && name[level] == '.') ++level;
  for (size_t i = 1; i < level; ++i) package.resize(std::min(package.rfind('.'), package.size()));
  return ev.ImportModule(level == name.size() ? package
                                              : absl::StrCat(package, ".", name.substr(level)));
}

// __import__("a.b") is a; with a fromlist, a.b.
Value DunderImport(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "__import__", args, {"name", "globals", "locals", "fromlist", "level"}, 1);
  if (!a[4].IsNone() && !ev.Equal(a[4], Value::Int(0))) {
    ev.RaiseNotSupported("__import__() with a level", "an import statement");
  }
  const std::string name = ev.ToText(a[0], "name");
  ModuleObject* module = ev.ImportModule(name);
  return ev.Truth(a[3]) ? module : ev.ImportModule(name.substr(0, name.find('.')));
}

Value HasModule(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "has_module", args, {"name"}, 1);
  return Value::Bool(ev.interpreter().loader().TryImport(ev.ToText(a[0], "name")) != nullptr);
}

}  // namespace

Value ModuleTable::GetItem(Evaluator& ev, Value key) {
  if (ModuleObject* module = Find(ev, key)) return module;
  RaiseKeyError(ev, key);
}

void ModuleTable::SetItem(Evaluator& ev, Value key, Value) {
  ev.Note(absl::StrCat("passed over: sys.modules[", ev.Repr(key), "] = ..."));
}

std::optional<bool> ModuleTable::Contains(Evaluator& ev, Value item) {
  return Find(ev, item) != nullptr;
}

void DefineModuleTable(Evaluator& ev) {
  ev.builtins()["__import__"] = ev.Native("__import__", DunderImport);
  ev.DefineModule("_imports", [](Evaluator& caller, ModuleObject* module) {
    ClassObject* cls = caller.NewClass("dict", {caller.classes().dict});
    caller.AddMethod(cls, "get", Get);
    module->globals["modules"] = caller.heap().New<ModuleTable>(caller, cls);
    module->globals["import_module"] = caller.Native("import_module", ImportModule);
    module->globals["has_module"] = caller.Native("has_module", HasModule);
  });
}

}  // namespace graft::models::python
