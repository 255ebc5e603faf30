#include "models/python/native_args.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"

namespace graft::models::python {

NativeArgs::NativeArgs(Evaluator& ev, absl::string_view function, const CallArgs& args,
                       std::initializer_list<absl::string_view> names, size_t required)
    : values_(names.size()) {
  if (args.args.size() > names.size()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(function, "() takes at most ", names.size(), " argument",
                          names.size() == 1 ? "" : "s", " (", args.args.size(), " given)"));
  }
  std::copy(args.args.begin(), args.args.end(), values_.begin());
  for (const Keyword& keyword : args.kwargs) {
    const auto* name = std::find(names.begin(), names.end(), keyword.name);
    if (name == names.end() || name->empty()) {
      ev.Raise(
          ErrorKind::kTypeError,
          absl::StrCat(function, "() got an unexpected keyword argument '", keyword.name, "'"));
    }
    std::optional<Value>& value = values_[name - names.begin()];
    if (value.has_value()) {
      ev.Raise(ErrorKind::kTypeError,
               absl::StrCat(function, "() got multiple values for argument '", keyword.name, "'"));
    }
    value = keyword.value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (values_[i].has_value()) continue;
    const absl::string_view name = *(names.begin() + i);
    if (name.empty()) {
      ev.Raise(ErrorKind::kTypeError,
               absl::StrCat(function, "() expected at least ", required, " argument",
                            required == 1 ? "" : "s", ", got ", args.args.size()));
    }
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(function, "() missing required argument: '", name, "'"));
  }
}

}  // namespace graft::models::python
