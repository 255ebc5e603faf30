// Initial weights that aten has no operator for: orthogonal, sparse, identity kernels.
//
//   Initialise(ev, recorder, *weight, "orthogonal_", {1.41});
//
// On a pending tensor they are part of its recipe, and cost nothing before it is read.
//
// Threads: one evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_INITIALISERS_H_
#define GRAFT_MODELS_ARCHITECTURE_INITIALISERS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "models/architecture/recorder.h"
#include "models/architecture/tensor_object.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

// `name`: orthogonal_ (gain), sparse_ (sparsity, std), dirac_ (groups), eye_. Formulas: those of
// torch.nn.init. @pre the name is one of these, with as many arguments.
python::Value Initialise(python::Evaluator& ev, Recorder& recorder, TensorObject& tensor,
                         absl::string_view name, const std::vector<double>& arguments);

// Values of a normal distribution, cut off at a and b: by the inverse of its distribution function.
python::Value TruncatedNormal(python::Evaluator& ev, Recorder& recorder, TensorObject& tensor,
                              double mean, double std, double a, double b);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_INITIALISERS_H_
