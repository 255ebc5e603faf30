#include "models/python/module_loader.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/interpreter.h"
#include "models/python/module_units.h"
#include "models/python/parser.h"

namespace graft::models::python {
namespace {

// Sets it while it lives, and puts back what was there.
template <typename T>
class Restored {
 public:
  Restored(T* place, T value) : place_(place), before_(*place) { *place = value; }
  ~Restored() { *place_ = before_; }
  Restored(const Restored&) = delete;
  Restored& operator=(const Restored&) = delete;

 private:
  T* const place_;
  const T before_;
};

absl::string_view Parent(absl::string_view dotted) {
  const size_t dot = dotted.rfind('.');
  return dot == absl::string_view::npos ? absl::string_view() : dotted.substr(0, dot);
}

// Packages with hundreds of star imports name their modules after what they hold: "BertModel" is in
// .bert, or .modeling_bert. Only those are read.
bool MayHold(const ModuleObject& module, const ImportFromStmt& hint, absl::string_view name) {
  constexpr size_t kFew = 8;
  if (module.hints.size() <= kFew) return true;
  const std::string lower = absl::AsciiStrToLower(name);
  const absl::string_view last = absl::string_view(hint.module).substr(hint.module.rfind('.') + 1);
  for (const absl::string_view part : absl::StrSplit(last, '_')) {
    if (!part.empty() && absl::StartsWith(lower, part)) return true;
  }
  return false;
}

// Of a.b.C, C; empty: it is no such expression.
absl::string_view LastName(const Expr& e) {
  if (e.kind == ExprKind::kName) return static_cast<const NameExpr&>(e).name;
  if (e.kind == ExprKind::kAttribute) return static_cast<const AttributeExpr&>(e).name;
  return {};
}

}  // namespace

ModuleLoader::ModuleLoader(Evaluator& ev, Interpreter& interpreter)
    : ev_(ev),
      interpreter_(interpreter),
      table_([this](absl::string_view dotted) { return Imported(dotted); }) {}

ModuleObject* ModuleLoader::Import(absl::string_view dotted) {
  if (ModuleObject* module = TryImport(dotted)) return module;
  const Value error = ev_.NewException(ev_.ErrorClass(ErrorKind::kModuleNotFoundError),
                                       absl::StrCat("No module named '", dotted, "'"));
  if (auto* instance = error.As<InstanceObject>()) instance->SetOwn("name", ev_.Str(dotted));
  ev_.RaiseException(error);
}

ModuleObject* ModuleLoader::Imported(absl::string_view dotted) const {
  const auto found = modules_.find(dotted);
  return found == modules_.end() ? nullptr : found->second;
}

ModuleObject* ModuleLoader::TryImport(absl::string_view dotted) {
  if (const auto found = modules_.find(dotted); found != modules_.end()) return found->second;
  if (dotted.empty() || absent_.contains(dotted)) return nullptr;
  const absl::string_view parent = Parent(dotted);
  ModuleObject* module = nullptr;
  if (parent.empty() || TryImport(parent) != nullptr) module = Load(dotted);
  if (module == nullptr) absent_.emplace(dotted);
  return module;
}

void ModuleLoader::Define(absl::Span<const EmbeddedSource> sources) {
  for (const EmbeddedSource& source : sources) {
    absl::string_view path = source.path;
    absl::ConsumeSuffix(&path, ".py");
    absl::ConsumeSuffix(&path, "/__init__");
    embedded_[absl::StrReplaceAll(path, {{"/", "."}})] = source;
  }
}

std::optional<SourceProvider::Source> ModuleLoader::FindSource(absl::string_view dotted) {
  if (const auto found = embedded_.find(dotted); found != embedded_.end()) {
    const EmbeddedSource& source = found->second;
    return SourceProvider::Source{
        .file = std::make_shared<const SourceFile>(absl::StrCat("<graft>/", source.path),
                                                   std::string(source.text)),
        .is_package = absl::EndsWith(source.path, "__init__.py"),
        .is_library = true};
  }
  // A package of Graft's is whole: what it lacks is not taken from a package of the same name.
  if (embedded_.contains(dotted.substr(0, dotted.find('.')))) return std::nullopt;
  if (ev_.options_.sources == nullptr) return std::nullopt;
  absl::StatusOr<std::optional<SourceProvider::Source>> source = ev_.options_.sources->Find(dotted);
  if (!source.ok()) throw Stopped{source.status()};
  return *std::move(source);
}

ModuleObject* ModuleLoader::Load(absl::string_view dotted) {
  if (const auto native = natives_.find(dotted); native != natives_.end()) {
    auto* module = ev_.heap().New<ModuleObject>(ev_, std::string(dotted));
    modules_[dotted] = module;
    module->globals["__name__"] = ev_.Str(dotted);
    native->second(ev_, module);
    if (module->parsed != nullptr) library_.insert(module->parsed->source.get());
    return module;
  }
  const std::optional<SourceProvider::Source> source = FindSource(dotted);
  if (!source.has_value()) return nullptr;
  const std::shared_ptr<const SourceFile> file = source->file;
  ev_.heap().Charge(ev_, file->text().size() * 8);  // the tree takes about that
  ev_.Step(static_cast<int64_t>(file->text().size()));
  absl::StatusOr<std::unique_ptr<ParsedModule>> parsed = ParseModule(file);
  if (!parsed.ok()) throw Stopped{parsed.status()};

  auto* module = ev_.heap().New<ModuleObject>(ev_, std::string(dotted));
  modules_[dotted] = module;
  module->is_library = source->is_library;
  if (source->is_library) library_.insert(file.get());
  module->is_package = source->is_package;
  module->parsed = *std::move(parsed);
  module->globals["__name__"] = ev_.Str(dotted);
  module->globals["__file__"] = ev_.Str(file->name());
  module->globals["__package__"] = ev_.Str(module->is_package ? dotted : Parent(dotted));
  module->globals["__doc__"] = Value();
  module->globals["__spec__"] = Value();
  std::vector<UnitStore> stores = FindUnits(module);
  if (module->is_library) stores.clear();
  table_.Add(ev_, module, std::move(stores));
  return module;
}

ModuleObject* ModuleLoader::ImportRelative(const ModuleObject& module, int level,
                                           absl::string_view name) {
  const std::string dotted = ResolveImport(module, level, name);
  if (dotted.empty()) {
    ev_.Raise(ErrorKind::kImportError,
              module.name.find('.') == std::string::npos && !module.is_package
                  ? absl::StrCat("attempted relative import, but ", module.name,
                                 " is in no package: its folder has no __init__.py")
                  : "attempted relative import beyond top-level package");
  }
  return Import(dotted);
}

void ModuleLoader::Run(ModuleObject& module, size_t index, bool optional) {
  ModuleObject::Unit& unit = module.units[index];
  unit.done = true;  // one that asks for itself sees what is bound so far
  const Restored<size_t> running(&module.running, index);
  try {
    interpreter_.RunUnit(&module, unit);
  } catch (const Raised& raised) {
    unit.done = false;  // the next one who asks for what it binds is told again
    if (!optional) throw;
    ev_.Note(absl::StrCat(module.parsed->source->Place(unit.statement->range), ": passed over: ",
                          ev_.TypeName(raised.exception), ": ", ev_.ToStr(raised.exception)));
  } catch (...) {
    unit.done = false;
    throw;
  }
}

void ModuleLoader::RunUnits(ModuleObject& module, absl::string_view name) {
  const auto found = module.binders.find(name);
  if (found == module.binders.end()) return;
  const std::vector<size_t> units = found->second;
  bool whole = true;
  const auto run_before = [&](size_t limit) {
    for (const size_t unit : units) {
      if (module.units[unit].done) continue;
      if (unit < limit) {
        Run(module, unit, module.units[unit].optional);
      } else {
        whole = false;
      }
    }
  };
  run_before(module.running);
  // What comes later is not asked for while a unit runs, unless there is nothing else.
  if (!whole && !module.globals.contains(name)) {
    whole = true;
    run_before(ModuleObject::kNoUnit);
  }
  if (whole && module.running == ModuleObject::kNoUnit) module.binders.erase(name);
}

void ModuleLoader::RunRegistrations(ModuleObject& module, absl::string_view name) {
  if (module.registering || !module.registrations.contains(name)) return;
  const Restored<bool> registering(&module.registering, true);
  std::vector<ModuleObject::Registration> later;
  // Those that run may add more.
  for (size_t i = 0; i < module.registrations[name].size(); ++i) {
    const ModuleObject::Registration r = module.registrations[name][i];
    ev_.Step();
    if (r.module->units[r.unit].done) continue;
    if (r.unit >= r.module->running && r.module->running != ModuleObject::kNoUnit) {
      later.push_back(r);
    } else {
      Run(*r.module, r.unit, /*optional=*/true);
      // What the file does to the class afterwards: `Net.forward = faster`.
      const Stmt& statement = *r.module->units[r.unit].statement;
      if (statement.kind != StmtKind::kClassDef) continue;
      const auto changes = r.module->binders.find(static_cast<const ClassDefStmt&>(statement).name);
      if (changes == r.module->binders.end()) continue;
      const std::vector<size_t> units = changes->second;
      for (const size_t unit : units) {
        if (unit > r.unit && !r.module->units[unit].done) {
          Run(*r.module, unit, /*optional=*/true);
        }
      }
    }
  }
  if (later.empty()) {
    module.registrations.erase(name);
  } else {
    module.registrations[name] = std::move(later);
  }
}

std::optional<Value> ModuleLoader::Global(ModuleObject& module, absl::string_view name) {
  if (!module.binders.empty()) RunUnits(module, name);
  if (!module.registrations.empty()) RunRegistrations(module, name);
  if (const auto found = module.globals.find(name); found != module.globals.end()) {
    return found->second;
  }
  if (module.dynamic != nullptr) return module.dynamic(ev_, name);
  if (module.binders.contains("globals") && name != "globals") {  // globals()[...] = ...
    RunUnits(module, "globals");
    if (const auto found = module.globals.find(name); found != module.globals.end()) {
      return found->second;
    }
  }
  if (!module.star_imports.empty()) {
    if (const std::optional<Value> value = Starred(module, name)) return value;
  }
  if (const auto missing = module.missing.find(name); missing != module.missing.end()) {
    ev_.Raise(ErrorKind::kModuleNotFoundError, missing->second);
  }
  return std::nullopt;
}

std::optional<Value> ModuleLoader::Starred(ModuleObject& module, absl::string_view name) {
  if (module.not_starred.contains(name)) return std::nullopt;
  // Modules that import everything from each other.
  if (!starring_.insert(&module).second) return std::nullopt;
  std::optional<Value> value;
  try {
    for (size_t i = module.star_imports.size(); i-- > 0 && !value.has_value();) {
      const auto& statement =
          static_cast<const ImportFromStmt&>(*module.units[module.star_imports[i]].statement);
      ModuleObject* from = nullptr;
      try {
        from = ImportRelative(module, statement.level, statement.module);
      } catch (const Raised& raised) {
        if (!IsError(ev_, raised.exception, ErrorKind::kImportError)) throw;
        ev_.Note(absl::StrCat(module.parsed->source->Place(statement.range),
                              ": passed over: ", ev_.ToStr(raised.exception)));
        continue;
      }
      if (from == &module || !Exports(*from, name)) continue;
      value = Attribute(*from, name);
      if (value.has_value()) Share(from, name, &module, name);
    }
  } catch (...) {
    starring_.erase(&module);
    throw;
  }
  starring_.erase(&module);
  if (value.has_value()) {
    module.globals[name] = *value;
  } else if (starring_.empty()) {
    module.not_starred.emplace(name);
  }
  return value;
}

bool ModuleLoader::Exports(ModuleObject& module, absl::string_view name) {
  if (name == "__all__") return false;
  const std::optional<Value> all = Global(module, "__all__");
  if (!all.has_value()) return !absl::StartsWith(name, "_");
  return ev_.Contains(*all, ev_.Str(name));
}

std::optional<Value> ModuleLoader::Own(ModuleObject& module, absl::string_view name) {
  if (const std::optional<Value> value = Global(module, name)) return value;
  if (name == "__dict__") {
    DictObject* names = ev_.Dict();
    for (const std::string& key : Names(module)) {
      if (const std::optional<Value> value = Global(module, key)) names->Set(ev_, key, *value);
    }
    return names;
  }
  // A sub-module, whether some file has imported it or not. Natives' have no parents to be found
  // in.
  if (!absl::StartsWith(name, "__")) {
    const std::string dotted = absl::StrCat(module.name, ".", name);
    if (module.is_package || natives_.contains(dotted)) {
      if (ModuleObject* sub = TryImport(dotted)) return sub;
    }
  }
  if (!module.hints.empty()) {
    if (const std::optional<Value> value = Hinted(module, name)) return value;
  }
  return std::nullopt;
}

std::optional<Value> ModuleLoader::Getter(ModuleObject& module, absl::string_view name) {
  if (module.parsed == nullptr || absl::StartsWith(name, "__")) return std::nullopt;
  return Global(module, "__getattr__");
}

std::optional<Value> ModuleLoader::Attribute(ModuleObject& module, absl::string_view name) {
  if (const std::optional<Value> own = Own(module, name)) return own;
  const std::optional<Value> getter = Getter(module, name);
  if (!getter.has_value()) return std::nullopt;
  return ev_.Call(*getter, {ev_.Str(name)});
}

std::optional<Value> ModuleLoader::Hinted(ModuleObject& module, absl::string_view name) {
  const std::string key = absl::StrCat(module.name, ":", name);
  if (!hinting_.insert(key).second) return std::nullopt;
  const absl::Cleanup done = [this, &key] { hinting_.erase(key); };
  for (const ImportFromStmt* hint : module.hints) {
    for (const ImportAlias& alias : hint->names) {
      const bool star = alias.name == "*";
      if (star ? !MayHold(module, *hint, name)
               : (alias.as_name.empty() ? alias.name : alias.as_name) != name) {
        continue;
      }
      ModuleObject* from = nullptr;
      try {
        from = ImportRelative(module, hint->level, hint->module);
      } catch (const Raised& raised) {
        if (!IsError(ev_, raised.exception, ErrorKind::kImportError)) throw;
        continue;
      }
      if (from == &module || (star && !Exports(*from, name))) continue;
      if (std::optional<Value> value = Attribute(*from, star ? name : alias.name)) return value;
    }
  }
  return std::nullopt;
}

Value ModuleLoader::ImportFrom(ModuleObject& module, absl::string_view name) {
  // What the statements that bind the name lack is their error, and no missing name.
  if (const std::optional<Value> own = Own(module, name)) return *own;
  try {
    if (const std::optional<Value> getter = Getter(module, name)) {
      return ev_.Call(*getter, {ev_.Str(name)});
    }
  } catch (const Raised& raised) {
    if (!IsError(ev_, raised.exception, ErrorKind::kAttributeError)) throw;
  }
  ev_.Raise(
      ErrorKind::kImportError,
      absl::StrCat(
          "cannot import name '", name, "' from '", module.name, "'",
          module.parsed == nullptr ? "" : absl::StrCat(" (", module.parsed->source->name(), ")")));
}

void ModuleLoader::DefineSubclasses(const ClassObject& base) {
  std::vector<ModuleObject*> modules;
  for (const auto& [name, module] : modules_) {
    if (module->parsed != nullptr) modules.push_back(module);
  }
  std::sort(modules.begin(), modules.end(),
            [](const ModuleObject* a, const ModuleObject* b) { return a->name < b->name; });
  for (ModuleObject* module : modules) {
    for (size_t i = 0; i < module->units.size(); ++i) {
      const ModuleObject::Unit unit = module->units[i];
      if (unit.done || unit.statement->kind != StmtKind::kClassDef) continue;
      const auto& bases = static_cast<const ClassDefStmt&>(*unit.statement).bases;
      const bool derived = std::any_of(bases.begin(), bases.end(), [&base](const ExprPtr& e) {
        return LastName(*e) == base.name;
      });
      if (derived) Run(*module, i, /*optional=*/true);
    }
  }
}

std::vector<std::string> ModuleLoader::Names(const ModuleObject& module) {
  std::vector<std::string> names;
  for (const auto& [name, value] : module.globals) names.push_back(name);
  for (const auto& [name, units] : module.binders) {
    if (!module.globals.contains(name)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> ModuleLoader::PublicNames(ModuleObject& module) {
  std::vector<std::string> names;
  if (const std::optional<Value> all = Global(module, "__all__")) {
    for (const Value& name : ev_.ToVector(*all)) names.push_back(ev_.ToText(name, "__all__"));
    return names;
  }
  for (std::string& name : Names(module)) {
    if (!absl::StartsWith(name, "_")) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace graft::models::python
