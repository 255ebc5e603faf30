#include "models/file/module_versions.h"

namespace graft::models {

std::vector<ModuleVersion> ModuleVersionsOf(const PickleValues& values, ValueId state_dict) {
  const PickleValue& dict = values[state_dict];
  if (dict.kind != PickleKind::kDict) return {};
  const PickleValue& attributes = values[values.object(dict).state];
  if (attributes.kind != PickleKind::kDict) return {};
  const PickleValue* metadata = values.Find(attributes, "_metadata");
  if (metadata == nullptr || metadata->kind != PickleKind::kDict) return {};
  std::vector<ModuleVersion> versions;
  for (const auto& [key, value] : values.Entries(*metadata)) {
    const PickleValue& path = values[key];
    if (path.kind != PickleKind::kString || values[value].kind != PickleKind::kDict) continue;
    const PickleValue* version = values.Find(values[value], "version");
    if (version == nullptr || version->kind != PickleKind::kInt) continue;
    versions.push_back({.path = std::string(path.text), .version = version->integer});
  }
  return versions;
}

}  // namespace graft::models
