// Calls of functions: arguments to parameters by Python's rules, and generator functions.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/generator_object.h"
#include "models/python/interpreter.h"

namespace graft::models::python {
namespace {

// "'a'", "'a' and 'b'", "'a', 'b', and 'c'", as Python lists them.
std::string List(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(absl::StrCat("'", name, "'"));
  if (quoted.size() == 1) return quoted[0];
  const std::string last = absl::StrCat("and ", quoted.back());
  quoted.pop_back();
  if (quoted.size() == 1) return absl::StrCat(quoted[0], " ", last);
  return absl::StrCat(absl::StrJoin(quoted, ", "), ", ", last);
}

std::string Missing(absl::string_view function, const std::vector<std::string>& names,
                    absl::string_view kind) {
  return absl::StrCat(function, "() missing ", names.size(), " required ", kind, " argument",
                      names.size() == 1 ? "" : "s", ": ", List(names));
}

std::string TooMany(const FunctionObject& function, size_t given) {
  const size_t most = function.parameters->positional.size();
  const size_t least = most - function.defaults.size();
  return absl::StrCat(
      function.qualname, "() takes ",
      least == most ? absl::StrCat(most) : absl::StrCat("from ", least, " to ", most),
      " positional argument", most == 1 && least == most ? "" : "s", " but ", given,
      given == 1 ? " was" : " were", " given");
}

}  // namespace

Interpreter::Depth::Depth(Interpreter* interpreter) : depth_(interpreter->depth_) {
  const int most = interpreter->ev_.options_.limits.depth;
  if (depth_ >= most) {
    interpreter->ev_.Stop(absl::StatusCode::kResourceExhausted,
                          absl::StrCat("RecursionError: more than ", most,
                                       " calls within each other: a function that calls itself "
                                       "without end?"));
  }
  ++depth_;
}

void Interpreter::BindArguments(const FunctionObject& function, CallArgs& args, Frame* frame) {
  const Parameters& parameters = *function.parameters;
  const size_t positional = parameters.positional.size();
  const size_t keyword_only = parameters.keyword_only.size();
  absl::InlinedVector<Value, 8>& slots = frame->slots;
  slots.assign(function.layout->slots.size(), CellObject::Unbound());

  const size_t given = std::min(args.args.size(), positional);
  std::copy(args.args.begin(), args.args.begin() + static_cast<ptrdiff_t>(given), slots.begin());
  if (parameters.var_args != nullptr) {
    slots[positional + keyword_only] =
        ev_.Tuple({args.args.begin() + static_cast<ptrdiff_t>(given), args.args.end()});
  } else if (args.args.size() > positional) {
    ev_.Raise(ErrorKind::kTypeError, TooMany(function, args.args.size()));
  }

  DictObject* others = nullptr;
  if (parameters.var_kwargs != nullptr) {
    others = ev_.Dict();
    slots[positional + keyword_only + (parameters.var_args != nullptr ? 1 : 0)] = others;
  }
  for (const Keyword& keyword : args.kwargs) {
    const size_t end = positional + keyword_only;
    size_t slot = parameters.positional_only;
    while (slot < end && (slot < positional ? parameters.positional[slot]
                                            : parameters.keyword_only[slot - positional])
                                 .name != keyword.name) {
      ++slot;
    }
    if (slot < end) {
      if (!CellObject::IsUnbound(slots[slot])) {
        ev_.Raise(ErrorKind::kTypeError,
                  absl::StrCat(function.qualname, "() got multiple values for argument '",
                               keyword.name, "'"));
      }
      slots[slot] = keyword.value;
    } else if (others != nullptr) {
      others->Set(ev_, keyword.name, keyword.value);
    } else {
      for (size_t i = 0; i < parameters.positional_only; ++i) {
        if (parameters.positional[i].name != keyword.name) continue;
        ev_.Raise(ErrorKind::kTypeError,
                  absl::StrCat(function.qualname,
                               "() got some positional-only arguments passed as keyword "
                               "arguments: '",
                               keyword.name, "'"));
      }
      ev_.Raise(ErrorKind::kTypeError,
                absl::StrCat(function.qualname, "() got an unexpected keyword argument '",
                             keyword.name, "'"));
    }
  }

  std::vector<std::string> missing;
  const size_t first_default = positional - function.defaults.size();
  for (size_t i = given; i < positional; ++i) {
    if (!CellObject::IsUnbound(slots[i])) continue;
    if (i < first_default) {
      missing.push_back(parameters.positional[i].name);
    } else {
      slots[i] = function.defaults[i - first_default];
    }
  }
  if (!missing.empty()) {
    ev_.Raise(ErrorKind::kTypeError, Missing(function.qualname, missing, "positional"));
  }
  for (size_t i = 0; i < keyword_only; ++i) {
    if (!CellObject::IsUnbound(slots[positional + i])) continue;
    if (function.keyword_defaults[i].has_value()) {
      slots[positional + i] = *function.keyword_defaults[i];
    } else {
      missing.push_back(parameters.keyword_only[i].name);
    }
  }
  if (!missing.empty()) {
    ev_.Raise(ErrorKind::kTypeError, Missing(function.qualname, missing, "keyword-only"));
  }
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by limits.depth.
Value Interpreter::CallFunction(FunctionObject& function, CallArgs& args) {
  if (function.definition != nullptr && function.definition->is_generator) {
    return NewGenerator(ev_, function, args);
  }
  Frame frame;
  Frame& f = frame;
  BindArguments(function, args, &f);
  const Depth depth(this);
  PrepareFrame(function, &f);
  const FrameScope scope(&top_, &f);
  if (function.lambda != nullptr) return Eval(f, *function.lambda->body);
  if (function.definition->is_async) {
    f.at = &function.definition->range;
    ev_.RaiseNotSupported("an async function", "write it without async and await");
  }
  Exec(f, function.definition->body);
  return f.result;
}

void Interpreter::PrepareFrame(FunctionObject& function, Frame* frame) {
  Frame& f = *frame;
  f.file = &function.file;
  f.module = function.module;
  f.function = &function;
  f.owner = function.owner;
  f.layout = function.layout;
  for (size_t i = 0; i < f.layout->own_cells; ++i) {
    f.cells.push_back(ev_.heap_.New<CellObject>(ev_));
  }
  f.cells.insert(f.cells.end(), function.closure.begin(), function.closure.end());
  for (const ScopeLayout::SharedParameter& shared : f.layout->shared_parameters) {
    f.cells[shared.cell]->value = f.slots[shared.slot];
  }
}

Interpreter::Receiver Interpreter::CurrentReceiver() {
  const Frame* f = top_;
  while (f != nullptr && f->comprehension) f = f->back;
  if (f == nullptr || f->function == nullptr || f->owner == nullptr) {
    ev_.Raise(ErrorKind::kRuntimeError, "super(): no class is around; give it both arguments");
  }
  if (f->slots.empty() || f->function->parameters->positional.empty()) {
    // def __init__(*args)
    if (f->function->parameters->var_args == nullptr) {
      ev_.Raise(ErrorKind::kRuntimeError, "super(): no arguments");
    }
    const auto* rest = f->slots[f->function->parameters->keyword_only.size()].As<TupleObject>();
    if (rest == nullptr || rest->items.empty()) {
      ev_.Raise(ErrorKind::kRuntimeError, "super(): no arguments");
    }
    return {f->owner, rest->items[0]};
  }
  Value self = f->slots[0];
  for (const ScopeLayout::SharedParameter& shared : f->layout->shared_parameters) {
    if (shared.slot == 0) self = f->cells[shared.cell]->value;
  }
  if (CellObject::IsUnbound(self)) ev_.Raise(ErrorKind::kRuntimeError, "super(): arg[0] deleted");
  return {f->owner, self};
}

DictObject* Interpreter::Locals() {
  DictObject* locals = ev_.Dict();
  const Frame* f = top_;
  if (f == nullptr) return locals;
  if (f->body_of != nullptr) {
    for (const auto& [name, value] : f->body_of->attributes) locals->Set(ev_, name, value);
    return locals;
  }
  if (f->layout == nullptr) {
    ev_.RaiseNotSupported("locals() outside of a function", "use globals()");
  }
  for (size_t i = 0; i < f->slots.size(); ++i) {
    if (!CellObject::IsUnbound(f->slots[i])) locals->Set(ev_, f->layout->slots[i], f->slots[i]);
  }
  for (size_t i = 0; i < f->cells.size(); ++i) {
    const Value value = f->cells[i]->value;
    if (!CellObject::IsUnbound(value)) locals->Set(ev_, f->layout->cells[i], value);
  }
  return locals;
}

}  // namespace graft::models::python
