#include "tools/graft/ctl.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace graft::tools {

absl::Status SendControlCommand(const std::string& socket_path,
                                const std::vector<std::string>& words,
                                const std::function<void(absl::string_view)>& line) {
  const auto failed = [&](absl::string_view what) {
    return absl::UnavailableError(
        absl::StrCat(socket_path, ": ", what, ": ", std::strerror(errno),
                     ". Expected the control_socket that the host gave to runtime_open"));
  };
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path) {
    errno = ENAMETOOLONG;
    return failed("cannot connect");
  }
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const absl::Cleanup close_socket = [fd] { close(fd); };
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return failed("cannot connect");
  }
  const std::string command =
      nlohmann::json(words).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
  for (size_t sent = 0; sent < command.size();) {
    const ssize_t now = send(fd, command.data() + sent, command.size() - sent, MSG_NOSIGNAL);
    if (now < 0 && errno != EINTR) return failed("cannot send");
    if (now > 0) sent += static_cast<size_t>(now);
  }
  const bool follows = !words.empty() && words[0] == "follow";
  std::string pending;
  char piece[65536];
  for (;;) {
    const ssize_t got = recv(fd, piece, sizeof piece, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("no answer");
    if (got == 0) {
      if (follows) return absl::OkStatus();
      errno = ECONNRESET;
      return failed("no answer");
    }
    pending.append(piece, static_cast<size_t>(got));
    for (size_t end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      line(absl::string_view(pending).substr(0, end));
      pending.erase(0, end + 1);
      if (!follows) return absl::OkStatus();
    }
  }
}

void AddCtlCommand(CLI::App& app, int* exit_code) {
  struct Arguments {
    std::string socket_path;
    std::vector<std::string> words;
  };
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("ctl", "Look into a running host, and steer its models");
  command->add_option("SOCKET", arguments->socket_path, "The host's control socket")->required();
  command
      ->add_option("COMMAND", arguments->words,
                   "list, describe MODEL, load MODEL PATH, commit MODEL..., rollback MODEL..., pin "
                   "MODEL, unpin MODEL, cancel MODEL, metrics, follow")
      ->required();
  command->callback([arguments, exit_code] {
    const absl::Status status = SendControlCommand(
        arguments->socket_path, arguments->words, [exit_code](absl::string_view line) {
          const auto answer = nlohmann::ordered_json::parse(line, nullptr, false);
          if (!answer.is_object() || !answer.contains("ok")) {
            std::cout << line << std::endl;  // an event: seen at once
          } else if (answer["ok"] == true) {
            std::cout << answer["result"].dump(2) << std::endl;
          } else {
            std::cerr << "graft: " << answer.value("error", "refused") << "\n";
            *exit_code = 1;
          }
        });
    if (status.ok()) return;
    std::cerr << "graft: " << status.message() << "\n";
    *exit_code = 1;
  });
}

}  // namespace graft::tools
