// Methods that Python's Tensor has beside the operators of aten: size, to, item, float, detach ...
//
//   NativeFunction::Body to = PythonMethod(recorder, "to");      // called with x first
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_METHODS_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_METHODS_H_

#include "absl/strings/string_view.h"
#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// nullptr: there is no such method.
python::NativeFunction::Body PythonMethod(Recorder& recorder, absl::string_view name);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_METHODS_H_
