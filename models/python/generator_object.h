// What a call of a function with `yield` gives. The function runs to its end when the first item is
// asked for, and its items are kept; an error that ends it is raised after the last of them.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_GENERATOR_OBJECT_H_
#define GRAFT_MODELS_PYTHON_GENERATOR_OBJECT_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/frame.h"
#include "models/python/function_object.h"
#include "models/python/value.h"

namespace graft::models::python {

class GeneratorObject final : public IteratorObject {
 public:
  // Binds the arguments, and raises what is wrong with them.
  GeneratorObject(Evaluator& ev, FunctionObject* function, CallArgs& args);
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // close
  std::optional<Value> Next(Evaluator& ev) override;

 private:
  FunctionObject* const function_;
  std::unique_ptr<Frame> frame_;  // until it has run
  std::vector<Value> items_;
  size_t next_ = 0;
  bool running_ = false;
  std::optional<Raised> error_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_GENERATOR_OBJECT_H_
