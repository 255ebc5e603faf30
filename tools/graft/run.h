// `graft run`: one forward of a model over tensors of a safetensors file.
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddRunCommand(app, &exit_code);   // parsing the command line then runs it
#ifndef GRAFT_TOOLS_GRAFT_RUN_H_
#define GRAFT_TOOLS_GRAFT_RUN_H_

#include <string>

#include "absl/status/status.h"

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

struct RunOptions {
  std::string model;      // a manifest, a model file or a directory of such files
  std::string input;      // safetensors, read
  std::string output;     // safetensors, written whole or not at all
  std::string device;     // empty: the manifest's
  std::string precision;  // empty: the manifest's
};

// Inputs are found in the file under the manifest's names, else as in0, in1 ...; outputs are
// written under the manifest's names, else as out0, out1 .... Tensors of the input file that begin
// with "out" are passed over: golden files hold the expected results beside the inputs. Errors:
// those of the files and the library; kInvalidArgument listing what the input file holds when names
// do not match.
absl::Status RunModel(const RunOptions& options);

// Adds the subcommand. When the command line names it, parsing runs it and leaves its exit code in
// `*exit_code`, which must outlive the parsing.
void AddRunCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_RUN_H_
