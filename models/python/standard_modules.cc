#include "models/python/standard_modules.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/library_sources.h"
#include "models/python/module_table.h"
#include "models/python/objects.h"
#include "models/python/standard_sources.h"

namespace graft::models::python {
namespace {

// Modules that a source may import, since files of models do, and may not use.
struct Refused {
  absl::string_view module;
  absl::string_view instead;
};
constexpr absl::string_view kNoFiles = "a model's source reaches no file, network or process";
constexpr absl::string_view kNoClock = "a model's source has no clock";
constexpr absl::string_view kNoRandom = "torch's own random functions are seeded";
constexpr Refused kRefused[] = {
    {"argparse", "pass arguments to the class"},
    {"asyncio", ""},
    {"atexit", ""},
    {"csv", kNoFiles},
    {"ctypes", kNoFiles},
    {"datetime", kNoClock},
    {"errno", kNoFiles},
    {"fnmatch", ""},
    {"gc", ""},
    {"glob", kNoFiles},
    {"gzip", kNoFiles},
    {"hashlib", ""},
    {"io", kNoFiles},
    {"multiprocessing", kNoFiles},
    {"pathlib", kNoFiles},
    {"pickle", kNoFiles},
    {"pkgutil", kNoFiles},
    {"platform", kNoFiles},
    {"pprint", "use print()"},
    {"queue", ""},
    {"secrets", kNoRandom},
    {"shutil", kNoFiles},
    {"signal", kNoFiles},
    {"socket", kNoFiles},
    {"statistics", ""},
    {"struct", ""},
    {"subprocess", kNoFiles},
    {"tarfile", kNoFiles},
    {"tempfile", kNoFiles},
    {"time", kNoClock},
    {"timeit", kNoClock},
    {"traceback", ""},
    {"unittest", ""},
    {"urllib", kNoFiles},
    {"uuid", kNoRandom},
    {"yaml", kNoFiles},
    {"zipfile", kNoFiles},
};

void Refuse(Evaluator& ev, const Refused& refused) {
  ev.DefineModule(refused.module, [refused](Evaluator&, ModuleObject* module) {
    module->dynamic = [refused](Evaluator& caller, absl::string_view name) -> std::optional<Value> {
      // What asks whether a name is there, rather than for it.
      if (absl::StartsWith(name, "__")) return std::nullopt;
      caller.RaiseNotSupported(absl::StrCat(refused.module, ".", name), refused.instead);
    };
  });
}

// `from __future__ import annotations`: every feature is there already.
void DefineFuture(Evaluator& ev) {
  ev.DefineModule("__future__", [](Evaluator&, ModuleObject* module) {
    module->dynamic = [](Evaluator&, absl::string_view) -> std::optional<Value> { return Value(); };
  });
}

}  // namespace

void DefineStandardModules(Evaluator& ev) {
  DefineMath(ev);
  DefineItertools(ev);
  DefineEnum(ev);
  DefineCopy(ev);
  DefineLibrarySupport(ev);
  DefineModuleTable(ev);
  DefineFuture(ev);
  ev.DefineModule("builtins", [](Evaluator& caller, ModuleObject* module) {
    for (const auto& [name, value] : caller.builtins()) module->globals[name] = value;
  });
  for (const Refused& refused : kRefused) Refuse(ev, refused);
  DefineLibrarySources(ev, StandardSources());
}

}  // namespace graft::models::python
