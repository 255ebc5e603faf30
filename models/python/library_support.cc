// The module _library: what the sources in stdlib/ are written with.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/function_object.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/regex.h"
#include "models/python/source_lines.h"
#include "models/python/standard_modules.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

bool Has(Evaluator& ev, Value value, absl::string_view method) {
  return ev.ClassMethod(value, method).has_value();
}

bool IsAny(Evaluator& ev, Value value, std::initializer_list<const ClassObject*> classes) {
  const ClassObject* cls = ev.TypeOf(value);
  return std::any_of(classes.begin(), classes.end(),
                     [cls](const ClassObject* asked) { return cls->DerivesFrom(asked); });
}

// What isinstance(value, collections.abc.KIND) is, beside derivation. "bool" and "str": what stands
// for the values of a class of another library.
bool Conforms(Evaluator& ev, absl::string_view kind, Value value) {
  const Evaluator::Classes& c = ev.classes();
  if (kind == "Callable") return ev.Truth(ev.Call(ev.builtins().at("callable"), {value}));
  if (kind == "bool") return value.IsBool();
  if (kind == "str") return IsAny(ev, value, {c.str});
  if (kind == "Number") return IsAny(ev, value, {c.int_, c.float_});
  if (kind == "Integral") return IsAny(ev, value, {c.int_});
  if (kind == "Hashable") {
    return !IsAny(ev, value, {c.list, c.dict, c.set}) &&
           (!value.IsObject() || value.As<InstanceObject>() != nullptr ||
            value.object()->Hash(ev).has_value());
  }
  if (kind == "Sequence") return IsAny(ev, value, {c.list, c.tuple, c.str, c.range, c.bytes});
  if (kind == "MutableSequence") return IsAny(ev, value, {c.list});
  if (kind == "Mapping" || kind == "MutableMapping") return IsAny(ev, value, {c.dict});
  if (kind == "Set") return IsAny(ev, value, {c.set, c.frozen_set, c.dict_keys, c.dict_items});
  if (kind == "MutableSet") return IsAny(ev, value, {c.set});
  if (kind == "KeysView") return IsAny(ev, value, {c.dict_keys});
  if (kind == "ValuesView") return IsAny(ev, value, {c.dict_values});
  if (kind == "ItemsView") return IsAny(ev, value, {c.dict_items});
  if (kind == "PathLike") return Has(ev, value, "__fspath__");
  if (kind == "Sized") return Has(ev, value, "__len__");
  if (kind == "Container") return Has(ev, value, "__contains__");
  if (kind == "Iterator") {
    return value.As<IteratorObject>() != nullptr || Has(ev, value, "__next__");
  }
  const bool iterable = value.As<IteratorObject>() != nullptr || Has(ev, value, "__iter__");
  if (kind == "Iterable") return iterable;
  return iterable && Has(ev, value, "__len__") && Has(ev, value, "__contains__");  // Collection
}

// instance_check("Sized"): the __instancecheck__ of the class whose body it is called in. Classes
// derived from that one do not count values in that are not theirs.
Value InstanceCheck(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "instance_check", args, {"kind"}, 1);
  const std::string kind = ev.ToText(a[0], "kind");
  return ev.Native("__instancecheck__", [kind](Evaluator& caller, CallArgs& check) {
    const NativeArgs b(caller, "__instancecheck__", check, {"", ""}, 2);
    const auto* cls = b[0].As<ClassObject>();
    return Value::Bool(cls != nullptr && cls->FindOwn("__instancecheck__").has_value() &&
                       Conforms(caller, kind, b[1]));
  });
}

Value NotSupported(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "not_supported", args, {"what", "instead"}, 1);
  ev.RaiseNotSupported(ev.ToText(a[0], "what"), a.Has(1) ? ev.ToText(a[1], "instead") : "");
}

// inspect.getsource; None: it is of natives.
Value SourceOf(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "source_of", args, {"object"}, 1);
  const std::optional<std::string> text = SourceLines(ev, a[0]);
  return text.has_value() ? Value(ev.Str(*text)) : Value();
}

// A function's annotations, evaluated where they can be; else their texts.
Value Annotations(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "annotations", args, {"function"}, 1);
  DictObject* found = ev.Dict();
  const auto* function = a[0].As<FunctionObject>();
  if (function == nullptr || function->definition == nullptr) return found;
  const auto add = [&](absl::string_view name, const ExprPtr& annotation) {
    if (annotation == nullptr) return;
    try {
      found->Set(ev, name, ev.Evaluate(*annotation, function->module, *function->file));
    } catch (const Raised&) {
      const SourceRange& range = annotation->range;
      const absl::string_view line = function->file->Line(range.line);
      found->Set(ev, name, ev.Str(line.substr(range.column, range.end_column - range.column)));
    }
  };
  const Parameters& parameters = *function->parameters;
  for (const Parameter& p : parameters.positional) add(p.name, p.annotation);
  for (const Parameter& p : parameters.keyword_only) add(p.name, p.annotation);
  add("return", function->definition->returns);
  return found;
}

Value IsGenerator(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "is_generator", args, {"function"}, 1);
  const auto* function = a[0].As<FunctionObject>();
  return Value::Bool(function != nullptr && function->definition != nullptr &&
                     function->definition->is_generator);
}

// Of a function: (name, kind, (default,) or ()) for each parameter; kinds as inspect's.
Value ParametersOf(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "parameters", args, {"function"}, 1);
  const auto* function = a[0].As<FunctionObject>();
  if (function == nullptr) {
    ev.Raise(ErrorKind::kValueError,
             absl::StrCat("no signature found for builtin ", ev.Repr(a[0])));
  }
  ListObject* list = ev.List({});
  const auto add = [&](absl::string_view name, int64_t kind, std::optional<Value> standard) {
    const Value shown = standard.has_value() ? ev.Tuple({*standard}) : ev.Tuple({});
    list->Append(ev, ev.Tuple({ev.Str(name), Value::Int(kind), shown}));
  };
  const auto& parameters = *function->parameters;
  const size_t required = parameters.positional.size() - function->defaults.size();
  for (size_t i = 0; i < parameters.positional.size(); ++i) {
    std::optional<Value> standard;
    if (i >= required) standard = function->defaults[i - required];
    add(parameters.positional[i].name, i < parameters.positional_only ? 0 : 1, standard);
  }
  if (parameters.var_args != nullptr) add(parameters.var_args->name, 2, std::nullopt);
  for (size_t i = 0; i < parameters.keyword_only.size(); ++i) {
    add(parameters.keyword_only[i].name, 3, function->keyword_defaults[i]);
  }
  if (parameters.var_kwargs != nullptr) add(parameters.var_kwargs->name, 4, std::nullopt);
  return list;
}

// is_plain_number(value): whether it is a number that is known. A size that depends on the number
// of agents counts as an int, and is none yet.
Value IsPlainNumber(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "is_plain_number", args, {"value"}, 1);
  const Value value = Underlying(a[0]);
  return Value::Bool(value.IsInt() || value.IsFloat() || value.IsBool());
}

// To the nearest float of 16 bits, of two that are as near to the even one.
double RoundedToHalf(double value) {
  constexpr int kDigits = 11;
  constexpr int kLeastExponent = -24;  // of the smallest subnormal number
  constexpr double kLargest = 65504.0;
  if (value == 0.0 || !std::isfinite(value)) return value;
  int exponent = 0;
  std::frexp(value, &exponent);
  const double unit = std::ldexp(1.0, std::max(exponent - kDigits, kLeastExponent));
  const double rounded = std::nearbyint(value / unit) * unit;
  return std::abs(rounded) > kLargest ? std::copysign(INFINITY, value) : rounded;
}

// rounded(value, bits): the nearest float of 16, 32 or 64 bits.
Value Rounded(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "rounded", args, {"value", "bits"}, 2);
  const double value = ev.ToFloat(a[0], "value");
  const int64_t bits = ev.ToInt(a[1], "bits");
  if (bits == 16) return Value::Float(RoundedToHalf(value));
  return Value::Float(bits == 32 ? static_cast<double>(static_cast<float>(value)) : value);
}

// wrapped(value, bits, signed): what is left of an integer in so many bits, at least one.
Value Wrapped(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "wrapped", args, {"value", "bits", "signed"}, 3);
  constexpr int64_t kAllBits = 64;
  const int64_t value = ev.ToInt(a[0], "value");
  const int64_t bits = ev.ToInt(a[1], "bits");
  if (bits < 1) ev.Raise(ErrorKind::kValueError, "wrapped() needs at least one bit");
  if (bits >= kAllBits) return Value::Int(value);
  const auto above = static_cast<uint32_t>(kAllBits - bits);
  const uint64_t moved = static_cast<uint64_t>(value) << above;
  return Value::Int(ev.Truth(a[2]) ? static_cast<int64_t>(moved) >> above
                                   : static_cast<int64_t>(moved >> above));
}

// wrapped_product(a, b): the lowest 64 bits, where a * b raises OverflowError.
Value WrappedProduct(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "wrapped_product", args, {"a", "b"}, 2);
  const auto left = static_cast<uint64_t>(ev.ToInt(a[0], "a"));
  const auto right = static_cast<uint64_t>(ev.ToInt(a[1], "b"));
  return Value::Int(static_cast<int64_t>(left * right));
}

// wrapped_sum(a, b): likewise of a + b.
Value WrappedSum(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "wrapped_sum", args, {"a", "b"}, 2);
  const auto left = static_cast<uint64_t>(ev.ToInt(a[0], "a"));
  const auto right = static_cast<uint64_t>(ev.ToInt(a[1], "b"));
  return Value::Int(static_cast<int64_t>(left + right));
}

}  // namespace

void DefineLibrarySupport(Evaluator& ev) {
  ev.DefineModule("_library", [](Evaluator& caller, ModuleObject* module) {
    module->globals["OrderedDict"] = caller.classes().ordered_dict;
    module->globals["defaultdict"] = caller.classes().default_dict;
    module->globals["NamedTuple"] = NamedTupleBase(caller);
    module->globals["namedtuple"] = caller.Native("namedtuple", NamedTupleFunction);
    module->globals["instance_check"] = caller.Native("instance_check", InstanceCheck);
    module->globals["regex_find"] = caller.Native("regex_find", RegexFind);
    module->globals["regex_groups"] = caller.Native("regex_groups", RegexGroups);
    module->globals["not_supported"] = caller.Native("not_supported", NotSupported);
    module->globals["is_plain_number"] = caller.Native("is_plain_number", IsPlainNumber);
    module->globals["rounded"] = caller.Native("rounded", Rounded);
    module->globals["wrapped"] = caller.Native("wrapped", Wrapped);
    module->globals["wrapped_product"] = caller.Native("wrapped_product", WrappedProduct);
    module->globals["wrapped_sum"] = caller.Native("wrapped_sum", WrappedSum);
    module->globals["annotations"] = caller.Native("annotations", Annotations);
    module->globals["is_generator"] = caller.Native("is_generator", IsGenerator);
    module->globals["source_of"] = caller.Native("source_of", SourceOf);
    module->globals["parameters"] = caller.Native("parameters", ParametersOf);
  });
}

}  // namespace graft::models::python
