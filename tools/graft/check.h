// `graft check`: does a manifest fit its file, and which weight fills which tensor?
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddCheckCommand(app, &exit_code);   // parsing the command line then runs it
#ifndef GRAFT_TOOLS_GRAFT_CHECK_H_
#define GRAFT_TOOLS_GRAFT_CHECK_H_

#include <string>

#include "nlohmann/json_fwd.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

// `report`: of ModelReport, of a model that loads. with_tensors: a line for each tensor and each
// key of the file, besides the groups.
std::string CheckText(const nlohmann::ordered_json& report, bool with_tensors);

// Adds the subcommand. Its exit code is 0 when the model loads, else 1.
void AddCheckCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_CHECK_H_
