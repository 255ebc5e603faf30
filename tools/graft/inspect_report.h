// What there is to say about a model file, as data: the JSON of `graft inspect --json`.
//
//   absl::StatusOr<nlohmann::ordered_json> report = InspectReport(file, {.hash = true});
//
// docs/formats.md describes its keys, which stay.
#ifndef GRAFT_TOOLS_GRAFT_INSPECT_REPORT_H_
#define GRAFT_TOOLS_GRAFT_INSPECT_REPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "models/file/model_file.h"
#include "nlohmann/json.hpp"

namespace graft::tools {

struct InspectReportOptions {
  bool hash = false;        // "sha256" of each tensor, in "tree" and "tensors"; "checksums"
  bool statistics = false;  // adds "tensors": min, max, mean, NaN count of each weight
};

// Errors: those of ModelFile::Tree.
absl::StatusOr<nlohmann::ordered_json> InspectReport(const models::ModelFile& file,
                                                     const InspectReportOptions& options);

// What changed from one file's weights to another's: a list of {"name", "change", ...}. Errors:
// those of ModelFile::ChooseWeights.
absl::StatusOr<nlohmann::ordered_json> DiffReport(const models::ModelFile& before,
                                                  const models::ModelFile& after);

// The longest prefix of whole name parts ("module.", "_orig_mod.model.") that all weights share, or
// "".
std::string SharedPrefix(const models::WeightTable& weights);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_INSPECT_REPORT_H_
