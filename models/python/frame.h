// What is being run: a call of a function, the body of a class, a comprehension, or a statement of
// a module, with its variables and the place it is at.
//
//   Frame frame;
//   frame.module = module;
//   FrameScope scope(&top_, &frame);   // until here, and back whatever is thrown
//
// Threads, ownership: value.h; lives on the C++ stack, but those of generators.
#ifndef GRAFT_MODELS_PYTHON_FRAME_H_
#define GRAFT_MODELS_PYTHON_FRAME_H_

#include <memory>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "models/python/ast.h"
#include "models/python/function_object.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

struct Frame {
  Frame* back = nullptr;
  const SourceRange* at = nullptr;
  const std::shared_ptr<const SourceFile>* file = nullptr;
  ModuleObject* module = nullptr;
  FunctionObject* function = nullptr;  // null: none is run
  ClassObject* body_of = nullptr;      // the class whose body is run; else null
  ClassObject* owner = nullptr;        // the class around what is run
  const ScopeLayout* layout = nullptr;
  bool comprehension = false;
  // Of the test that is evaluated: see Evaluator.
  bool either_answer_will_do = false;
  bool asserting = false;
  int try_depth = 0;  // try statements with handlers around the place
  Value result;       // of return
  absl::InlinedVector<Value, 8> slots;
  absl::InlinedVector<CellObject*, 4> cells;
};

class FrameScope {
 public:
  FrameScope(Frame** top, Frame* frame) : top_(top), before_(*top) {
    frame->back = before_;
    *top_ = frame;
  }
  ~FrameScope() { *top_ = before_; }
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;

 private:
  Frame** const top_;
  Frame* const before_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_FRAME_H_
