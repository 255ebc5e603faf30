// `graft inspect`: what model files are and hold, without running or trusting them.
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddInspectCommand(app, &exit_code);   // parsing the command line then runs it
//
// Loads no LibTorch: it answers in milliseconds.
#ifndef GRAFT_TOOLS_GRAFT_INSPECT_H_
#define GRAFT_TOOLS_GRAFT_INSPECT_H_

#include <iosfwd>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

struct InspectOptions {
  std::vector<std::string> files = {};
  bool json = false;       // one JSON object a line for each file, in order (docs/formats.md)
  bool hash = false;       // adds the SHA-256 of each tensor's elements
  bool tensors = false;    // every tensor with its statistics
  std::string diff{};      // a second file: what changed from the first to it
  std::string manifest{};  // where to write a first manifest for the file
};

// Inspects the files one after another. 0 when all could be read, 1 when one was refused: with json
// its reason is in its line on `out`, otherwise on `err`.
int RunInspect(const InspectOptions& options, std::ostream& out, std::ostream& err);

// Adds the subcommand. When the command line names it, parsing runs it and leaves its exit code in
// `*exit_code`, which must outlive the parsing.
void AddInspectCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_INSPECT_H_
