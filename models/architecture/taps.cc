#include "models/architecture/taps.h"

#include "models/architecture/operator_call.h"
#include "models/architecture/recorded_graph.h"
#include "models/architecture/tensor_tree.h"

namespace graft::models::architecture {

using python::CallArgs;
using python::Evaluator;
using python::Value;

Taps::Taps(Recorder& recorder, std::vector<std::string> paths) : recorder_(recorder) {
  for (std::string& path : paths) taps_.emplace_back(std::move(path), std::nullopt);
}

ModuleCalls::Hook Taps::Hook() {
  return [this](Evaluator& ev, absl::string_view path, CallArgs args, ModuleCalls::Next next) {
    const Value result = next(std::move(args));
    for (auto& [wanted, kept] : taps_) {
      if (wanted != path) continue;
      // A copy: what comes after may write to it (ReLU(inplace=True)).
      kept = MapTensors(ev, result, [&](TensorObject* tensor) {
        return CallOperator(ev, recorder_, "clone", {{tensor}});
      });
    }
    return result;
  };
}

std::vector<std::string> Taps::Missing() const {
  std::vector<std::string> missing;
  for (const auto& [path, kept] : taps_) {
    if (!kept) missing.push_back(path);
  }
  return missing;
}

Value Taps::WithResult(Evaluator& ev, Value result) const {
  python::DictObject* all = ev.Dict();
  for (const NamedResult& one : FlattenResult(ev, result)) all->Set(ev, one.name, one.tensor);
  for (const auto& [path, kept] : taps_) {
    if (kept) all->Set(ev, path, *kept);
  }
  return all;
}

}  // namespace graft::models::architecture
