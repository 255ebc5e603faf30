#include "models/python/function_code.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/function_object.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

// Of every local variable, the parameters first.
Value VariableNames(Evaluator& ev, const FunctionObject& function) {
  std::vector<Value> names;
  for (const std::string& name : function.layout->slots) names.emplace_back(ev.Str(name));
  return ev.Tuple(std::move(names));
}

}  // namespace

ClassObject* CodeObject::Class(Evaluator& ev) const { return ev.classes().object; }

std::optional<Value> CodeObject::GetAttr(Evaluator& ev, absl::string_view name) {
  const Parameters& parameters = *function->parameters;
  if (name == "co_name") return ev.Str(function->name);
  if (name == "co_filename") return ev.Str(function->file->name());
  if (name == "co_varnames") return VariableNames(ev, *function);
  if (name == "co_argcount") {
    return Value::Int(static_cast<int64_t>(parameters.positional.size()));
  }
  if (name == "co_kwonlyargcount") {
    return Value::Int(static_cast<int64_t>(parameters.keyword_only.size()));
  }
  return std::nullopt;
}

std::string CodeObject::Repr(Evaluator&) {
  return absl::StrCat("<code object ", function->name, ">");
}

Value MakeFunction(Evaluator& ev, ClassObject*, CallArgs& args) {
  const NativeArgs a(ev, "function", args, {"code", "globals", "name", "argdefs", "closure"}, 2);
  const auto* code = a[0].As<CodeObject>();
  if (code == nullptr) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("function() argument 'code' must be code, not ", ev.TypeName(a[0])));
  }
  const FunctionObject& from = *code->function;
  auto* made = ev.heap().New<FunctionObject>(ev);
  made->name = a[2].IsNone() ? from.name : ev.ToText(a[2], "name");
  made->qualname = made->name;
  made->parameters = from.parameters;
  made->layout = from.layout;
  made->definition = from.definition;
  made->lambda = from.lambda;
  made->module = from.module;
  made->file = from.file;
  if (!a[3].IsNone()) made->defaults = ev.ToVector(a[3]);
  if (made->defaults.size() > from.parameters->positional.size()) {
    ev.Raise(ErrorKind::kValueError, "function() got more defaults than parameters");
  }
  made->keyword_defaults = from.keyword_defaults;
  made->closure = from.closure;
  made->owner = from.owner;
  return made;
}

}  // namespace graft::models::python
