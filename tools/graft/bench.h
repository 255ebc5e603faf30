// `graft bench`: how long a model takes through Graft, beside bare LibTorch in the same process.
//
//   int exit_code = 0;
//   CLI::App app("graft");
//   AddBenchCommand(app, &exit_code);   // parsing the command line then runs it
#ifndef GRAFT_TOOLS_GRAFT_BENCH_H_
#define GRAFT_TOOLS_GRAFT_BENCH_H_

#include <cstdint>
#include <iosfwd>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): CLI11's
class App;
}  // namespace CLI

namespace graft::tools {

struct BenchOptions {
  std::string model;      // a manifest, a model file or a directory of such files
  uint32_t agents = 1;    // rows of one frame
  double seconds = 5.0;   // of measuring, all paths together
  double rate = 0.0;      // frames a second; 0: one after another without a gap
  uint32_t threads = 0;   // worker threads; 0: the library's default
  std::string device;     // empty: the manifest's
  std::string precision;  // empty: the manifest's; bare LibTorch always runs the file as it is
  bool json = false;      // one JSON object on `out`, for programs
};

// Exit code: 0, or 1 with a message on `err`. progress: also say on `err` how far it is.
int RunBench(const BenchOptions& options, bool progress, std::ostream& out, std::ostream& err);

// Adds the subcommand. When the command line names it, parsing runs it and leaves its exit code in
// `*exit_code`, which must outlive the parsing.
void AddBenchCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_BENCH_H_
