// What a call of a function with `yield` gives, and (x for x in y): items one by one, each made
// when it is asked for.
//
//   std::optional<Value> item = generator->Next(ev);
//
// One that is not asked for more stays where it is: its finally clauses never run.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_GENERATOR_OBJECT_H_
#define GRAFT_MODELS_PYTHON_GENERATOR_OBJECT_H_

#include <optional>
#include <utility>

#include "models/python/evaluator.h"
#include "models/python/function_object.h"
#include "models/python/value.h"

namespace graft::models::python {

class GeneratorObject : public IteratorObject {
 public:
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> Next(Evaluator& ev) override { return Send(ev, Value()); }
  // The next item; the `yield` at which it stands evaluates to `sent`.
  virtual std::optional<Value> Send(Evaluator& ev, Value sent) = 0;
  // The next item, after raising that where it stands.
  virtual std::optional<Value> Throw(Evaluator& ev, Raised raised) = 0;
  void Close(Evaluator& ev);

  // What it has returned, once it has ended: told once.
  Value TakeResult() { return std::exchange(result_, Value()); }

 protected:
  // What leaves the body: a StopIteration would be taken for the generator's own end.
  [[noreturn]] static void Leave(Evaluator& ev, const Raised& raised);

  Value result_;
};

// Binds the arguments, and raises what is wrong with them. @pre the function has `yield`.
GeneratorObject* NewGenerator(Evaluator& ev, FunctionObject& function, CallArgs& args);

// Raises StopIteration, with what a generator has returned.
[[noreturn]] void RaiseStopIteration(Evaluator& ev, IteratorObject* ended);

// The class, with send, throw and close.
void DefineGenerator(Evaluator& ev);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_GENERATOR_OBJECT_H_
