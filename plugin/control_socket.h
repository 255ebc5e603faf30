// The door for a person or a script beside the running host: a Unix socket that `graft ctl` speaks
// to.
//
//   ControlSocket socket("/run/walker.sock", runtime);      // 0600; a thread of its own
//   absl::Status status = socket.Open();
//
// A client sends lines, each a JSON list of strings: ["load", "walker", "new.pt"]. Each is answered
// with one line, {"ok": true, "result": ...} or {"ok": false, "error": "..."}; after ["follow"] a
// line comes for every change of state of a version. Commands: list, describe M, load M PATH,
// commit M..., rollback M..., pin M, unpin M, cancel M, metrics, follow.
//
// Hostile clients are bounded: only the host's own user (and root) may connect, kMaxClients at
// once, lines of kMaxLineBytes, kMaxPendingBytes of answers that are not read; who exceeds them is
// cut off.
//
// Threads. Open, Tell and the destructor: any; the rest on the socket's own thread, at background
// priority. It never calls a [frame] function. Ownership: refers to the runtime, which outlives it.
#ifndef GRAFT_PLUGIN_CONTROL_SOCKET_H_
#define GRAFT_PLUGIN_CONTROL_SOCKET_H_

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "runtime/runtime.h"

namespace graft::plugin {

class ControlSocket {
 public:
  static constexpr size_t kMaxClients = 8;
  static constexpr size_t kMaxLineBytes = 8 * 1024;
  static constexpr size_t kMaxPendingBytes = 4 * 1024 * 1024;
  static constexpr size_t kMaxEvents = 1024;

  ControlSocket(std::string path, runtime::Runtime& runtime);
  // Closes all clients and removes the socket's file.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

  // Errors: kFailedPrecondition, naming the path: another process listens there, or something that
  // is no socket lies there.
  absl::Status Open();

  // Those who follow are told. When nobody reads them, the oldest events are dropped.
  void Tell(const std::string& model, const runtime::VersionEvent& event);

 private:
  struct Client {
    int fd = -1;
    bool follows = false;
    std::string in;   // not a whole line yet
    std::string out;  // not sent yet
  };

  void Work();
  void Accept();
  void TellFollowers();
  // False: the client is gone, or is cut off.
  bool Read(Client& client);
  static bool Send(Client& client);
  std::string Answer(absl::string_view line, bool* follows);

  const std::string path_;
  runtime::Runtime& runtime_;
  int listener_ = -1;
  int wake_ = -1;  // eventfd
  std::vector<Client> clients_;
  std::mutex mutex_;
  std::deque<std::string> events_;  // guarded by mutex_: lines for those who follow
  bool closing_ = false;            // guarded by mutex_
  std::thread thread_;
};

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_CONTROL_SOCKET_H_
