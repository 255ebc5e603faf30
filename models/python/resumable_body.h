// The body of a function with `yield`, run up to the next one and on from there.
//
//   ResumableBody body(function, frame);              // the arguments are bound
//   std::optional<Value> item = body.Resume(ev, {.sent = Value()});
//
// The interpreter walks statements with the C++ stack. What has no `yield` within is left to it;
// the others are levels of a stack of their own, which stays between calls: a level is a block, at
// one of its statements. So a generator that waits takes no more than its variables, and one that
// is never finished needs no care. A `yield` may stand where a statement can be left: alone, or as
// the whole of what is assigned or returned.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_RESUMABLE_BODY_H_
#define GRAFT_MODELS_PYTHON_RESUMABLE_BODY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/python/ast.h"
#include "models/python/evaluator.h"
#include "models/python/frame.h"
#include "models/python/interpreter.h"
#include "models/python/value.h"

namespace graft::models::python {

class ResumableBody {
 public:
  ResumableBody(const FunctionDefStmt& function, Frame& frame);

  // What the `yield` at which it stands evaluates to, or raises.
  struct Signal {
    Value sent = {};
    std::optional<Raised> raised = std::nullopt;
  };
  // The next item; nullopt: it has returned frame.result. Raises what the body raises.
  // @pre neither has happened so far; nothing is raised before the first item.
  std::optional<Value> Resume(Evaluator& ev, Signal signal);

  // Whether it stands at a `yield`.
  bool waits() const { return at_ != nullptr; }

 private:
  using Flow = Interpreter::Flow;

  // How a statement or a block was left.
  struct Leaving {
    Flow flow = Flow::kNormal;
    Value result = {};  // of return
    std::unique_ptr<Raised> raised = nullptr;
    bool normal() const { return flow == Flow::kNormal && raised == nullptr; }
  };
  enum class Part : uint8_t { kBody, kHandler, kOtherwise, kFinally };
  // A block that is under way.
  struct Level {
    const Stmt* statement = nullptr;  // that it is of; null: the function's own
    const Body* body = nullptr;       // null: of a with that has another one within
    size_t next = 0;                  // in body
    Part part = Part::kBody;
    IteratorObject* items = nullptr;           // of a for
    size_t item = 0;                           // of a with
    Value exit = {};                           // of a with
    std::unique_ptr<Raised> caught = nullptr;  // of an except clause
    const ExceptHandler* handler = nullptr;
    Leaving pending = {};  // of a finally: how it is left afterwards
  };

  // One statement, or the end of a block. An item: where a `yield` is reached.
  std::optional<Value> Advance(Interpreter& in);
  std::optional<Value> Start(Interpreter& in, const Stmt& s);
  std::optional<Value> StartYield(Interpreter& in, const Stmt& s, const YieldExpr& e);
  // The rest of a statement whose `yield` has given `value`.
  void Finish(Interpreter& in, const Stmt& s, Value value);
  // The next item of `yield from`; without one, the statement is finished.
  std::optional<Value> Delegate(Interpreter& in, Signal signal);

  void Push(const Stmt& s, const Body& body);
  void EnterWith(Interpreter& in, const WithStmt& s, size_t item);
  // The end of the block on top, `leaving_` being how.
  void End(Interpreter& in);
  void EndLoop(Interpreter& in, Level& top);
  void EndTry(Interpreter& in, Level& top);
  void EndWith(Interpreter& in);
  bool FindHandler(Interpreter& in, Level& top, const TryStmt& s);
  // Of a try: to its finally, or out of it.
  void LeaveTry(Level& top, const TryStmt& s);
  const Raised* Handling() const;

  Frame& frame_;
  std::vector<Level> levels_;
  Leaving leaving_;
  const Stmt* at_ = nullptr;            // the statement with the `yield` at which it stands
  IteratorObject* delegate_ = nullptr;  // of its `yield from`
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_RESUMABLE_BODY_H_
