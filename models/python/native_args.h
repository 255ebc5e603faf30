// Reads the arguments of a native function by Python's rules.
//
//   // def pad(input, pad, mode="constant", value=None)
//   NativeArgs a(ev, "pad", args, {"input", "pad", "mode", "value"}, /*required=*/2);
//   std::string mode = a.Has(2) ? ev.ToText(a[2], "mode") : "constant";
//
// Raises the TypeErrors that Python raises: too many, missing, unexpected, given twice.
#ifndef GRAFT_MODELS_PYTHON_NATIVE_ARGS_H_
#define GRAFT_MODELS_PYTHON_NATIVE_ARGS_H_

#include <initializer_list>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/value.h"

namespace graft::models::python {

class NativeArgs {
 public:
  NativeArgs(Evaluator& ev, absl::string_view function, const CallArgs& args,
             std::initializer_list<absl::string_view> names, size_t required);

  bool Has(size_t index) const { return values_[index].has_value(); }
  Value operator[](size_t index) const { return values_[index].value_or(Value()); }

 private:
  std::vector<std::optional<Value>> values_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NATIVE_ARGS_H_
