// Import statements, of modules' top level (one name at a time) and within functions and blocks.
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/interpreter.h"

namespace graft::models::python {

void Interpreter::RunUnit(ModuleObject* module, const ModuleObject::Unit& unit) {
  const Depth depth(this);
  ev_.CheckStack();
  Frame frame;
  frame.module = module;
  frame.file = &module->parsed->source;
  frame.at = &unit.statement->range;
  const FrameScope scope(&top_, &frame);
  if (unit.alias < 0) {
    Exec(frame, *unit.statement);
  } else if (unit.statement->kind == StmtKind::kImport) {
    ImportName(frame, static_cast<const ImportStmt&>(*unit.statement).names[unit.alias],
               /*lenient=*/true);
  } else {
    const auto& statement = static_cast<const ImportFromStmt&>(*unit.statement);
    ImportNameFrom(frame, statement, statement.names[unit.alias]);
  }
}

// At the top level, in a block but not within a try: what cannot be found matters only where it is
// used.
void Interpreter::ImportLeniently(Frame& f, const std::string& bound,
                                  absl::FunctionRef<void()> import) {
  const bool lenient = f.function == nullptr && f.body_of == nullptr && f.try_depth == 0;
  if (!lenient) return import();
  try {
    import();
  } catch (const Raised& raised) {
    if (!IsError(ev_, raised.exception, ErrorKind::kImportError)) throw;
    f.module->missing[bound] = ev_.ToStr(raised.exception);
  }
}

void Interpreter::ExecImport(Frame& f, const ImportStmt& s) {
  for (const ImportAlias& alias : s.names) {
    const std::string bound =
        alias.as_name.empty() ? alias.name.substr(0, alias.name.find('.')) : alias.as_name;
    ImportLeniently(f, bound, [&] { ImportName(f, alias, /*lenient=*/false); });
  }
}

// import a.b.c binds a; `as` binds a.b.c. With `lenient`, a is bound even where a.b is not found.
void Interpreter::ImportName(Frame& f, const ImportAlias& alias, bool lenient) {
  if (!alias.as_name.empty()) {
    StoreName(f, alias.as_name, alias.binding, loader_.Import(alias.name));
    return;
  }
  const std::string top = alias.name.substr(0, alias.name.find('.'));
  ModuleObject* module = loader_.Import(top);
  if (lenient) {
    if (loader_.TryImport(alias.name) == nullptr) {
      ev_.Note(absl::StrCat((*f.file)->Place(*f.at), ": passed over: no module named '", alias.name,
                            "'"));
    }
  } else {
    loader_.Import(alias.name);
  }
  StoreName(f, top, alias.binding, module);
}

void Interpreter::ExecImportFrom(Frame& f, const ImportFromStmt& s) {
  for (const ImportAlias& alias : s.names) {
    if (alias.name != "*") {
      ImportLeniently(f, alias.as_name.empty() ? alias.name : alias.as_name,
                      [&] { ImportNameFrom(f, s, alias); });
      continue;
    }
    ModuleObject* from = loader_.ImportRelative(*f.module, s.level, s.module);
    for (const std::string& name : loader_.PublicNames(*from)) {
      f.module->globals.insert_or_assign(name, loader_.ImportFrom(*from, name));
    }
  }
}

void Interpreter::ImportNameFrom(Frame& f, const ImportFromStmt& s, const ImportAlias& alias) {
  if (s.level == 0 && s.module == "__future__") return;
  ModuleObject* from = loader_.ImportRelative(*f.module, s.level, s.module);
  const std::string& bound = alias.as_name.empty() ? alias.name : alias.as_name;
  StoreName(f, bound, alias.binding, loader_.ImportFrom(*from, alias.name));
  if (f.function == nullptr && f.body_of == nullptr) {
    loader_.Share(from, alias.name, f.module, bound);
  }
}

}  // namespace graft::models::python
