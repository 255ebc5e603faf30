// Functions of natives, bound methods, staticmethod, classmethod and property.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"

namespace graft::models::python {

ClassObject* NativeFunction::Class(Evaluator& ev) const { return ev.classes().builtin_function; }

std::optional<Value> NativeFunction::GetAttr(Evaluator& ev, absl::string_view attribute) {
  if (attribute == "__name__") return ev.Str(absl::string_view(name).substr(name.rfind('.') + 1));
  if (attribute == "__qualname__") return ev.Str(name);
  if (attribute == "__module__") return ev.Str("builtins");
  return std::nullopt;
}

std::string NativeFunction::Repr(Evaluator&) {
  return absl::StrCat("<built-in function ", name, ">");
}

ClassObject* MethodObject::Class(Evaluator& ev) const { return ev.classes().method; }

std::optional<Value> MethodObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "__self__") return self;
  if (name == "__func__") return function;
  if (name == "__class__") return ev.classes().method;
  return function.IsObject() ? function.object()->GetAttr(ev, name) : std::nullopt;
}

std::optional<Value> MethodObject::Compare(Evaluator&, CompareOp op, Value other) {
  if (op != CompareOp::kEq && op != CompareOp::kNotEq) return std::nullopt;
  const auto* method = other.As<MethodObject>();
  const bool same = method != nullptr && method->function.Is(function) && method->self.Is(self);
  return Value::Bool(same == (op == CompareOp::kEq));
}

std::optional<size_t> MethodObject::Hash(Evaluator& ev) {
  // Of each of the many objects that stand for the same method.
  return ev.Hash(function) ^ (self.IsObject() ? self.object()->Object::Hash(ev).value_or(0) : 0);
}

Value MethodObject::Call(Evaluator& ev, CallArgs& args) {
  args.args.insert(args.args.begin(), self);
  return ev.Call(function, std::move(args));
}

std::string MethodObject::Repr(Evaluator& ev) {
  const std::optional<Value> name = ev.TryGetAttr(function, "__qualname__");
  return absl::StrCat("<bound method ", name.has_value() ? ev.ToStr(*name) : "?", " of ",
                      ev.Repr(self), ">");
}

ClassObject* StaticMethodObject::Class(Evaluator& ev) const { return ev.classes().static_method; }
ClassObject* ClassMethodObject::Class(Evaluator& ev) const { return ev.classes().class_method; }
ClassObject* PropertyObject::Class(Evaluator& ev) const { return ev.classes().property; }

Value StaticMethodObject::Call(Evaluator& ev, CallArgs& args) {
  return ev.Call(function, std::move(args));
}

std::optional<Value> StaticMethodObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "__func__" || name == "__wrapped__") return function;
  return ev.TryGetAttr(function, name);
}

std::optional<Value> ClassMethodObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "__func__" || name == "__wrapped__") return function;
  return ev.TryGetAttr(function, name);
}

std::optional<Value> PropertyObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "fget") return getter;
  if (name == "fset") return setter;
  if (name == "fdel") return deleter;
  if (name == "getter" || name == "setter" || name == "deleter") {
    return ev.Native(absl::StrCat("property.", name),
                     [this, part = std::string(name)](Evaluator& caller, CallArgs& args) -> Value {
                       const Value f = args.args.empty() ? Value() : args.args[0];
                       return caller.heap().New<PropertyObject>(
                           caller, part == "getter" ? f : getter, part == "setter" ? f : setter,
                           part == "deleter" ? f : deleter, doc);
                     });
  }
  if (name == "__doc__") {
    if (!doc.IsNone() || getter.IsNone()) return doc;
    return ev.TryGetAttr(getter, name);
  }
  if (name == "__isabstractmethod__") {
    for (const Value part : {getter, setter, deleter}) {
      const std::optional<Value> abstract =
          part.IsNone() ? std::nullopt : ev.TryGetAttr(part, name);
      if (abstract.has_value() && ev.Truth(*abstract)) return Value::Bool(true);
    }
    return Value::Bool(false);
  }
  return std::nullopt;
}

}  // namespace graft::models::python
