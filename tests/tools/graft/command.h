// Runs a program and keeps what it says.
//
//   CommandResult result = RunCommand({GraftProgram(), "inspect", "walker.pt"});
//   EXPECT_EQ(result.exit_code, 0) << result.err;
#ifndef GRAFT_TESTS_TOOLS_GRAFT_COMMAND_H_
#define GRAFT_TESTS_TOOLS_GRAFT_COMMAND_H_

#include <string>
#include <vector>

namespace graft::testing {

struct CommandResult {
  int exit_code = -1;  // -1: it did not exit by itself
  std::string out;
  std::string err;
};

// Waits until it ends. environment: "NAME=value", added to this process's.
CommandResult RunCommand(const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment = {});

// The graft program of this build.
std::string GraftProgram();

}  // namespace graft::testing

#endif  // GRAFT_TESTS_TOOLS_GRAFT_COMMAND_H_
