#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/interpreter.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

std::string SourceText(const SourceFile& file, const SourceRange& range) {
  if (range.line == range.end_line) {
    return std::string(file.Line(range.line).substr(range.column, range.end_column - range.column));
  }
  std::string text(file.Line(range.line).substr(range.column));
  for (int32_t line = range.line + 1; line < range.end_line; ++line) {
    absl::StrAppend(&text, "\n", file.Line(line));
  }
  absl::StrAppend(&text, "\n", file.Line(range.end_line).substr(0, range.end_column));
  return text;
}

// x = x.contiguous(): the same values, laid out anew.
bool LaysOutAnew(const Stmt& statement) {
  if (statement.kind != StmtKind::kAssign) return false;
  const auto& assign = static_cast<const AssignStmt&>(statement);
  if (assign.targets.size() != 1 || assign.targets[0]->kind != ExprKind::kName ||
      assign.value->kind != ExprKind::kCall) {
    return false;
  }
  const Expr& callee = *static_cast<const CallExpr&>(*assign.value).callee;
  if (callee.kind != ExprKind::kAttribute) return false;
  const auto& method = static_cast<const AttributeExpr&>(callee);
  return method.name == "contiguous" && method.object->kind == ExprKind::kName &&
         static_cast<const NameExpr&>(*method.object).name ==
             static_cast<const NameExpr&>(*assign.targets[0]).name;
}

// if x.shape[0] >= 64: x = x.contiguous(), as sources write for the sake of large batches.
bool ChangesNoValue(const IfStmt& branch) {
  return branch.otherwise.empty() && branch.then.size() == 1 && LaysOutAnew(*branch.then[0]) &&
         branch.test->kind == ExprKind::kCompare;
}

}  // namespace

bool Interpreter::EvalTest(Frame& f, const IfStmt& branch) {
  f.either_answer_will_do = ChangesNoValue(branch);
  const absl::Cleanup after = [&f] { f.either_answer_will_do = false; };
  const Value test = Eval(f, *branch.test);
  f.at = &branch.test->range;
  return ev_.Truth(test);
}

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of trees.
Interpreter::Flow Interpreter::Exec(Frame& f, const Body& body) {
  for (const StmtPtr& statement : body) {
    const Flow flow = Exec(f, *statement);
    if (flow != Flow::kNormal) return flow;
  }
  return Flow::kNormal;
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::Exec(Frame& f, const Stmt& s) {
  ev_.Step();
  f.at = &s.range;
  switch (s.kind) {
    case StmtKind::kExpr:
      Eval(f, *static_cast<const ExprStmt&>(s).value);
      break;
    case StmtKind::kAssign: {
      const auto& assign = static_cast<const AssignStmt&>(s);
      const Value value = Eval(f, *assign.value);
      for (const ExprPtr& target : assign.targets) {
        f.at = &s.range;
        Assign(f, *target, value);
      }
      break;
    }
    case StmtKind::kAugAssign:
      ExecAugAssign(f, static_cast<const AugAssignStmt&>(s));
      break;
    case StmtKind::kAnnAssign:
      ExecAnnAssign(f, static_cast<const AnnAssignStmt&>(s));
      break;
    case StmtKind::kReturn: {
      const auto& ret = static_cast<const ReturnStmt&>(s);
      f.result = ret.value == nullptr ? Value() : Eval(f, *ret.value);
      return Flow::kReturn;
    }
    case StmtKind::kIf: {
      const auto& branch = static_cast<const IfStmt&>(s);
      return Exec(f, EvalTest(f, branch) ? branch.then : branch.otherwise);
    }
    case StmtKind::kFor:
      return ExecFor(f, static_cast<const ForStmt&>(s));
    case StmtKind::kWhile:
      return ExecWhile(f, static_cast<const WhileStmt&>(s));
    case StmtKind::kFunctionDef:
      DefineFunction(f, static_cast<const FunctionDefStmt&>(s));
      break;
    case StmtKind::kClassDef:
      DefineClass(f, static_cast<const ClassDefStmt&>(s));
      break;
    case StmtKind::kImport:
      ExecImport(f, static_cast<const ImportStmt&>(s));
      break;
    case StmtKind::kImportFrom:
      ExecImportFrom(f, static_cast<const ImportFromStmt&>(s));
      break;
    case StmtKind::kRaise:
      ExecRaise(f, static_cast<const RaiseStmt&>(s));
    case StmtKind::kTry:
      return ExecTry(f, static_cast<const TryStmt&>(s));
    case StmtKind::kWith:
      if (static_cast<const WithStmt&>(s).is_async) ev_.RaiseNotSupported("async with");
      return ExecWith(f, static_cast<const WithStmt&>(s), 0);
    case StmtKind::kAssert:
      ExecAssert(f, static_cast<const AssertStmt&>(s));
      break;
    case StmtKind::kBreak:
      return Flow::kBreak;
    case StmtKind::kContinue:
      return Flow::kContinue;
    case StmtKind::kDelete:
      for (const ExprPtr& target : static_cast<const DeleteStmt&>(s).targets) Delete(f, *target);
      break;
    case StmtKind::kMatch: {
      const Body* body = SelectCase(f, static_cast<const MatchStmt&>(s));
      return body == nullptr ? Flow::kNormal : Exec(f, *body);
    }
    case StmtKind::kPass:
    case StmtKind::kGlobal:
    case StmtKind::kNonlocal:
      break;
  }
  return Flow::kNormal;
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::ExecFor(Frame& f, const ForStmt& s) {
  if (s.is_async) ev_.RaiseNotSupported("async for");
  const Value iterable = Eval(f, *s.iterable);
  f.at = &s.iterable->range;
  IteratorObject* items = ev_.Iter(iterable);
  while (true) {
    f.at = &s.iterable->range;
    const std::optional<Value> item = items->Next(ev_);
    if (!item.has_value()) break;
    ev_.Step();
    f.at = &s.target->range;
    Assign(f, *s.target, *item);
    const Flow flow = Exec(f, s.body);
    if (flow == Flow::kBreak) return Flow::kNormal;
    if (flow == Flow::kReturn) return flow;
  }
  return Exec(f, s.otherwise);
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::ExecWhile(Frame& f, const WhileStmt& s) {
  while (true) {
    const Value test = Eval(f, *s.test);
    f.at = &s.test->range;
    if (!ev_.Truth(test)) break;
    const Flow flow = Exec(f, s.body);
    if (flow == Flow::kBreak) return Flow::kNormal;
    if (flow == Flow::kReturn) return flow;
  }
  return Exec(f, s.otherwise);
}

// --- Exceptions
// -----------------------------------------------------------------------------------

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::ExecTry(Frame& f, const TryStmt& s) {
  if (s.is_star) ev_.RaiseNotSupported("except*", "write except");
  if (s.finally.empty()) return ExecHandlers(f, s);
  Flow flow = Flow::kNormal;
  std::optional<Raised> pending;
  try {
    flow = ExecHandlers(f, s);
  } catch (Raised& raised) {
    pending = std::move(raised);
  }
  const Value result = f.result;
  const Flow last = Exec(f, s.finally);
  if (last != Flow::kNormal) return last;  // return in finally: the exception is dropped
  f.result = result;
  if (pending.has_value()) throw *std::move(pending);
  return flow;
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::ExecHandlers(Frame& f, const TryStmt& s) {
  if (s.handlers.empty()) {
    const Flow flow = Exec(f, s.body);
    return flow == Flow::kNormal ? Exec(f, s.otherwise) : flow;
  }
  Flow flow = Flow::kNormal;
  std::optional<Raised> caught;
  const int depth = f.try_depth;
  ++f.try_depth;
  try {
    flow = Exec(f, s.body);
  } catch (Raised& raised) {
    caught = std::move(raised);
  }
  f.try_depth = depth;
  if (!caught.has_value()) return flow == Flow::kNormal ? Exec(f, s.otherwise) : flow;
  for (const ExceptHandler& handler : s.handlers) {
    if (Handles(f, handler, *caught)) return ExecHandler(f, handler, *caught);
  }
  throw *std::move(caught);
}

bool Interpreter::Handles(Frame& f, const ExceptHandler& handler, const Raised& raised) {
  if (IsError(ev_, raised.exception, ErrorKind::kNotSupported)) return false;
  if (handler.type == nullptr) return true;
  const Value classes = Eval(f, *handler.type);
  f.at = &handler.type->range;
  return ev_.IsInstance(raised.exception, classes);
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::ExecHandler(Frame& f, const ExceptHandler& handler, Raised& raised) {
  if (!handler.name.empty()) StoreName(f, handler.name, handler.binding, raised.exception);
  const Raised* const outer = handling_;
  handling_ = &raised;
  Flow flow = Flow::kNormal;
  try {
    flow = Exec(f, handler.body);
  } catch (...) {
    handling_ = outer;
    throw;
  }
  handling_ = outer;
  if (!handler.name.empty()) {
    StoreName(f, handler.name, handler.binding, Value());
    DeleteName(f, handler.name, handler.binding);
  }
  return flow;
}

Value Interpreter::AsException(Value value) {
  if (auto* cls = value.As<ClassObject>()) {
    if (cls->DerivesFrom(ev_.classes_.base_exception)) return ev_.Call(cls, std::vector<Value>{});
  } else if (ev_.TypeOf(value)->DerivesFrom(ev_.classes_.base_exception)) {
    return value;
  }
  ev_.Raise(ErrorKind::kTypeError, "exceptions must derive from BaseException");
}

void Interpreter::ExecRaise(Frame& f, const RaiseStmt& s) {
  if (s.exception == nullptr) {
    if (handling_ == nullptr) {
      ev_.Raise(ErrorKind::kRuntimeError, "No active exception to reraise");
    }
    throw Raised(*handling_);
  }
  const Value written = Eval(f, *s.exception);
  f.at = &s.range;
  const Value exception = AsException(written);
  auto* instance = exception.As<InstanceObject>();
  if (s.cause != nullptr) {
    const Value cause = Eval(f, *s.cause);
    f.at = &s.range;
    if (instance != nullptr) {
      instance->SetOwn("__cause__", cause.IsNone() ? cause : AsException(cause));
      instance->SetOwn("__suppress_context__", Value::Bool(true));
    }
  }
  if (handling_ != nullptr && instance != nullptr && !handling_->exception.Is(exception)) {
    instance->SetOwn("__context__", handling_->exception);
  }
  ev_.RaiseException(exception);
}

void Interpreter::ExecAssert(Frame& f, const AssertStmt& s) {
  {
    f.asserting = true;
    const absl::Cleanup after = [&f] { f.asserting = false; };
    const Value test = Eval(f, *s.test);
    f.at = &s.range;
    if (ev_.Truth(test)) return;
  }
  std::vector<Value> args;
  if (s.message != nullptr) args.push_back(Eval(f, *s.message));
  f.at = &s.range;
  ev_.RaiseException(ev_.Call(ev_.ErrorClass(ErrorKind::kAssertionError), std::move(args)));
}

Interpreter::Entered Interpreter::EnterContext(Frame& f, const WithItem& with) {
  const Value context = Eval(f, *with.context);
  f.at = &with.context->range;
  const std::optional<Value> enter = ev_.ClassMethod(context, "__enter__");
  const std::optional<Value> exit = ev_.ClassMethod(context, "__exit__");
  if (!enter.has_value() || !exit.has_value()) {
    ev_.Raise(ErrorKind::kTypeError,
              absl::StrCat("'", ev_.TypeName(context),
                           "' object does not support the context manager protocol"));
  }
  return {ev_.Call(*enter, std::vector<Value>{}), *exit};
}

bool Interpreter::ExitContext(Frame& f, const WithItem& with, Value exit, const Raised* raised) {
  f.at = &with.context->range;
  if (raised == nullptr) {
    ev_.Call(exit, {Value(), Value(), Value()});
    return false;
  }
  const Raised* const outer = handling_;
  handling_ = raised;
  const absl::Cleanup back = [this, outer] { handling_ = outer; };
  const Value handled = ev_.Call(exit, {ev_.TypeOf(raised->exception), raised->exception, Value()});
  return ev_.Truth(handled) && !IsError(ev_, raised->exception, ErrorKind::kNotSupported);
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
Interpreter::Flow Interpreter::ExecWith(Frame& f, const WithStmt& s, size_t item) {
  if (item == s.items.size()) return Exec(f, s.body);
  const WithItem& with = s.items[item];
  const Entered entered = EnterContext(f, with);
  Flow flow = Flow::kNormal;
  std::optional<Raised> pending;
  try {
    if (with.target != nullptr) Assign(f, *with.target, entered.value);
    flow = ExecWith(f, s, item + 1);
  } catch (Raised& raised) {
    pending = std::move(raised);
  }
  const Value result = f.result;
  if (ExitContext(f, with, entered.exit, pending.has_value() ? &*pending : nullptr)) {
    return Flow::kNormal;
  }
  if (pending.has_value()) throw *std::move(pending);
  f.result = result;
  return flow;
}

// --- Assignment
// -----------------------------------------------------------------------------------

// NOLINTNEXTLINE(misc-no-recursion): see above.
void Interpreter::Assign(Frame& f, const Expr& target, Value value) {
  switch (target.kind) {
    case ExprKind::kName: {
      const auto& name = static_cast<const NameExpr&>(target);
      StoreName(f, name.name, name.binding, value);
      return;
    }
    case ExprKind::kAttribute: {
      const auto& attribute = static_cast<const AttributeExpr&>(target);
      const SourceRange* const at = f.at;
      const Value object = Eval(f, *attribute.object);
      f.at = at;  // an error of the assignment is shown with what is assigned
      ev_.SetAttr(object, attribute.name, value);
      return;
    }
    case ExprKind::kSubscript: {
      const auto& subscript = static_cast<const SubscriptExpr&>(target);
      const Value object = Eval(f, *subscript.object);
      const Value index = Eval(f, *subscript.index);
      f.at = &target.range;
      ev_.SetItem(object, index, value);
      return;
    }
    case ExprKind::kTuple:
      Unpack(f, target, static_cast<const TupleExpr&>(target).elements, value);
      return;
    case ExprKind::kList:
      Unpack(f, target, static_cast<const ListExpr&>(target).elements, value);
      return;
    default:
      f.at = &target.range;
      ev_.RaiseNotSupported("this target of an assignment");
  }
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
void Interpreter::Unpack(Frame& f, const Expr& target, const std::vector<ExprPtr>& targets,
                         Value value) {
  f.at = &target.range;
  size_t star = targets.size();
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i]->kind == ExprKind::kStarred) star = i;
  }
  const bool starred = star < targets.size();
  std::vector<Value> items;
  if (value.As<TupleObject>() != nullptr || value.As<ListObject>() != nullptr || starred) {
    items = ev_.ToVector(value);
  } else {
    const auto* cls = value.As<ClassObject>();
    const bool plain = cls != nullptr && cls->metaclass == nullptr && cls->enum_members.IsNone();
    if (!value.IsObject() || plain) {
      ev_.Raise(ErrorKind::kTypeError,
                absl::StrCat("cannot unpack non-iterable ", ev_.TypeName(value), " object"));
    }
    // No more than is needed: the source may be without end.
    IteratorObject* iterator = ev_.Iter(value);
    while (items.size() <= targets.size()) {
      const std::optional<Value> item = iterator->Next(ev_);
      if (!item.has_value()) break;
      items.push_back(*item);
    }
  }
  const size_t least = targets.size() - (starred ? 1 : 0);
  if (items.size() < least) {
    ev_.Raise(ErrorKind::kValueError,
              absl::StrCat("not enough values to unpack (expected ", starred ? "at least " : "",
                           least, ", got ", items.size(), ")"));
  }
  if (!starred && items.size() > targets.size()) {
    ev_.Raise(ErrorKind::kValueError,
              absl::StrCat("too many values to unpack (expected ", targets.size(), ")"));
  }
  const size_t rest = items.size() - least;
  for (size_t i = 0; i < star; ++i) Assign(f, *targets[i], items[i]);
  if (!starred) return;
  Assign(f, *static_cast<const StarredExpr&>(*targets[star]).value,
         ev_.List({items.begin() + static_cast<ptrdiff_t>(star),
                   items.begin() + static_cast<ptrdiff_t>(star + rest)}));
  for (size_t i = star + 1; i < targets.size(); ++i) Assign(f, *targets[i], items[i - 1 + rest]);
}

void Interpreter::ExecAugAssign(Frame& f, const AugAssignStmt& s) {
  switch (s.target->kind) {
    case ExprKind::kAttribute: {
      const auto& attribute = static_cast<const AttributeExpr&>(*s.target);
      const Value object = Eval(f, *attribute.object);
      f.at = &attribute.range;
      const Value before = ev_.GetAttr(object, attribute.name);
      const Value value = Eval(f, *s.value);
      f.at = &s.range;
      ev_.SetAttr(object, attribute.name, ev_.InPlace(s.op, before, value));
      return;
    }
    case ExprKind::kSubscript: {
      const auto& subscript = static_cast<const SubscriptExpr&>(*s.target);
      const Value object = Eval(f, *subscript.object);
      const Value index = Eval(f, *subscript.index);
      f.at = &subscript.range;
      const Value before = ev_.GetItem(object, index);
      const Value value = Eval(f, *s.value);
      f.at = &s.range;
      ev_.SetItem(object, index, ev_.InPlace(s.op, before, value));
      return;
    }
    default: {
      const auto& name = static_cast<const NameExpr&>(*s.target);
      f.at = &name.range;
      const Value before = LoadName(f, name.name, name.binding);
      const Value value = Eval(f, *s.value);
      f.at = &s.range;
      StoreName(f, name.name, name.binding, ev_.InPlace(s.op, before, value));
      return;
    }
  }
}

// Annotations are not evaluated: a class keeps their text, for dataclasses and named tuples.
void Interpreter::ExecAnnAssign(Frame& f, const AnnAssignStmt& s) {
  if (f.body_of != nullptr && s.target->kind == ExprKind::kName) {
    std::optional<Value> annotations = f.body_of->FindOwn("__annotations__");
    if (!annotations.has_value()) {
      annotations = ev_.Dict();
      f.body_of->SetOwn("__annotations__", *annotations);
    }
    if (auto* dict = annotations->As<DictObject>()) {
      dict->Set(ev_, static_cast<const NameExpr&>(*s.target).name,
                ev_.Str(SourceText(**f.file, s.annotation->range)));
    }
  }
  if (s.value == nullptr) return;
  const Value value = Eval(f, *s.value);
  f.at = &s.range;
  Assign(f, *s.target, value);
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
void Interpreter::Delete(Frame& f, const Expr& target) {
  f.at = &target.range;
  switch (target.kind) {
    case ExprKind::kName: {
      const auto& name = static_cast<const NameExpr&>(target);
      DeleteName(f, name.name, name.binding);
      return;
    }
    case ExprKind::kAttribute: {
      const auto& attribute = static_cast<const AttributeExpr&>(target);
      const Value object = Eval(f, *attribute.object);
      f.at = &target.range;
      ev_.DelAttr(object, attribute.name);
      return;
    }
    case ExprKind::kSubscript: {
      const auto& subscript = static_cast<const SubscriptExpr&>(target);
      const Value object = Eval(f, *subscript.object);
      const Value index = Eval(f, *subscript.index);
      f.at = &target.range;
      ev_.DelItem(object, index);
      return;
    }
    case ExprKind::kTuple:
      for (const ExprPtr& e : static_cast<const TupleExpr&>(target).elements) Delete(f, *e);
      return;
    case ExprKind::kList:
      for (const ExprPtr& e : static_cast<const ListExpr&>(target).elements) Delete(f, *e);
      return;
    default:
      ev_.RaiseNotSupported("del of this");
  }
}

}  // namespace graft::models::python
