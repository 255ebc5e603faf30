// The built-in exceptions of Python, as classes: what Raise makes and `except` names.
//
//   if (IsImportError(ev, raised.exception)) TryTheNextBranch();
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_EXCEPTIONS_H_
#define GRAFT_MODELS_PYTHON_EXCEPTIONS_H_

#include "models/python/evaluator.h"
#include "models/python/value.h"

namespace graft::models::python {

bool IsError(Evaluator& ev, Value exception, ErrorKind kind);

// Of a name that is bound in the function, but not yet.
[[noreturn]] void RaiseUnboundLocal(Evaluator& ev, absl::string_view message);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_EXCEPTIONS_H_
