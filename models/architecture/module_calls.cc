#include "models/architecture/module_calls.h"

#include <utility>

namespace graft::models::architecture {

using python::CallArgs;
using python::Evaluator;
using python::Value;

Value ModuleCalls::Call(Evaluator& ev, Value module, CallArgs args) const {
  const Value forward = ev.GetAttr(module, "forward");
  if (hooks_.empty()) return ev.Call(forward, std::move(args));
  const auto path = module.IsObject() ? paths_.find(module.object()) : paths_.end();
  return CallFrom(ev, 0, path == paths_.end() ? "" : absl::string_view(path->second), forward,
                  std::move(args));
}

Value ModuleCalls::CallFrom(Evaluator& ev, size_t hook, absl::string_view path, Value forward,
                            CallArgs args) const {
  if (hook == hooks_.size()) return ev.Call(forward, std::move(args));
  return hooks_[hook](ev, path, std::move(args), [&](CallArgs inner) {
    return CallFrom(ev, hook + 1, path, forward, std::move(inner));
  });
}

}  // namespace graft::models::architecture
