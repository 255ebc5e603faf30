#include "plugin/objects.h"

#include <utility>

namespace graft::plugin {

// Never destroyed: a host thread may still call in while the process ends.
HandleTable<OpenRuntime>& Runtimes() {
  static auto* const table = new HandleTable<OpenRuntime>;
  return *table;
}

HandleTable<OpenModel>& Models() {
  static auto* const table = new HandleTable<OpenModel>;
  return *table;
}

HandleTable<OpenGroup>& Groups() {
  static auto* const table = new HandleTable<OpenGroup>;
  return *table;
}

bool CloseRuntime(uint64_t id) {
  const std::unique_ptr<OpenRuntime> removed = Runtimes().Remove(id);
  if (removed == nullptr) return false;
  for (const uint64_t model : removed->models) CloseModel(model);
  removed->followers.store(nullptr);
  return true;
}

bool CloseModel(uint64_t id) {
  const std::unique_ptr<OpenModel> removed = Models().Remove(id);
  if (removed == nullptr) return false;
  for (const uint64_t group : removed->groups) CloseGroup(group);
  removed->runtime->CloseModel(removed->model);
  return true;
}

bool CloseGroup(uint64_t id) {
  std::unique_ptr<OpenGroup> removed =
      Groups().Remove(id, [](OpenGroup& open) { open.group->Interrupt(); });
  if (removed == nullptr) return false;
  removed->runtime->CloseGroup(std::move(removed->group));
  return true;
}

}  // namespace graft::plugin
