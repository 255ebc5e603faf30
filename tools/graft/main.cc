// graft: what model files are, what they compute, and how fast.
//
// Exit code: 0; 1 failed, with a message on standard error; 2 the command line is wrong.
#include <exception>
#include <iostream>
#include <string>

#include "CLI/CLI.hpp"
#include "tools/graft/bench.h"
#include "tools/graft/check.h"
#include "tools/graft/convert.h"
#include "tools/graft/ctl.h"
#include "tools/graft/inspect.h"
#include "tools/graft/run.h"
#include "tools/graft/verify.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int Main(int argc, char** argv) {
  int exit_code = 0;
  CLI::App app(
      "Graft: inspect, convert, run, verify and time PyTorch models, and steer running hosts. "
      "`graft COMMAND --help` says "
      "more.",
      "graft");
  app.set_version_flag("--version", "graft " GRAFT_VERSION);
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  graft inspect walker.pt\n"
      "  graft convert checkpoint.pt weights.safetensors --from model_state_dict\n"
      "  graft check walker.json\n"
      "  graft run walker.pt --input in.safetensors --output out.safetensors\n"
      "  graft verify walker.pt --golden golden.safetensors\n"
      "  graft bench walker.pt --agents 256\n"
      "  graft ctl /run/walker.sock list\n"
      "\n"
      "Exit code: 0; 1 failed, with a message on standard error; 2 the command line is wrong.\n"
      "Environment: GRAFT_LIBRARY, the libgraft.so that check, run, verify and bench open "
      "(default: "
      "the one "
      "beside\n"
      "this program, in ../lib, or in the build tree).\n");
  graft::tools::AddInspectCommand(app, &exit_code);
  graft::tools::AddConvertCommand(app, &exit_code);
  graft::tools::AddCheckCommand(app, &exit_code);
  graft::tools::AddRunCommand(app, &exit_code);
  graft::tools::AddVerifyCommand(app, &exit_code);
  graft::tools::AddBenchCommand(app, &exit_code);
  graft::tools::AddCtlCommand(app, &exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;  // 0: --help, --version
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "graft: " << error.what() << "\n";
    return kFailed;
  }
}
