#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/interpreter.h"
#include "models/python/number_arithmetic.h"
#include "models/python/underlying.h"
#include "models/python/utf8_text.h"

namespace graft::models::python {

Value Interpreter::Evaluate(const Expr& expression, ModuleObject* module,
                            const std::shared_ptr<const SourceFile>& file) {
  Frame frame;
  frame.module = module;
  frame.file = &file;
  const FrameScope scope(&top_, &frame);
  return Eval(frame, expression);
}

// --- Names
// ----------------------------------------------------------------------------------------

void Interpreter::RaiseUnbound(const std::string& name, bool free) {
  if (free) {
    ev_.Raise(ErrorKind::kNameError,
              absl::StrCat("cannot access free variable '", name,
                           "' where it is not associated with a value in enclosing scope"));
  }
  RaiseUnboundLocal(ev_, absl::StrCat("cannot access local variable '", name,
                                      "' where it is not associated with a value"));
}

Value Interpreter::LoadGlobal(Frame& f, const std::string& name) {
  if (const std::optional<Value> value = loader_.Global(*f.module, name)) return *value;
  const auto builtin = ev_.builtins_.find(name);
  if (builtin != ev_.builtins_.end()) return builtin->second;
  if (f.body_of != nullptr) {  // a name that a __prepare__ has put into the namespace
    if (const std::optional<Value> prepared = f.body_of->FindOwn(name)) return *prepared;
  }
  ev_.Raise(ErrorKind::kNameError, absl::StrCat("name '", name, "' is not defined"));
}

Value Interpreter::LoadName(Frame& f, const std::string& name, Binding binding) {
  using Where = Binding::Where;
  switch (binding.where) {
    case Where::kSlot: {
      const Value value = f.slots[binding.index];
      if (CellObject::IsUnbound(value)) RaiseUnbound(name, /*free=*/false);
      return value;
    }
    case Where::kClassCell:
      if (const std::optional<Value> own = f.body_of->FindOwn(name)) return *own;
      [[fallthrough]];
    case Where::kCell: {
      const Value value = f.cells[binding.index]->value;
      if (CellObject::IsUnbound(value)) {
        RaiseUnbound(name, static_cast<size_t>(binding.index) >= f.layout->own_cells);
      }
      return value;
    }
    case Where::kClass:
      if (const std::optional<Value> own = f.body_of->FindOwn(name)) return *own;
      return LoadGlobal(f, name);
    case Where::kEnclosingClass:
      if (f.owner != nullptr) return f.owner;
      return LoadGlobal(f, name);
    case Where::kGlobal:
      return LoadGlobal(f, name);
  }
  return {};
}

void Interpreter::StoreName(Frame& f, const std::string& name, Binding binding, Value value) {
  using Where = Binding::Where;
  switch (binding.where) {
    case Where::kSlot:
      f.slots[binding.index] = value;
      return;
    case Where::kCell:
      f.cells[binding.index]->value = value;
      return;
    case Where::kClass:
    case Where::kClassCell:
      f.body_of->SetAttr(ev_, name, value);
      return;
    case Where::kGlobal:
    case Where::kEnclosingClass:
      if (f.function != nullptr) {  // `global` in a function
        f.module->SetAttr(ev_, name, value);
      } else {
        const auto [it, inserted] = f.module->globals.insert_or_assign(name, value);
        if (inserted) ev_.heap_.Charge(ev_, name.size() + sizeof(*it));
      }
      return;
  }
}

void Interpreter::DeleteName(Frame& f, const std::string& name, Binding binding) {
  using Where = Binding::Where;
  LoadName(f, name, binding);  // raises where there is none
  switch (binding.where) {
    case Where::kSlot:
      f.slots[binding.index] = CellObject::Unbound();
      return;
    case Where::kCell:
      f.cells[binding.index]->value = CellObject::Unbound();
      return;
    case Where::kClass:
    case Where::kClassCell:
      f.body_of->EraseOwn(name);
      return;
    case Where::kGlobal:
    case Where::kEnclosingClass:
      f.module->globals.erase(name);
      return;
  }
}

// --- Expressions
// ----------------------------------------------------------------------------------

// NOLINTNEXTLINE(misc-no-recursion): the stack is looked at in calls, trees are bounded in depth.
Value Interpreter::Eval(Frame& f, const Expr& e) {
  ev_.Step();
  switch (e.kind) {
    case ExprKind::kConstant:
      return EvalConstant(static_cast<const ConstantExpr&>(e));
    case ExprKind::kName: {
      const auto& name = static_cast<const NameExpr&>(e);
      if (name.binding.where == Binding::Where::kSlot) {
        const Value value = f.slots[name.binding.index];
        if (!CellObject::IsUnbound(value)) return value;
      }
      f.at = &e.range;
      return LoadName(f, name.name, name.binding);
    }
    case ExprKind::kAttribute: {
      const auto& attribute = static_cast<const AttributeExpr&>(e);
      const Value object = Eval(f, *attribute.object);
      f.at = &e.range;
      return ev_.GetAttr(object, attribute.name);
    }
    case ExprKind::kSubscript:
      return EvalSubscript(f, static_cast<const SubscriptExpr&>(e));
    case ExprKind::kSlice:
      return EvalSlice(f, static_cast<const SliceExpr&>(e));
    case ExprKind::kCall:
      return EvalCall(f, static_cast<const CallExpr&>(e));
    case ExprKind::kUnary: {
      const auto& unary = static_cast<const UnaryExpr&>(e);
      const Value operand = Eval(f, *unary.operand);
      f.at = &e.range;
      return ev_.Unary(unary.op, operand);
    }
    case ExprKind::kBinary: {
      const auto& binary = static_cast<const BinaryExpr&>(e);
      const Value left = Eval(f, *binary.left);
      const Value right = Eval(f, *binary.right);
      f.at = &e.range;
      return ev_.Binary(binary.op, left, right);
    }
    case ExprKind::kBool:
      return EvalBool(f, static_cast<const BoolExpr&>(e));
    case ExprKind::kCompare:
      return EvalCompare(f, static_cast<const CompareExpr&>(e));
    case ExprKind::kConditional: {
      const auto& conditional = static_cast<const ConditionalExpr&>(e);
      const Value test = Eval(f, *conditional.test);
      f.at = &conditional.test->range;
      return Eval(f, ev_.Truth(test) ? *conditional.then : *conditional.otherwise);
    }
    case ExprKind::kLambda:
      return MakeLambda(f, static_cast<const LambdaExpr&>(e));
    case ExprKind::kList:
      return ev_.List(EvalElements(f, static_cast<const ListExpr&>(e).elements));
    case ExprKind::kTuple:
      return ev_.Tuple(EvalElements(f, static_cast<const TupleExpr&>(e).elements));
    case ExprKind::kSet:
      return EvalSet(f, static_cast<const SetExpr&>(e));
    case ExprKind::kDict:
      return EvalDict(f, static_cast<const DictExpr&>(e));
    case ExprKind::kComprehension:
      return EvalComprehension(f, static_cast<const ComprehensionExpr&>(e));
    case ExprKind::kJoinedStr:
      return EvalJoinedStr(f, static_cast<const JoinedStrExpr&>(e));
    case ExprKind::kFormattedValue:
    case ExprKind::kStarred:
      f.at = &e.range;
      ev_.RaiseNotSupported("a starred expression here");
    case ExprKind::kNamed: {
      const auto& named = static_cast<const NamedExpr&>(e);
      const Value value = Eval(f, *named.value);
      StoreName(f, named.name, named.binding, value);
      return value;
    }
    case ExprKind::kYield:
    case ExprKind::kYieldFrom:
      RaiseYield(f, static_cast<const YieldExpr&>(e));
    case ExprKind::kAwait:
      f.at = &e.range;
      ev_.RaiseNotSupported("await", "write the function without async");
  }
  return {};
}

Value Interpreter::EvalConstant(const ConstantExpr& e) {
  switch (e.type) {
    case ConstantExpr::Type::kNone:
      return {};
    case ConstantExpr::Type::kTrue:
      return Value::Bool(true);
    case ConstantExpr::Type::kFalse:
      return Value::Bool(false);
    case ConstantExpr::Type::kEllipsis:
      return Value::Ellipsis();
    case ConstantExpr::Type::kInt:
      return Value::Int(e.int_value);
    case ConstantExpr::Type::kFloat:
      return Value::Float(e.float_value);
    case ConstantExpr::Type::kImaginary:
      ev_.RaiseNotSupported("a complex number");
    case ConstantExpr::Type::kBigInt:
      ev_.Raise(ErrorKind::kOverflowError,
                absl::StrCat("the integer ", e.text, " is beyond 64 bits"));
    case ConstantExpr::Type::kStr:
    case ConstantExpr::Type::kBytes:
      break;
  }
  // One object for each literal: loops make no more of them.
  Value& constant = constants_[&e];
  if (constant.IsNone()) {
    if (e.type == ConstantExpr::Type::kStr) {
      constant = ev_.Str(e.text);
    } else {
      ev_.heap_.Charge(ev_, e.text.size());
      constant = ev_.heap_.New<BytesObject>(ev_, e.text);
    }
  }
  return constant;
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalCall(Frame& f, const CallExpr& e) {
  CallArgs args;
  args.args.reserve(e.args.size() + 1);
  Value callee;
  if (e.callee->kind == ExprKind::kAttribute) {
    const auto& attribute = static_cast<const AttributeExpr&>(*e.callee);
    const Value object = Eval(f, *attribute.object);
    f.at = &attribute.range;
    if (FindMethod(ev_, object, attribute.name, &callee)) args.args.push_back(object);
  } else {
    callee = Eval(f, *e.callee);
  }
  EvalArguments(f, e, callee, &args);
  f.at = &e.range;
  if (callee.IsObject()) {
    ev_.CheckStack();
    return callee.object()->Call(ev_, args);
  }
  return ev_.Call(callee, std::move(args));  // raises
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
void Interpreter::EvalArguments(Frame& f, const CallExpr& e, Value callee, CallArgs* args) {
  for (const ExprPtr& argument : e.args) {
    if (argument->kind != ExprKind::kStarred) {
      args->args.push_back(Eval(f, *argument));
      continue;
    }
    const Value items = Eval(f, *static_cast<const StarredExpr&>(*argument).value);
    f.at = &argument->range;
    const std::vector<Value> unpacked = ev_.ToVector(items);
    args->args.insert(args->args.end(), unpacked.begin(), unpacked.end());
  }
  args->kwargs.reserve(e.keywords.size());
  for (const KeywordArg& keyword : e.keywords) {
    const Value value = Eval(f, *keyword.value);
    if (!keyword.name.empty()) {
      args->kwargs.push_back({keyword.name, value});
      continue;
    }
    f.at = &keyword.range;
    SpreadKeywords(value, callee, args);
  }
}

void Interpreter::SpreadKeywords(Value mapping, Value callee, CallArgs* args) {
  const auto add = [&](Value key, Value value) {
    const auto* name = Underlying<StrObject>(key);
    if (name == nullptr) ev_.Raise(ErrorKind::kTypeError, "keywords must be strings");
    for (const Keyword& keyword : args->kwargs) {
      if (keyword.name != name->text) continue;
      const auto* function = callee.As<FunctionObject>();
      ev_.Raise(ErrorKind::kTypeError,
                absl::StrCat(function == nullptr ? ""
                                                 : absl::StrCat(function->module->name, ".",
                                                                function->qualname, "() "),
                             "got multiple values for keyword argument '", name->text, "'"));
    }
    ev_.Step(1 + static_cast<int64_t>(args->kwargs.size()) / 16);
    args->kwargs.push_back({name->text, value});
  };
  if (const auto* dict = Underlying<DictObject>(mapping)) {
    for (const auto& [key, value] : dict->Items()) add(key, value);
    return;
  }
  if (!ev_.TryGetAttr(mapping, "keys").has_value()) {
    ev_.Raise(ErrorKind::kTypeError,
              absl::StrCat("argument after ** must be a mapping, not ", ev_.TypeName(mapping)));
  }
  for (const Value& key : ev_.ToVector(ev_.CallMethod(mapping, "keys", {}))) {
    add(key, ev_.GetItem(mapping, key));
  }
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalBool(Frame& f, const BoolExpr& e) {
  Value value;
  for (const ExprPtr& operand : e.values) {
    value = Eval(f, *operand);
    if (operand == e.values.back()) break;
    f.at = &operand->range;
    if (ev_.Truth(value) != e.is_and) break;
  }
  return value;
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalCompare(Frame& f, const CompareExpr& e) {
  Value left = Eval(f, *e.operands[0]);
  Value result;
  for (size_t i = 0; i < e.ops.size(); ++i) {
    const Value right = Eval(f, *e.operands[i + 1]);
    f.at = &e.range;
    result = ev_.Compare(e.ops[i], left, right);
    if (i + 1 < e.ops.size() && !ev_.Truth(result)) break;
    left = right;
  }
  return result;
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalSubscript(Frame& f, const SubscriptExpr& e) {
  const Value object = Eval(f, *e.object);
  const Value index = Eval(f, *e.index);
  f.at = &e.range;
  return ev_.GetItem(object, index);
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalSlice(Frame& f, const SliceExpr& e) {
  const Value lower = e.lower == nullptr ? Value() : Eval(f, *e.lower);
  const Value upper = e.upper == nullptr ? Value() : Eval(f, *e.upper);
  const Value step = e.step == nullptr ? Value() : Eval(f, *e.step);
  return ev_.heap_.New<SliceObject>(ev_, lower, upper, step);
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
std::vector<Value> Interpreter::EvalElements(Frame& f, const std::vector<ExprPtr>& elements) {
  std::vector<Value> items;
  items.reserve(elements.size());
  for (const ExprPtr& element : elements) {
    if (element->kind != ExprKind::kStarred) {
      items.push_back(Eval(f, *element));
      continue;
    }
    const Value spread = Eval(f, *static_cast<const StarredExpr&>(*element).value);
    f.at = &element->range;
    const std::vector<Value> unpacked = ev_.ToVector(spread);
    items.insert(items.end(), unpacked.begin(), unpacked.end());
  }
  return items;
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalSet(Frame& f, const SetExpr& e) {
  const std::vector<Value> items = EvalElements(f, e.elements);
  f.at = &e.range;
  DictObject* keys = ev_.Dict();
  for (const Value& item : items) keys->Set(ev_, item, Value());
  return ev_.heap_.New<SetObject>(ev_, ev_.classes_.set, keys);
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalDict(Frame& f, const DictExpr& e) {
  DictObject* dict = ev_.Dict();
  for (const auto& [key_expression, value_expression] : e.items) {
    if (key_expression != nullptr) {
      const Value key = Eval(f, *key_expression);
      const Value value = Eval(f, *value_expression);
      f.at = &key_expression->range;
      dict->Set(ev_, key, value);
      continue;
    }
    const Value mapping = Eval(f, *value_expression);
    f.at = &value_expression->range;
    if (!ev_.TryGetAttr(mapping, "keys").has_value()) {
      ev_.Raise(ErrorKind::kTypeError,
                absl::StrCat("'", ev_.TypeName(mapping), "' object is not a mapping"));
    }
    UpdateDict(ev_, *dict, mapping);
  }
  return dict;
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalJoinedStr(Frame& f, const JoinedStrExpr& e) {
  std::string text;
  for (const ExprPtr& part : e.parts) {
    if (part->kind == ExprKind::kFormattedValue) {
      FormatPart(f, static_cast<const FormattedValueExpr&>(*part), &text);
    } else if (part->kind == ExprKind::kConstant) {
      absl::StrAppend(&text, static_cast<const ConstantExpr&>(*part).text);
    } else {
      absl::StrAppend(&text, ev_.ToStr(Eval(f, *part)));
    }
  }
  return ev_.Str(text);
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
void Interpreter::FormatPart(Frame& f, const FormattedValueExpr& e, std::string* text) {
  Value value = Eval(f, *e.value);
  f.at = &e.range;
  switch (e.conversion) {
    case 'r':
      value = ev_.Str(ev_.Repr(value));
      break;
    case 'a':
      value = ev_.Str(EscapeNonAscii(ev_.Repr(value)));
      break;
    case 's':
      value = ev_.Str(ev_.ToStr(value));
      break;
    default:
      break;
  }
  std::string spec;
  if (e.format_spec != nullptr) {
    spec = ev_.ToText(Eval(f, *e.format_spec), "format_spec");
    f.at = &e.range;
  }
  absl::StrAppend(text, ev_.Format(value, spec));
}

// Those that can be had are in ResumableBody.
void Interpreter::RaiseYield(Frame& f, const YieldExpr& e) {
  f.at = &e.range;
  if (f.comprehension || (f.function != nullptr && f.function->lambda != nullptr)) {
    ev_.RaiseNotSupported("yield in a comprehension or lambda", "write a def with a for loop");
  }
  ev_.RaiseNotSupported("yield within an expression", "give it a line of its own: x = yield ...");
}

}  // namespace graft::models::python
