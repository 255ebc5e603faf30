// One level of recursion within natives: the repr, comparison, hash or copy of a container, which
// asks its items for theirs. Bounds the depth, and knows a container that holds itself.
//
//   Nesting level(ev, this);
//   if (level.again()) return "[...]";
//
// Threads, ownership: value.h; lives on the stack of the native.
#ifndef GRAFT_MODELS_PYTHON_NESTING_H_
#define GRAFT_MODELS_PYTHON_NESTING_H_

#include <algorithm>
#include <vector>

#include "models/python/evaluator.h"
#include "models/python/value.h"

namespace graft::models::python {

class Nesting {
 public:
  // Raises RecursionError when there are too many.
  Nesting(Evaluator& ev, const Object* object) : within_(ev.nesting()) {
    if (within_.size() >= kMaxDepth) {
      ev.Raise(ErrorKind::kRecursionError,
               "maximum recursion depth exceeded: containers within "
               "containers, too deep or without end");
    }
    again_ = std::find(within_.begin(), within_.end(), object) != within_.end();
    within_.push_back(object);
  }
  ~Nesting() { within_.pop_back(); }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

  // Whether the object is being worked on already, further out.
  bool again() const { return again_; }

 private:
  static constexpr size_t kMaxDepth = 200;

  std::vector<const Object*>& within_;
  bool again_ = false;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NESTING_H_
