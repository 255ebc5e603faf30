// Errors as the user reads them: the innermost place of their own source, a caret, and the calls
// that led there.
//
//   net.py:12:19: ValueError: stride must be positive
//       self.conv = Conv(3, 8, stride=0)
//                   ^^^^^^^^^^^^^^^^^^^^
//     raised at torch/nn/modules/conv.py:61:13 in Conv.__init__
//     called from net.py:30:9 in Net.__init__
//
// Threads: value.h.
#ifndef GRAFT_MODELS_PYTHON_TRACEBACK_H_
#define GRAFT_MODELS_PYTHON_TRACEBACK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/frame.h"
#include "models/python/module_loader.h"

namespace graft::models::python {

// What a frame runs: "Net.__init__", or "" for a module's statements.
std::string FrameName(const Frame& frame);

// "ValueError: stride must be positive", and what it was raised from.
std::string DescribeException(Evaluator& ev, Value exception);

// `message` at its place.
std::string DescribeTrace(const std::vector<TraceEntry>& trace, absl::string_view message,
                          const ModuleLoader& loader);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TRACEBACK_H_
