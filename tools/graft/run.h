// `graft run`: one forward of a model over tensors of a safetensors file.
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddRunCommand(app, &exit_code);   // parsing the command line then runs it
#ifndef GRAFT_TOOLS_GRAFT_RUN_H_
#define GRAFT_TOOLS_GRAFT_RUN_H_

#include <string>

#include "absl/status/status.h"
#include "tools/graft/single_forward.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

struct RunOptions {
  SingleForwardOptions forward;
  std::string input;   // safetensors, read
  std::string output;  // safetensors, written whole or not at all
};

// Names of inputs and outputs, errors: RunSingleForward.
absl::Status RunModel(const RunOptions& options);

// Adds the subcommand. When the command line names it, parsing runs it and leaves its exit code in
// `*exit_code`, which must outlive the parsing.
void AddRunCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_RUN_H_
