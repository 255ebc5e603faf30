// Finds the overload of an operator that a Python call means, and its arguments.
//
//   BoundCall call = BindArguments(ev, recorder, recorder.Family("view"), args, /*method=*/true);
//
// Python's lenience holds: numbers where tensors are expected, an int for int[2], x.view(2, -1),
// dim=(1,), axis= for dim=, torch.relu(input=x). Among the overloads that fit, the one that needs
// the least of it is taken. Devices are replaced by the recorder's.
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_ARGUMENT_BINDING_H_
#define GRAFT_MODELS_ARCHITECTURE_ARGUMENT_BINDING_H_

#include "models/architecture/operator_family.h"
#include "models/architecture/recorder.h"
#include "models/architecture/tensor_data.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// `method`: the first of `args` is what the method was called on. Raises TypeError with the
// overloads that there are.
BoundCall BindArguments(python::Evaluator& ev, Recorder& recorder, const OperatorFamily& family,
                        const python::CallArgs& args, bool method);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_ARGUMENT_BINDING_H_
