// What chosen modules give, kept as further outputs of a network.
//
//   Taps taps(recorder, {"layer3", "layer4.1.relu"});
//   recorder.module_calls().AddHook(taps.Hook());
//   Value out = evaluator.Call(net, {x});
//   graph = recorder.Finish(evaluator, taps.WithResult(evaluator, out));   // out, and the taps
//
// A module called several times gives its last result.
//
// Threads: one evaluator's. Ownership: must outlive the recorder's calls. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TAPS_H_
#define GRAFT_MODELS_ARCHITECTURE_TAPS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/architecture/module_calls.h"
#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class Taps {
 public:
  Taps(Recorder& recorder, std::vector<std::string> paths);
  Taps(const Taps&) = delete;
  Taps& operator=(const Taps&) = delete;

  ModuleCalls::Hook Hook();

  // Those that no call has reached.
  std::vector<std::string> Missing() const;

  // A dictionary: what forward returned, flattened with its names, then each tap under its path.
  python::Value WithResult(python::Evaluator& ev, python::Value result) const;

 private:
  Recorder& recorder_;
  std::vector<std::pair<std::string, std::optional<python::Value>>> taps_;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TAPS_H_
