// What to write in a manifest so that weights fit that do not fit yet.
//
//   BindingAdvice(plan);
//   // {"the file's \"backbone.fc.bias\" is \"fc.bias\" with \"strip_prefix\": [\"backbone.\"] in
//   //  \"weights\" (60 more tensors are found)", ...}
//
// Threads: a free function without state.
#ifndef GRAFT_MODELS_BINDING_BINDING_ADVICE_H_
#define GRAFT_MODELS_BINDING_BINDING_ADVICE_H_

#include <string>
#include <vector>

#include "models/binding/weight_plan.h"

namespace graft::models {

// Other names first, then how to go on without what is missing or too much. Empty when nothing is
// refused. A handful of lines.
std::vector<std::string> BindingAdvice(const WeightPlan& plan);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_BINDING_ADVICE_H_
