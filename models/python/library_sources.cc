#include "models/python/library_sources.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "models/python/ast.h"
#include "models/python/module_units.h"
#include "models/python/objects.h"
#include "models/python/parser.h"
#include "models/python/source_file.h"

namespace graft::models::python {
namespace {

void Fill(Evaluator& ev, ModuleObject* module, const EmbeddedSource& source, bool is_package) {
  ev.heap().Charge(ev, source.text.size() * 8);  // the tree takes about that
  absl::StatusOr<std::unique_ptr<ParsedModule>> parsed = ParseModule(std::make_shared<SourceFile>(
      absl::StrCat("<graft>/", source.path), std::string(source.text)));
  if (!parsed.ok()) throw Stopped{parsed.status()};
  module->parsed = *std::move(parsed);
  module->is_package = is_package;
  FindUnits(module);
}

}  // namespace

void DefineLibrarySources(Evaluator& ev, absl::Span<const EmbeddedSource> sources) {
  for (const EmbeddedSource& source : sources) {
    absl::string_view path = source.path;
    absl::ConsumeSuffix(&path, ".py");
    const bool is_package = absl::ConsumeSuffix(&path, "/__init__");
    ev.DefineModule(absl::StrReplaceAll(path, {{"/", "."}}),
                    [source, is_package](Evaluator& caller, ModuleObject* module) {
                      Fill(caller, module, source, is_package);
                    });
  }
}

}  // namespace graft::models::python
