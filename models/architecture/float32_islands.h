// Modules that compute in float32 within a network in half precision: norms, by their paths.
//
//   Float32Islands islands(recorder, [](absl::string_view path) { return IsNorm(path); });
//   recorder.module_calls().AddHook(islands.Hook());
//
// What goes into such a module is cast to float32, and what comes out to the recorder's compute
// type. Its weights must be float32.
//
// Threads: one evaluator's. Ownership: must outlive the recorder's calls. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_FLOAT32_ISLANDS_H_
#define GRAFT_MODELS_ARCHITECTURE_FLOAT32_ISLANDS_H_

#include <functional>

#include "absl/strings/string_view.h"
#include "models/architecture/module_calls.h"
#include "models/architecture/recorder.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class Float32Islands {
 public:
  using Predicate = std::function<bool(absl::string_view path)>;

  Float32Islands(Recorder& recorder, Predicate is_island)
      : recorder_(recorder), is_island_(std::move(is_island)) {}
  Float32Islands(const Float32Islands&) = delete;
  Float32Islands& operator=(const Float32Islands&) = delete;

  ModuleCalls::Hook Hook();

 private:
  // Floating tensors as `type`.
  python::Value Cast(python::Evaluator& ev, python::Value value, c10::ScalarType type);

  Recorder& recorder_;
  const Predicate is_island_;
  bool within_ = false;  // of an island already: its children are float32 with it
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_FLOAT32_ISLANDS_H_
