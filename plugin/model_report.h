// What becomes of a manifest and its file, without serving it: the road of a version up to the
// point where it would run, and what was found on it.
//
//   std::string json;
//   absl::Status status = ReportModel(settings, &json);   // json: also of a file that is refused
//
// Threads: any; blocks for as long as loading takes.
#ifndef GRAFT_PLUGIN_MODEL_REPORT_H_
#define GRAFT_PLUGIN_MODEL_REPORT_H_

#include <string>

#include "absl/status/status.h"
#include "plugin/model_settings.h"

namespace graft::plugin {

// Loads the source's newest file, checks it as a candidate is checked, and destroys it again. The
// JSON has the keys of graft_tools.h. Errors: what a host would be told; kNotFound leaves *json
// empty.
absl::Status ReportModel(ModelSettings settings, std::string* json);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_MODEL_REPORT_H_
