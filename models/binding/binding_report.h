// What binding did with every tensor and every key, said to people and to programs.
//
//   if (absl::Status status = CheckPlan(plan, "walker.pth"); !status.ok()) return status;
//   LOG(BindingSummary(plan));          // "62 of 64 tensors come from the file, 2 are initialised"
//
// docs/manifest.md shows the text and describes the JSON.
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_BINDING_BINDING_REPORT_H_
#define GRAFT_MODELS_BINDING_BINDING_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/binding/weight_plan.h"
#include "nlohmann/json_fwd.hpp"

namespace graft::models {

// One line, without a line break.
std::string BindingSummary(const WeightPlan& plan);

// The summary, then a line for each group of fates; long groups are summed up by module.
std::string BindingText(const WeightPlan& plan);

// Every tensor and every key, with stable keys. Keys of a file may be any bytes: write it with
// error_handler_t::replace.
nlohmann::ordered_json BindingJson(const WeightPlan& plan);

// OK when nothing is refused. Error: kInvalidArgument with everything that is missing, unexpected
// or of another shape, and what to write in the manifest. `label` names the file.
absl::Status CheckPlan(const WeightPlan& plan, absl::string_view label);

}  // namespace graft::models

#endif  // GRAFT_MODELS_BINDING_BINDING_REPORT_H_
