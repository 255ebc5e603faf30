// The lines of a source that define a class or a function: what inspect.getsource gives.
//
//   std::optional<std::string> text = SourceLines(ev, value);
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_SOURCE_LINES_H_
#define GRAFT_MODELS_PYTHON_SOURCE_LINES_H_

#include <optional>
#include <string>

#include "models/python/value.h"

namespace graft::models::python {

// Of a module, class, function or method of a source: its text, decorators included; nullopt: it
// is of natives.
std::optional<std::string> SourceLines(Evaluator& ev, Value value);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SOURCE_LINES_H_
