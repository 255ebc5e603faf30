#include "models/python/function_object.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/docstring.h"
#include "models/python/evaluator.h"
#include "models/python/function_code.h"
#include "models/python/interpreter.h"
#include "models/python/module_namespace.h"

namespace graft::models::python {
ClassObject* CellObject::Class(Evaluator& ev) const { return ev.classes().object; }
ClassObject* FunctionObject::Class(Evaluator& ev) const { return ev.classes().function; }

std::optional<Value> FunctionObject::GetAttr(Evaluator& ev, absl::string_view attribute) {
  for (const auto& [key, value] : attributes) {
    if (key == attribute) return value;
  }
  if (attribute == "__name__") return ev.Str(name);
  if (attribute == "__qualname__") return ev.Str(qualname);
  if (attribute == "__module__") return ev.Str(module == nullptr ? "" : module->name);
  if (attribute == "__doc__") return definition == nullptr ? Value() : DocOf(ev, definition->body);
  if (attribute == "__defaults__") {
    return defaults.empty() ? Value() : Value(ev.Tuple(defaults));
  }
  if (attribute == "__kwdefaults__") {
    DictObject* dict = nullptr;
    for (size_t i = 0; i < keyword_defaults.size(); ++i) {
      if (!keyword_defaults[i].has_value()) continue;
      if (dict == nullptr) dict = ev.Dict();
      dict->Set(ev, parameters->keyword_only[i].name, *keyword_defaults[i]);
    }
    return dict == nullptr ? Value() : Value(dict);
  }
  if (attribute == "__code__") return ev.heap().New<CodeObject>(ev, this);
  if (attribute == "__globals__") return GlobalsOf(ev, module);
  if (attribute == "__closure__") {
    if (closure.empty()) return Value();
    return ev.Tuple({closure.begin(), closure.end()});
  }
  if (attribute == "__annotations__" || attribute == "__dict__") {
    DictObject* dict = ev.Dict();
    if (attribute == "__dict__") {
      for (const auto& [key, value] : attributes) dict->Set(ev, key, value);
    }
    return dict;
  }
  return std::nullopt;
}

bool FunctionObject::SetAttr(Evaluator& ev, absl::string_view attribute, Value value) {
  for (auto& [key, own] : attributes) {
    if (key != attribute) continue;
    own = value;
    return true;
  }
  ev.heap().Charge(ev, attribute.size() + sizeof(attributes[0]));
  ev.Step(1 + static_cast<int64_t>(attributes.size()) / 16);
  attributes.emplace_back(attribute, value);
  return true;
}

bool FunctionObject::DelAttr(Evaluator&, absl::string_view attribute) {
  return std::erase_if(attributes, [attribute](const auto& a) { return a.first == attribute; }) > 0;
}

Value FunctionObject::Call(Evaluator& ev, CallArgs& args) {
  return ev.interpreter().CallFunction(*this, args);
}

std::string FunctionObject::Repr(Evaluator&) { return absl::StrCat("<function ", qualname, ">"); }

}  // namespace graft::models::python
