// `graft convert`: takes the weights out of any model file.
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddConvertCommand(app, &exit_code);   // parsing the command line then runs it
//
// Loads no LibTorch and runs nothing of the file.
#ifndef GRAFT_TOOLS_GRAFT_CONVERT_H_
#define GRAFT_TOOLS_GRAFT_CONVERT_H_

#include <iosfwd>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

struct ConvertOptions {
  std::string input{};
  std::string output{};        // ends in .safetensors, .pt or .pth
  std::string from{};          // path of the weights in a checkpoint; "": the obvious ones
  std::string strip_prefix{};  // taken off the names that begin with it
  std::string dtype{};         // what floating weights are cast to; "": as they are
};

// 0, or 1 with the reason on `err`. Nothing is written on failure.
int RunConvert(const ConvertOptions& options, std::ostream& out, std::ostream& err);

// Adds the subcommand, as AddInspectCommand does.
void AddConvertCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_CONVERT_H_
