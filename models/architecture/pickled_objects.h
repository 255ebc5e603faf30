// The objects of a pickled module, made again inside the evaluator: instances of the classes that
// the prelude and the user's source give, with the attributes that were saved, without running
// their constructors.
//
//   PickledObjects objects(evaluator, torch_file, {.tensor = ..., .find_class = ...});
//   python::Value net = objects.Make(source.module);
//
// What cannot be made again (an optimizer's class, a function whose source is not given) becomes a
// value that says so where it is used, and only there.
//
// Threads: the evaluator's. Ownership: values belong to the evaluator; reads from the file.
#ifndef GRAFT_MODELS_ARCHITECTURE_PICKLED_OBJECTS_H_
#define GRAFT_MODELS_ARCHITECTURE_PICKLED_OBJECTS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "models/file/pickle_values.h"
#include "models/file/torch_file.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

struct PickledObjectsOptions {
  std::string label = {};  // names the file in errors
  // The value of a tensor of the file.
  std::function<python::Value(const TorchTensor& tensor)> tensor;
  // A class or function of the user's own ("__main__.Net", "model.Net") by its dotted name;
  // nullopt: the user's source does not have it.
  std::function<std::optional<python::Value>(absl::string_view name)> find_own;
};

class PickledObjects {
 public:
  PickledObjects(python::Evaluator& ev, const TorchFile& file, PickledObjectsOptions options);

  // Inside a Guard. Shared objects are made once, and stay shared. Raises RecursionError beyond
  // 500 levels.
  python::Value Make(ValueId id);

  // Names of what could not be made again, in order of appearance.
  const std::vector<std::string>& unavailable() const { return unavailable_; }

 private:
  python::Value MakeNew(ValueId id);
  python::Value MakeGlobal(absl::string_view name);
  python::Value MakeObject(ValueId id, const PickleValue& value);
  python::Value MakeDict(ValueId id, const PickleValue& value);
  python::Value Unavailable(absl::string_view name);
  void SetState(python::InstanceObject* instance, ValueId state);
  std::vector<python::Value> MakeAll(absl::Span<const ValueId> ids);

  python::Evaluator& ev_;
  const TorchFile& file_;
  const PickleValues& values_;
  const PickledObjectsOptions options_;
  absl::flat_hash_map<ValueId, python::Value> made_;
  std::vector<std::string> unavailable_;
  int depth_ = 0;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_PICKLED_OBJECTS_H_
