// `import _graft`: what the torch prelude is written on.
//
//   DefineGraftModule(evaluator, recorder);      // before anything imports torch
//
// tensors and their classes (Tensor, Parameter, Size, tensor, is_tensor), operators (op), kinds and
// places (dtype, device, layout, memory_format, finfo, iinfo), calls of modules (call_module), and
// initial weights (manual_seed, trunc_normal_, orthogonal_, sparse_, dirac_, eye_).
//
// Threads: one evaluator's. Ownership: the recorder must outlive the evaluator. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_GRAFT_MODULE_H_
#define GRAFT_MODELS_ARCHITECTURE_GRAFT_MODULE_H_

#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// Also lets len(), int() and float() take tensors and what depends on the number of agents.
void DefineGraftModule(python::Evaluator& ev, Recorder& recorder);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_GRAFT_MODULE_H_
