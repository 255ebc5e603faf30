// The calls of modules while a forward is evaluated, and what is put around them.
//
//   recorder.module_calls().SetPath(instance, "layer4.1.relu");
//   recorder.module_calls().AddHook(taps.Hook());              // the first added is the outermost
//
// Every module(x) of Python code comes here (_graft.call_module), and goes on to module.forward.
//
// Threads: one evaluator's.
#ifndef GRAFT_MODELS_ARCHITECTURE_MODULE_CALLS_H_
#define GRAFT_MODELS_ARCHITECTURE_MODULE_CALLS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class ModuleCalls {
 public:
  using Next = absl::FunctionRef<python::Value(python::CallArgs args)>;
  // Returns what the call returns: next(args), or something made of it. `path` is "" for modules
  // without one.
  using Hook = std::function<python::Value(python::Evaluator& ev, absl::string_view path,
                                           python::CallArgs args, Next next)>;

  void SetPath(const python::Object* module, absl::string_view path) {
    paths_.insert_or_assign(module, std::string(path));
  }
  void AddHook(Hook hook) { hooks_.push_back(std::move(hook)); }

  python::Value Call(python::Evaluator& ev, python::Value module, python::CallArgs args) const;

 private:
  python::Value CallFrom(python::Evaluator& ev, size_t hook, absl::string_view path,
                         python::Value forward, python::CallArgs args) const;

  absl::flat_hash_map<const python::Object*, std::string> paths_;
  std::vector<Hook> hooks_;
};

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_MODULE_CALLS_H_
