// f.__code__, and functions made of it: what sources that copy functions, or look at the names of
// their parameters, ask for.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_FUNCTION_CODE_H_
#define GRAFT_MODELS_PYTHON_FUNCTION_CODE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "models/python/function_object.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class CodeObject final : public Object {
 public:
  explicit CodeObject(const FunctionObject* f) : function(f) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  std::string Repr(Evaluator& ev) override;

  const FunctionObject* const function;
};

// FunctionType(code, globals, name=None, argdefs=None, closure=None)
Value MakeFunction(Evaluator& ev, ClassObject* cls, CallArgs& args);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_FUNCTION_CODE_H_
