#include "models/python/resumable_body.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "models/python/generator_object.h"

namespace graft::models::python {
namespace {

// The `yield` that is the whole of what a statement evaluates; null: there is none.
const YieldExpr* WholeYield(const Stmt& s) {
  const Expr* value = nullptr;
  switch (s.kind) {
    case StmtKind::kExpr:
      value = static_cast<const ExprStmt&>(s).value.get();
      break;
    case StmtKind::kAssign:
      value = static_cast<const AssignStmt&>(s).value.get();
      break;
    case StmtKind::kAnnAssign:
      value = static_cast<const AnnAssignStmt&>(s).value.get();
      break;
    case StmtKind::kReturn:
      value = static_cast<const ReturnStmt&>(s).value.get();
      break;
    default:
      break;
  }
  const bool yields =
      value != nullptr && (value->kind == ExprKind::kYield || value->kind == ExprKind::kYieldFrom);
  return yields ? static_cast<const YieldExpr*>(value) : nullptr;
}

}  // namespace

ResumableBody::ResumableBody(const FunctionDefStmt& function, Frame& frame) : frame_(frame) {
  levels_.push_back({.body = &function.body});
}

std::optional<Value> ResumableBody::Resume(Evaluator& ev, Signal signal) {
  Interpreter& in = ev.interpreter();
  const Interpreter::Depth depth(&in);
  ev.CheckStack();
  const FrameScope scope(&in.top_, &frame_);
  const Raised* const outside = in.handling_;
  const absl::Cleanup back = [&in, outside] { in.handling_ = outside; };
  std::optional<Signal> to_deliver;
  if (at_ != nullptr) to_deliver = std::move(signal);
  while (true) {
    const Raised* const own = Handling();
    in.handling_ = own != nullptr ? own : outside;
    try {
      std::optional<Value> item;
      if (to_deliver) {
        item = Delegate(in, *std::exchange(to_deliver, std::nullopt));
      } else if (levels_.empty()) {
        break;
      } else {
        item = Advance(in);
      }
      if (item.has_value()) return item;
    } catch (Raised& raised) {
      leaving_ = {.raised = std::make_unique<Raised>(std::move(raised))};
    }
  }
  if (leaving_.raised != nullptr) throw Raised(*std::exchange(leaving_.raised, nullptr));
  frame_.result = leaving_.result;
  return std::nullopt;
}

const Raised* ResumableBody::Handling() const {
  for (size_t i = levels_.size(); i-- > 0;) {
    if (levels_[i].part == Part::kHandler) return levels_[i].caught.get();
  }
  return nullptr;
}

std::optional<Value> ResumableBody::Advance(Interpreter& in) {
  Level& top = levels_.back();
  if (!leaving_.normal()) {
    End(in);
    return std::nullopt;
  }
  if (top.body == nullptr && top.next == 0) {
    top.next = 1;
    EnterWith(in, static_cast<const WithStmt&>(*top.statement), top.item + 1);
    return std::nullopt;
  }
  if (top.body == nullptr || top.next == top.body->size()) {
    End(in);
    return std::nullopt;
  }
  const Stmt& s = *(*top.body)[top.next++];
  if (s.yields) return Start(in, s);
  leaving_.flow = in.Exec(frame_, s);
  if (leaving_.flow == Flow::kReturn) leaving_.result = frame_.result;
  return std::nullopt;
}

void ResumableBody::Push(const Stmt& s, const Body& body) {
  levels_.push_back({.statement = &s, .body = &body});
}

std::optional<Value> ResumableBody::Start(Interpreter& in, const Stmt& s) {
  in.ev_.Step();
  frame_.at = &s.range;
  if (const YieldExpr* yield = WholeYield(s)) return StartYield(in, s, *yield);
  switch (s.kind) {
    case StmtKind::kIf: {
      const auto& branch = static_cast<const IfStmt&>(s);
      const Value test = in.Eval(frame_, *branch.test);
      frame_.at = &branch.test->range;
      Push(s, in.ev_.Truth(test) ? branch.then : branch.otherwise);
      break;
    }
    case StmtKind::kFor: {
      const auto& loop = static_cast<const ForStmt&>(s);
      if (loop.is_async) in.ev_.RaiseNotSupported("async for");
      const Value iterable = in.Eval(frame_, *loop.iterable);
      frame_.at = &loop.iterable->range;
      IteratorObject* items = in.ev_.Iter(iterable);
      Push(s, loop.body);
      levels_.back().items = items;
      levels_.back().next = loop.body.size();  // as at the end of a round
      break;
    }
    case StmtKind::kWhile: {
      const auto& loop = static_cast<const WhileStmt&>(s);
      Push(s, loop.body);
      levels_.back().next = loop.body.size();
      break;
    }
    case StmtKind::kTry: {
      const auto& attempt = static_cast<const TryStmt&>(s);
      if (attempt.is_star) in.ev_.RaiseNotSupported("except*", "write except");
      Push(s, attempt.body);
      break;
    }
    case StmtKind::kWith: {
      const auto& with = static_cast<const WithStmt&>(s);
      if (with.is_async) in.ev_.RaiseNotSupported("async with");
      EnterWith(in, with, 0);
      break;
    }
    case StmtKind::kMatch:
      if (const Body* body = in.SelectCase(frame_, static_cast<const MatchStmt&>(s))) {
        Push(s, *body);
      }
      break;
    default:
      in.Exec(frame_, s);  // raises at the yield
  }
  return std::nullopt;
}

// --- yield --------------------------------------------------------------------------------------

std::optional<Value> ResumableBody::StartYield(Interpreter& in, const Stmt& s, const YieldExpr& e) {
  const Value value = e.value == nullptr ? Value() : in.Eval(frame_, *e.value);
  frame_.at = &e.range;
  if (e.kind == ExprKind::kYield) {
    at_ = &s;
    return value;
  }
  delegate_ = in.ev_.Iter(value);
  at_ = &s;
  return Delegate(in, {});
}

std::optional<Value> ResumableBody::Delegate(Interpreter& in, Signal signal) {
  const Stmt& s = *std::exchange(at_, nullptr);
  IteratorObject* const delegate = std::exchange(delegate_, nullptr);
  if (delegate == nullptr) {
    if (signal.raised.has_value()) throw *std::move(signal.raised);
    Finish(in, s, signal.sent);
    return std::nullopt;
  }
  auto* generator = dynamic_cast<GeneratorObject*>(delegate);
  std::optional<Value> item;
  if (signal.raised.has_value()) {
    if (generator == nullptr) throw *std::move(signal.raised);
    item = generator->Throw(in.ev_, *std::move(signal.raised));
  } else if (generator != nullptr) {
    item = generator->Send(in.ev_, signal.sent);
  } else if (signal.sent.IsNone()) {
    item = delegate->Next(in.ev_);
  } else {
    in.ev_.RaiseNotSupported("send() to what is no generator", "a generator function");
  }
  if (!item.has_value()) {
    Finish(in, s, generator == nullptr ? Value() : generator->TakeResult());
    return std::nullopt;
  }
  at_ = &s;
  delegate_ = delegate;
  return item;
}

void ResumableBody::Finish(Interpreter& in, const Stmt& s, Value value) {
  frame_.at = &s.range;
  switch (s.kind) {
    case StmtKind::kAssign:
      for (const ExprPtr& target : static_cast<const AssignStmt&>(s).targets) {
        in.Assign(frame_, *target, value);
      }
      break;
    case StmtKind::kAnnAssign:
      in.Assign(frame_, *static_cast<const AnnAssignStmt&>(s).target, value);
      break;
    case StmtKind::kReturn:
      leaving_ = {.flow = Flow::kReturn, .result = value};
      break;
    default:
      break;
  }
}

// --- The ends of blocks -------------------------------------------------------------------------

void ResumableBody::End(Interpreter& in) {
  Level& top = levels_.back();
  switch (top.statement == nullptr ? StmtKind::kPass : top.statement->kind) {
    case StmtKind::kFor:
    case StmtKind::kWhile:
      return EndLoop(in, top);
    case StmtKind::kTry:
      return EndTry(in, top);
    case StmtKind::kWith:
      return EndWith(in);
    default:
      levels_.pop_back();
  }
}

void ResumableBody::EndLoop(Interpreter& in, Level& top) {
  const bool goes_on = leaving_.raised == nullptr &&
                       (leaving_.flow == Flow::kNormal || leaving_.flow == Flow::kContinue);
  if (top.part == Part::kOtherwise || !goes_on) {
    // `break` in an else is that of a loop around this one.
    if (top.part == Part::kBody && leaving_.raised == nullptr && leaving_.flow == Flow::kBreak) {
      leaving_ = {};
    }
    levels_.pop_back();
    return;
  }
  leaving_ = {};
  in.ev_.Step();
  const Body* otherwise = nullptr;
  bool again = false;
  // What raises here leaves the loop: it is no block any more.
  const Level loop = std::move(top);
  levels_.pop_back();
  if (loop.statement->kind == StmtKind::kFor) {
    const auto& s = static_cast<const ForStmt&>(*loop.statement);
    frame_.at = &s.iterable->range;
    const std::optional<Value> item = loop.items->Next(in.ev_);
    again = item.has_value();
    frame_.at = &s.target->range;
    if (again) in.Assign(frame_, *s.target, *item);
    otherwise = &s.otherwise;
  } else {
    const auto& s = static_cast<const WhileStmt&>(*loop.statement);
    const Value test = in.Eval(frame_, *s.test);
    frame_.at = &s.test->range;
    again = in.ev_.Truth(test);
    otherwise = &s.otherwise;
  }
  Push(*loop.statement, again ? *loop.body : *otherwise);
  levels_.back().items = loop.items;
  if (!again) levels_.back().part = Part::kOtherwise;
}

void ResumableBody::EndTry(Interpreter& in, Level& top) {
  const auto& s = static_cast<const TryStmt&>(*top.statement);
  switch (top.part) {
    case Part::kBody:
      if (leaving_.raised != nullptr && FindHandler(in, top, s)) return;
      if (leaving_.normal() && !s.otherwise.empty()) {
        top.part = Part::kOtherwise;
        top.body = &s.otherwise;
        top.next = 0;
        return;
      }
      break;
    case Part::kHandler:
      if (leaving_.raised == nullptr && !top.handler->name.empty()) {
        in.StoreName(frame_, top.handler->name, top.handler->binding, Value());
        in.DeleteName(frame_, top.handler->name, top.handler->binding);
      }
      break;
    case Part::kOtherwise:
      break;
    case Part::kFinally:
      if (leaving_.normal()) leaving_ = std::move(top.pending);
      levels_.pop_back();
      return;
  }
  LeaveTry(top, s);
}

bool ResumableBody::FindHandler(Interpreter& in, Level& top, const TryStmt& s) {
  for (const ExceptHandler& handler : s.handlers) {
    bool handles = false;
    try {
      handles = in.Handles(frame_, handler, *leaving_.raised);
    } catch (Raised& raised) {  // by the expression behind `except`
      *leaving_.raised = std::move(raised);
      return false;
    }
    if (!handles) continue;
    if (!handler.name.empty()) {
      in.StoreName(frame_, handler.name, handler.binding, leaving_.raised->exception);
    }
    top.part = Part::kHandler;
    top.handler = &handler;
    top.body = &handler.body;
    top.next = 0;
    top.caught = std::move(leaving_.raised);
    leaving_ = {};
    return true;
  }
  return false;
}

void ResumableBody::LeaveTry(Level& top, const TryStmt& s) {
  if (s.finally.empty()) {
    levels_.pop_back();
    return;
  }
  top.part = Part::kFinally;
  top.body = &s.finally;
  top.next = 0;
  top.pending = std::exchange(leaving_, {});
}

void ResumableBody::EnterWith(Interpreter& in, const WithStmt& s, size_t item) {
  const Interpreter::Entered entered = in.EnterContext(frame_, s.items[item]);
  const bool last = item + 1 == s.items.size();
  levels_.push_back(
      {.statement = &s, .body = last ? &s.body : nullptr, .item = item, .exit = entered.exit});
  if (s.items[item].target != nullptr) in.Assign(frame_, *s.items[item].target, entered.value);
}

void ResumableBody::EndWith(Interpreter& in) {
  const Level level = std::move(levels_.back());
  levels_.pop_back();
  const auto& s = static_cast<const WithStmt&>(*level.statement);
  if (in.ExitContext(frame_, s.items[level.item], level.exit, leaving_.raised.get())) {
    leaving_ = {};
  }
}

}  // namespace graft::models::python
