#include "plugin/control_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "models/file/bounded_json.h"
#include "nlohmann/json.hpp"
#include "plugin/describe.h"
#include "runtime/background_thread.h"

namespace graft::plugin {
namespace {

using Json = nlohmann::ordered_json;

std::string LineOf(const Json& json) {
  // Names and paths may hold any bytes; JSON may not.
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

bool MakeAddress(const std::string& path, sockaddr_un* address) {
  *address = {};
  address->sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address->sun_path) return false;
  std::memcpy(address->sun_path, path.c_str(), path.size() + 1);
  return true;
}

// Somebody answers there.
bool IsListenedTo(const sockaddr_un& address) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const bool answered =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN;
  close(fd);
  return answered;
}

bool IsOwnUser(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid() || peer.uid == 0;
}

absl::StatusOr<runtime::Model*> FindModel(const std::vector<runtime::Model*>& models,
                                          const std::string& name) {
  for (runtime::Model* model : models) {
    if (model->name() == name) return model;
  }
  return absl::NotFoundError(absl::StrCat("no model of this name: ", name, "; see list"));
}

Json ListOf(const std::vector<runtime::Model*>& models) {
  Json list = Json::array();
  for (runtime::Model* model : models) {
    list.push_back({{"name", model->name()},
                    {"source", model->options().source},
                    {"serving_version", model->versions().serving_number()},
                    {"pinned", model->pinned()}});
  }
  return list;
}

Json MetricsOf(const std::vector<runtime::Model*>& models) {
  Json all = Json::object();
  for (runtime::Model* model : models) {
    const runtime::BatchCounters& counters = model->batcher().counters();
    all[model->name()] = {{"serving_version", model->versions().serving_number()},
                          {"versions_served", model->versions().publications()},
                          {"versions_rejected", model->versions().rejections()},
                          {"batches", counters.batches.load()},
                          {"rows", counters.rows.load()},
                          {"late_rows", counters.late_rows.load()},
                          {"failed_rows", counters.failed_rows.load()},
                          {"busy", counters.busy.load()},
                          {"last_batch_ns", counters.last_batch_ns.load()}};
  }
  return all;
}

// A command on one model.
absl::StatusOr<Json> CommandOn(runtime::Model& model, const std::vector<std::string>& words) {
  const std::string& command = words[0];
  if (command == "describe") return Json::parse(DescribeModel(model));
  if (command == "pin" || command == "unpin") {
    model.SetPinned(command == "pin");
    return Json{{"pinned", command == "pin"}};
  }
  if (command == "cancel") return Json{{"cancelled", model.CancelLoads()}};
  if (command == "load") {
    if (words.size() != 3) return absl::InvalidArgumentError("expected load MODEL PATH");
    uint64_t version = 0;
    if (absl::Status status = model.Load(words[2], 0, &version); !status.ok()) return status;
    return Json{{"version", version}};
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown command: ", command,
                   "; known: list, describe, load, commit, rollback, pin, unpin, cancel, metrics, "
                   "follow"));
}

absl::StatusOr<Json> Run(runtime::Runtime& runtime, const std::vector<runtime::Model*>& models,
                         const std::vector<std::string>& words) {
  if (words[0] == "list") return ListOf(models);
  if (words[0] == "metrics") return MetricsOf(models);
  if (words[0] == "follow") return Json("following");
  std::vector<runtime::Model*> named;
  const bool takes_several = words[0] == "commit" || words[0] == "rollback";
  if (words.size() < 2) return absl::InvalidArgumentError("expected the name of a model; see list");
  for (size_t i = 1; i < (takes_several ? words.size() : 2); ++i) {
    absl::StatusOr<runtime::Model*> model = FindModel(models, words[i]);
    if (!model.ok()) return model.status();
    named.push_back(*model);
  }
  if (!takes_several) return CommandOn(*named[0], words);
  using Change = runtime::VersionSet::Change;
  const Change change = words[0] == "commit" ? Change::kCommit : Change::kRollback;
  if (absl::Status status = runtime.ChangeTogether(named, change); !status.ok()) return status;
  return Json("at the next tick");
}

}  // namespace

ControlSocket::ControlSocket(std::string path, runtime::Runtime& runtime)
    : path_(std::move(path)), runtime_(runtime) {}

ControlSocket::~ControlSocket() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
    thread_.join();
    unlink(path_.c_str());
  }
  for (const Client& client : clients_) close(client.fd);
  if (listener_ >= 0) close(listener_);
  if (wake_ >= 0) close(wake_);
}

absl::Status ControlSocket::Open() {
  sockaddr_un address;
  if (!MakeAddress(path_, &address)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": expected a path of 1 to ", sizeof address.sun_path - 1, " bytes"));
  }
  struct stat facts;
  if (lstat(path_.c_str(), &facts) == 0) {
    if (!S_ISSOCK(facts.st_mode) || IsListenedTo(address)) {
      return absl::FailedPreconditionError(absl::StrCat(
          path_, ": ",
          S_ISSOCK(facts.st_mode) ? "another process listens there" : "something else lies there",
          "; choose another path for the control socket"));
    }
    unlink(path_.c_str());  // left by a host that is gone
  }
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  // The mode of the socket itself, before it has a name that others could connect to.
  const bool ok =
      listener_ >= 0 && wake_ >= 0 && fchmod(listener_, 0600) == 0 &&
      bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      chmod(path_.c_str(), 0600) == 0 && listen(listener_, kMaxClients) == 0;
  if (!ok) {
    return absl::FailedPreconditionError(
        absl::StrCat(path_, ": cannot listen there: ", std::strerror(errno)));
  }
  thread_ = std::thread([this] { Work(); });
  return absl::OkStatus();
}

void ControlSocket::Tell(const std::string& model, const runtime::VersionEvent& event) {
  Json json = {{"model", model},
               {"version", event.number},
               {"state", std::string(runtime::VersionStateName(event.state))},
               {"file", event.path}};
  if (!event.reason.empty()) json["reason"] = event.reason;
  if (event.tick != 0) json["tick"] = event.tick;
  {
    const std::lock_guard lock(mutex_);
    events_.push_back(LineOf(json));
    if (events_.size() > kMaxEvents) events_.pop_front();
  }
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(wake_, &one, sizeof one);
}

void ControlSocket::Work() {
  runtime::BecomeBackgroundThread("graft-control");
  for (;;) {
    std::vector<pollfd> fds = {
        {wake_, POLLIN, 0},
        {listener_, static_cast<short>(clients_.size() < kMaxClients ? POLLIN : 0), 0}};
    for (const Client& client : clients_) {
      fds.push_back(
          {client.fd, static_cast<short>(client.out.empty() ? POLLIN : POLLIN | POLLOUT), 0});
    }
    poll(fds.data(), fds.size(), -1);
    uint64_t wakes = 0;
    [[maybe_unused]] const ssize_t got = read(wake_, &wakes, sizeof wakes);
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return;
    }
    TellFollowers();
    std::vector<Client> staying;
    for (size_t i = 0; i < clients_.size(); ++i) {
      Client& client = clients_[i];
      const bool readable = (fds[i + 2].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      if ((!readable || Read(client)) && Send(client)) {
        staying.push_back(std::move(client));
      } else {
        close(client.fd);
      }
    }
    clients_ = std::move(staying);
    if ((fds[1].revents & POLLIN) != 0) Accept();
  }
}

void ControlSocket::Accept() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  if (!IsOwnUser(fd)) {
    close(fd);
    return;
  }
  clients_.push_back({.fd = fd, .in = {}, .out = {}});
}

void ControlSocket::TellFollowers() {
  std::deque<std::string> events;
  {
    const std::lock_guard lock(mutex_);
    events.swap(events_);
  }
  for (Client& client : clients_) {
    if (!client.follows) continue;
    for (const std::string& event : events) client.out += event;
  }
}

bool ControlSocket::Read(Client& client) {
  char piece[4096];
  const ssize_t got = recv(client.fd, piece, sizeof piece, 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) return false;
  client.in.append(piece, static_cast<size_t>(got));
  for (size_t end = client.in.find('\n'); end != std::string::npos; end = client.in.find('\n')) {
    client.out += Answer(absl::string_view(client.in).substr(0, end), &client.follows);
    client.in.erase(0, end + 1);
  }
  return client.in.size() <= kMaxLineBytes;
}

bool ControlSocket::Send(Client& client) {
  if (client.out.size() > kMaxPendingBytes) return false;
  while (!client.out.empty()) {
    const ssize_t sent = send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    client.out.erase(0, static_cast<size_t>(sent));
  }
  return true;
}

std::string ControlSocket::Answer(absl::string_view line, bool* follows) {
  const auto refuse = [](absl::string_view why) {
    return LineOf({{"ok", false}, {"error", std::string(why)}});
  };
  const auto json =
      models::ParseBoundedJson(line, "command", {.max_bytes = kMaxLineBytes, .max_depth = 2});
  if (!json.ok()) return refuse(json.status().message());
  std::vector<std::string> words;
  for (const auto& word : json->is_array() ? *json : nlohmann::json::array()) {
    if (word.is_string()) words.push_back(word.get<std::string>());
  }
  if (words.empty() || words.size() != json->size()) {
    return refuse("expected a list of strings like [\"describe\", \"walker\"]");
  }
  absl::StatusOr<Json> result = Json();
  runtime_.WithModels(
      [&](const std::vector<runtime::Model*>& models) { result = Run(runtime_, models, words); });
  if (!result.ok()) return refuse(result.status().message());
  if (words[0] == "follow") *follows = true;
  return LineOf({{"ok", true}, {"result", *std::move(result)}});
}

}  // namespace graft::plugin
