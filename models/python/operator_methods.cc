#include "models/python/operator_methods.h"

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/format_spec.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// `a` and `b` are the arguments after self; None where the method takes fewer.
using Operation = std::function<Value(Evaluator& ev, Value self, Value a, Value b)>;
struct OperatorMethod {
  size_t arity;
  Operation operation;
};

// Objects are asked themselves: the evaluator would look for the class's dunder method again.
Value CompareBuiltin(Evaluator& ev, CompareOp op, Value self, Value other) {
  if (!self.IsObject()) return ev.Compare(op, self, Underlying(other));
  return self.object()->Compare(ev, op, other).value_or(Value::NotImplemented());
}

Value BinaryBuiltin(Evaluator& ev, BinaryOp op, Value self, Value other, bool reflected) {
  const Value plain = Underlying(other);
  if (self.IsObject()) {
    return self.object()->Binary(ev, op, other, reflected).value_or(Value::NotImplemented());
  }
  const bool numbers = plain.IsBool() || plain.IsInt() || plain.IsFloat();
  if (!numbers) return Value::NotImplemented();
  return reflected ? ev.Binary(op, plain, self) : ev.Binary(op, self, plain);
}

OperatorMethod Comparison(CompareOp op) {
  return {1, [op](Evaluator& ev, Value self, Value other, Value) {
            return CompareBuiltin(ev, op, self, other);
          }};
}

OperatorMethod Arithmetic(BinaryOp op, bool reflected) {
  return {1, [op, reflected](Evaluator& ev, Value self, Value other, Value) {
            return BinaryBuiltin(ev, op, self, other, reflected);
          }};
}

OperatorMethod InPlace(BinaryOp op) {
  return {1, [op](Evaluator& ev, Value self, Value other, Value) {
            return self.IsObject()
                       ? self.object()->InPlace(ev, op, other).value_or(Value::NotImplemented())
                       : Value::NotImplemented();
          }};
}

constexpr std::pair<absl::string_view, BinaryOp> kArithmetic[] = {
    {"add", BinaryOp::kAdd},    {"sub", BinaryOp::kSub},
    {"mul", BinaryOp::kMul},    {"truediv", BinaryOp::kDiv},
    {"mod", BinaryOp::kMod},    {"floordiv", BinaryOp::kFloorDiv},
    {"pow", BinaryOp::kPow},    {"lshift", BinaryOp::kLeftShift},
    {"and", BinaryOp::kBitAnd}, {"rshift", BinaryOp::kRightShift},
    {"or", BinaryOp::kBitOr},   {"xor", BinaryOp::kBitXor},
};

absl::flat_hash_map<std::string, OperatorMethod> MakeMethods() {
  absl::flat_hash_map<std::string, OperatorMethod> methods;
  for (const auto& [name, op] : kArithmetic) {
    methods[absl::StrCat("__", name, "__")] = Arithmetic(op, /*reflected=*/false);
    methods[absl::StrCat("__r", name, "__")] = Arithmetic(op, /*reflected=*/true);
    methods[absl::StrCat("__i", name, "__")] = InPlace(op);
  }
  methods["__eq__"] = Comparison(CompareOp::kEq);
  methods["__ne__"] = Comparison(CompareOp::kNotEq);
  methods["__lt__"] = Comparison(CompareOp::kLess);
  methods["__le__"] = Comparison(CompareOp::kLessEq);
  methods["__gt__"] = Comparison(CompareOp::kGreater);
  methods["__ge__"] = Comparison(CompareOp::kGreaterEq);
  methods["__neg__"] = {0, [](Evaluator& ev, Value self, Value, Value) {
                          return ev.Unary(UnaryOp::kNegative, self);
                        }};
  methods["__pos__"] = {0, [](Evaluator& ev, Value self, Value, Value) {
                          return ev.Unary(UnaryOp::kPositive, self);
                        }};
  methods["__invert__"] = {
      0, [](Evaluator& ev, Value self, Value, Value) { return ev.Unary(UnaryOp::kInvert, self); }};
  methods["__bool__"] = {
      0, [](Evaluator& ev, Value self, Value, Value) { return Value::Bool(ev.Truth(self)); }};
  methods["__int__"] = {0, [](Evaluator& ev, Value self, Value, Value) {
                          return ev.Call(ev.classes().int_, {self});
                        }};
  methods["__index__"] = methods["__int__"];
  methods["__float__"] = {0, [](Evaluator& ev, Value self, Value, Value) {
                            return ev.Call(ev.classes().float_, {self});
                          }};
  methods["__hash__"] = {0, [](Evaluator& ev, Value self, Value, Value) {
                           return Value::Int(static_cast<int64_t>(ev.Hash(self)));
                         }};
  methods["__repr__"] = {0, [](Evaluator& ev, Value self, Value, Value) -> Value {
                           return ev.Str(self.IsObject() ? self.object()->Repr(ev) : ev.Repr(self));
                         }};
  methods["__str__"] = {0, [](Evaluator& ev, Value self, Value, Value) -> Value {
                          return ev.Str(self.IsObject() ? self.object()->Str(ev) : ev.ToStr(self));
                        }};
  methods["__format__"] = {1, [](Evaluator& ev, Value self, Value spec, Value) -> Value {
                             return ev.Str(FormatBuiltin(ev, self, ev.ToText(spec, "format_spec")));
                           }};
  methods["__len__"] = {0, [](Evaluator& ev, Value self, Value, Value) {
                          return Value::Int(self.object()->Length(ev).value_or(0));
                        }};
  methods["__iter__"] = {
      0, [](Evaluator& ev, Value self, Value, Value) -> Value { return self.object()->Iter(ev); }};
  methods["__contains__"] = {
      1, [](Evaluator& ev, Value self, Value item, Value) {
        return Value::Bool(self.object()->Contains(ev, item).value_or(false));
      }};
  methods["__getitem__"] = {1, [](Evaluator& ev, Value self, Value key, Value) {
                              return self.object()->GetItem(ev, key);
                            }};
  methods["__setitem__"] = {2, [](Evaluator& ev, Value self, Value key, Value value) {
                              self.object()->SetItem(ev, key, value);
                              return Value();
                            }};
  methods["__delitem__"] = {1, [](Evaluator& ev, Value self, Value key, Value) {
                              self.object()->DelItem(ev, key);
                              return Value();
                            }};
  return methods;
}

}  // namespace

void AddOperatorMethods(Evaluator& ev, ClassObject* cls,
                        std::initializer_list<absl::string_view> names) {
  static const auto& methods = *new auto(MakeMethods());
  for (const absl::string_view name : names) {
    const OperatorMethod& method = methods.at(name);
    const std::string full = absl::StrCat(cls->name, ".", name);
    ev.AddMethod(cls, name, [full, &method](Evaluator& caller, CallArgs& args) {
      const Value self = Underlying(SelfValue(caller, args, full));
      const NativeArgs a(caller, full, args, {"", ""}, method.arity);
      return method.operation(caller, self, a[0], method.arity > 1 ? a[1] : Value());
    });
  }
}

void AddArithmeticMethods(Evaluator& ev, ClassObject* cls) {
  for (const auto& [name, op] : kArithmetic) {
    AddOperatorMethods(ev, cls, {absl::StrCat("__", name, "__"), absl::StrCat("__r", name, "__")});
  }
  AddOperatorMethods(
      ev, cls,
      {"__neg__", "__pos__", "__invert__", "__bool__", "__int__", "__float__", "__eq__", "__ne__",
       "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__repr__", "__format__"});
}

}  // namespace graft::models::python
