// What becomes of a manifest and its file, asked of the library (graft_tools.h, `report`).
//
//   absl::StatusOr<ModelReport> report = ReportModel({.model = "walker.json"});
//   report->json.at("binding");    // "62 of 64 tensors come from the file, ..."
#ifndef GRAFT_TOOLS_GRAFT_MODEL_REPORT_H_
#define GRAFT_TOOLS_GRAFT_MODEL_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "tools/graft/single_forward.h"

namespace graft::tools {

struct ModelReport {
  nlohmann::ordered_json json = {};
  bool loads = false;
  std::string error = {};  // why it does not load
};

// Errors: those of the library and the manifest; a file that was looked at and refused is a report.
absl::StatusOr<ModelReport> ReportModel(const SingleForwardOptions& options);

// The precision that the model runs in: what `options` or the manifest say. "auto" is measured;
// *choice then says how.
absl::StatusOr<std::string> FindPrecision(const SingleForwardOptions& options, std::string* choice);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_MODEL_REPORT_H_
