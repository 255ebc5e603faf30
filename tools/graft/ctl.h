// `graft ctl`: speaks to a running host through its control socket.
//
//   graft ctl /run/walker.sock list
//   graft ctl /run/walker.sock load walker new.pt
//   graft ctl /run/walker.sock follow
//
// Threads: the main thread; blocks until the host answers (follow: until it closes).
#ifndef GRAFT_TOOLS_GRAFT_CTL_H_
#define GRAFT_TOOLS_GRAFT_CTL_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace CLI {
class App;
}

namespace graft::tools {

// Sends one command and hands each line of the answer, without its end, to `line`: one, or with
// "follow" one after the other until the host closes. Errors: kUnavailable, naming the socket.
absl::Status SendControlCommand(const std::string& socket_path,
                                const std::vector<std::string>& words,
                                const std::function<void(absl::string_view)>& line);

// *exit_code is set when the command has run.
void AddCtlCommand(CLI::App& app, int* exit_code);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_CTL_H_
