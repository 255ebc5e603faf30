// The value of a built-in type that a value stands for: itself, or the payload of an instance of a
// derived class. Natives look through it, so that `class Config(dict)` works where a dict does.
//
//   if (auto* dict = Underlying<DictObject>(value)) Use(dict->Items());
//   ListObject& self = Self<ListObject>(ev, args, "list.append");   // takes it off the arguments
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_UNDERLYING_H_
#define GRAFT_MODELS_PYTHON_UNDERLYING_H_

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

inline Value Underlying(Value value) {
  auto* instance = value.As<InstanceObject>();
  return instance != nullptr && !instance->payload.IsNone() ? instance->payload : value;
}

template <typename T>
T* Underlying(Value value) {
  if (T* object = value.As<T>()) return object;
  auto* instance = value.As<InstanceObject>();
  return instance == nullptr ? nullptr : instance->payload.As<T>();
}

// The first argument, taken off. `method` is for the error: "list.append".
inline Value SelfValue(Evaluator& ev, CallArgs& args, absl::string_view method) {
  if (args.args.empty()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("unbound method ", method, "() needs an argument"));
  }
  Value self = args.args.front();
  args.args.erase(args.args.begin());
  return self;
}

template <typename T>
T& Self(Evaluator& ev, CallArgs& args, absl::string_view method) {
  const Value self = SelfValue(ev, args, method);
  T* object = Underlying<T>(self);
  if (object == nullptr) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat("descriptor '", method, "' does not apply to a '",
                                                 ev.TypeName(self), "' object"));
  }
  return *object;
}

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_UNDERLYING_H_
