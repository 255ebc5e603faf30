// The two ways in which str makes text of values: "%s: %d" % args and "{}: {x!r}".format(...).
//
//   PercentFormat(ev, "%s: %5.2f", ev.Tuple({name, Value::Float(0.5)}));
//
// Threads, ownership: value.h. Memory is charged before it grows.
#ifndef GRAFT_MODELS_PYTHON_TEXT_FORMAT_H_
#define GRAFT_MODELS_PYTHON_TEXT_FORMAT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "models/python/value.h"

namespace graft::models::python {

// `args`: a tuple, a mapping for "%(name)s", or the one value.
std::string PercentFormat(Evaluator& ev, absl::string_view format, Value args);

std::string BraceFormat(Evaluator& ev, absl::string_view format, const CallArgs& args);

// str.format_map.
std::string BraceFormatMap(Evaluator& ev, absl::string_view format, Value mapping);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TEXT_FORMAT_H_
