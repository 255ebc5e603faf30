#include "models/python/native_args.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"

namespace graft::models::python {
namespace {

// Too many, or too few of those that have no names.
[[noreturn]] void RaiseCount(Evaluator& ev, absl::string_view function, const CallArgs& args,
                             std::initializer_list<absl::string_view> names, size_t required) {
  const size_t given = args.args.size();
  const size_t bound = given > names.size() ? names.size() : required;
  if (names.size() == 1 && required == 1) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(function, "() takes exactly one argument (", given, " given)"));
  }
  const absl::string_view limit = required == names.size() ? ""
                                  : given > names.size()   ? "at most "
                                                           : "at least ";
  ev.Raise(ErrorKind::kTypeError, absl::StrCat(function, " expected ", limit, bound, " argument",
                                               bound == 1 ? "" : "s", ", got ", given));
}

}  // namespace

NativeArgs::NativeArgs(Evaluator& ev, absl::string_view function, const CallArgs& args,
                       std::initializer_list<absl::string_view> names, size_t required)
    : values_(names.size()) {
  if (args.args.size() > names.size()) RaiseCount(ev, function, args, names, required);
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
    if (name.empty()) RaiseCount(ev, function, args, names, required);
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(function, "() missing required argument: '", name, "'"));
  }
}

}  // namespace graft::models::python
