// What the handles of graft.h stand for, and how they are opened and closed.
//
// Threads. Control side; the tables themselves are safe from any thread. Whoever opens or closes a
// model or a group shares its runtime meanwhile, so runtime_close waits for it. Ownership: the
// tables own the objects until Remove.
#ifndef GRAFT_PLUGIN_OBJECTS_H_
#define GRAFT_PLUGIN_OBJECTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "graft/graft.h"
#include "plugin/control_socket.h"
#include "plugin/handle_table.h"
#include "runtime/agent_group.h"
#include "runtime/runtime.h"

namespace graft::plugin {

struct OpenRuntime {
  graft_host host{};  // the runtime's threads call it until the runtime is gone
  // What the runtime's listener tells; set once, before any model is opened.
  std::atomic<ControlSocket*> followers{nullptr};
  std::unique_ptr<runtime::Runtime> runtime;
  std::unique_ptr<ControlSocket> control;  // null: the host did not ask for one. Goes first.
  std::mutex mutex;
  // Guarded by mutex. Ids that are closed by now are dropped at times.
  std::vector<uint64_t> models;
};

struct OpenModel {
  runtime::Runtime* runtime = nullptr;
  runtime::Model* model = nullptr;  // the runtime's
  std::mutex mutex;
  // Guarded by mutex. Ids that are closed by now are dropped at times.
  std::vector<uint64_t> groups;
};

struct OpenGroup {
  runtime::Runtime* runtime = nullptr;
  std::unique_ptr<runtime::AgentGroup> group;
};

// The process's handles; they live as long as the process. The parent of a model or group is its
// runtime; a runtime's is 1.
HandleTable<OpenRuntime>& Runtimes();
HandleTable<OpenModel>& Models();
HandleTable<OpenGroup>& Groups();

// Close what an id names, and all below it. False: the id is stale. For models and groups the
// caller shares the runtime, or has just removed it.
bool CloseRuntime(uint64_t id);
bool CloseModel(uint64_t id);
bool CloseGroup(uint64_t id);

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_OBJECTS_H_
