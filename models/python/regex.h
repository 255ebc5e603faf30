// Regular expressions for the `re` module: RE2's, so that no pattern takes more than linear time.
//
//   module->globals["regex_find"] = ev.Native("regex_find", RegexFind);
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_REGEX_H_
#define GRAFT_MODELS_PYTHON_REGEX_H_

#include "models/python/value.h"

namespace graft::models::python {

// regex_find(pattern, text, start, anchor): None, or a list with the (start, end) of the match and
// of each group (None: it took no part). anchor: "", "start" or "both". Text beyond ASCII is not
// supported.
Value RegexFind(Evaluator& ev, CallArgs& args);

// regex_groups(pattern): (number of groups, dict of their names to their numbers).
Value RegexGroups(Evaluator& ev, CallArgs& args);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_REGEX_H_
