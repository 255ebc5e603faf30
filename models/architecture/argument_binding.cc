#include "models/architecture/argument_binding.h"

#include <ATen/ATen.h>
#include <ATen/core/jit_type.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/architecture/symbolic_float.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/torch_error_at_line.h"
#include "models/python/underlying.h"

namespace graft::models::architecture {
namespace {

using c10::TypeKind;
using python::CallArgs;
using python::Evaluator;
using python::Keyword;
using python::Value;

// What each lenience costs: the cheapest overload is taken.
constexpr int kUnusedDefault = 1;
constexpr int kIntAsFloat = 20;
constexpr int kIntAsList = 20;
constexpr int kBoolAsInt = 50;
constexpr int kTensorAsNumber = 10'000;
constexpr int kNumberAsTensor = 20'000;
constexpr int kBoolAsScalar = 50'000;  // TorchScript's Scalar has no bool
constexpr size_t kMaxOverloadsShown = 6;

class Binder {
 public:
  Binder(Evaluator& ev, Recorder& recorder, const CallArgs& args, bool method)
      : ev_(ev), recorder_(recorder), args_(args), method_(method) {}

  // The cost, or nullopt when the call does not fit.
  std::optional<int> Bind(const c10::FunctionSchema& schema, std::vector<BoundArg>* bound);

 private:
  struct Source {
    const Value* one = nullptr;
    std::vector<Value> rest;  // x.view(2, -1): what was given instead of a list
  };

  bool Assign(const c10::FunctionSchema& schema, std::vector<Source>* sources);
  const Value* FindKeyword(const std::string& parameter, std::vector<bool>* used) const;

  bool Match(Value given, const c10::TypePtr& type, std::optional<int32_t> n, BoundArg* out);
  bool MatchTensor(Value value, BoundArg* out);
  void SetSymbol(const SymbolicInt* symbol, BoundArg* out);
  bool MatchInt(Value value, BoundArg* out);
  bool MatchFloat(Value value, BoundArg* out);
  bool MatchScalar(Value value, BoundArg* out);
  bool MatchScalarType(Value value, BoundArg* out);
  bool MatchList(Value value, const c10::TypePtr& item, std::optional<int32_t> n, BoundArg* out);
  std::optional<at::Scalar> ConstantNumber(Value value);

  Evaluator& ev_;
  Recorder& recorder_;
  const CallArgs& args_;
  const bool method_;
  int cost_ = 0;
};

void SetConstant(BoundArg* out, c10::IValue value) {
  out->kind = BoundArg::Kind::kConstant;
  out->constant = std::move(value);
}

bool IsInteger(Value value) {
  return python::Underlying(value).IsInt() || value.As<SymbolicInt>() != nullptr;
}

// A list, tuple or range, with its items.
std::optional<std::vector<Value>> Items(Evaluator& ev, Value value) {
  if (const auto* list = python::Underlying<python::ListObject>(value)) return list->items;
  if (const auto* tuple = python::Underlying<python::TupleObject>(value)) return tuple->items;
  if (value.As<python::RangeObject>() != nullptr) return ev.ToVector(value);
  return std::nullopt;
}

// NumPy's and older names that PyTorch accepts.
bool Names(const std::string& given, const std::string& parameter) {
  if (given == parameter) return true;
  if (parameter == "self") return given == "input" || given == "x";
  if (parameter == "dim") return given == "axis";
  if (parameter == "keepdim") return given == "keepdims";
  if (parameter == "other") return given == "x2";
  return false;
}

const Value* Binder::FindKeyword(const std::string& parameter, std::vector<bool>* used) const {
  for (size_t i = 0; i < args_.kwargs.size(); ++i) {
    if (!(*used)[i] && Names(args_.kwargs[i].name, parameter)) {
      (*used)[i] = true;
      return &args_.kwargs[i].value;
    }
  }
  return nullptr;
}

bool Binder::Assign(const c10::FunctionSchema& schema, std::vector<Source>* sources) {
  const std::vector<c10::Argument>& parameters = schema.arguments();
  sources->assign(parameters.size(), {});
  size_t next = 0;  // positional
  size_t self = parameters.size();
  if (method_) {
    for (size_t i = 0; i < parameters.size() && self == parameters.size(); ++i) {
      if (parameters[i].name() == "self") self = i;
    }
    if (self == parameters.size()) return false;
    (*sources)[self].one = &args_.args[0];
    next = 1;
  }
  std::vector<bool> used(args_.kwargs.size(), false);
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (i == self) continue;
    const c10::Argument& parameter = parameters[i];
    if (next < args_.args.size() && !parameter.kwarg_only()) {
      const auto* list = parameter.type()->castRaw<c10::ListType>();
      const bool ints = list != nullptr && list->getElementType()->kind() == TypeKind::IntType;
      const bool tensors =
          list != nullptr && list->getElementType()->kind() == TypeKind::TensorType;
      const bool gathers = (ints && !parameter.N() && IsInteger(args_.args[next])) ||
                           (tensors && args_.args[next].As<TensorObject>() != nullptr);
      if (gathers) {
        (*sources)[i].rest.assign(args_.args.begin() + next, args_.args.end());
        next = args_.args.size();
      } else {
        (*sources)[i].one = &args_.args[next++];
      }
      continue;
    }
    (*sources)[i].one = FindKeyword(parameter.name(), &used);
    if ((*sources)[i].one == nullptr && !parameter.default_value()) return false;
  }
  return next == args_.args.size() &&
         std::all_of(used.begin(), used.end(), [](bool one) { return one; });
}

std::optional<int> Binder::Bind(const c10::FunctionSchema& schema, std::vector<BoundArg>* bound) {
  std::vector<Source> sources;
  if (!Assign(schema, &sources)) return std::nullopt;
  cost_ = 0;
  bound->assign(sources.size(), {});
  for (size_t i = 0; i < sources.size(); ++i) {
    const c10::Argument& parameter = schema.arguments()[i];
    const c10::TypePtr type = parameter.real_type();
    if (!sources[i].rest.empty()) {
      const c10::TypePtr item = type->castRaw<c10::ListType>()->getElementType();
      const Value items = ev_.List(sources[i].rest);
      if (!MatchList(items, item, parameter.N(), &(*bound)[i])) return std::nullopt;
    } else if (sources[i].one != nullptr) {
      if (!Match(*sources[i].one, type, parameter.N(), &(*bound)[i])) return std::nullopt;
    } else {
      cost_ += kUnusedDefault;
      SetConstant(&(*bound)[i], *parameter.default_value());
    }
  }
  return cost_;
}

// A number, or a tensor without dimensions whose value is known.
std::optional<at::Scalar> Binder::ConstantNumber(Value value) {
  if (value.IsInt()) return at::Scalar(value.AsInt());
  if (value.IsFloat()) return at::Scalar(value.AsFloat());
  if (value.IsBool()) return at::Scalar(value.AsBool());
  auto* tensor = value.As<TensorObject>();
  if (tensor == nullptr || tensor->data().meta[0].dim() != 0) return std::nullopt;
  if (IsTraced(ev_, recorder_, tensor->data())) return std::nullopt;
  cost_ += kTensorAsNumber;
  return ReadConstant(ev_, recorder_, tensor->data()).item();
}

bool Binder::MatchTensor(Value value, BoundArg* out) {
  out->kind = BoundArg::Kind::kTensor;
  if (auto* tensor = value.As<TensorObject>()) {
    out->tensor = tensor->shared_data();
    out->object = tensor;
    return true;
  }
  if (!value.IsInt() && !value.IsFloat() && !value.IsBool()) return false;
  cost_ += kNumberAsTensor;
  const at::Scalar number = *ConstantNumber(value);
  const bool beside_doubles =
      std::any_of(args_.args.begin(), args_.args.end(), [](const Value& other) {
        auto* tensor = other.As<TensorObject>();
        return tensor != nullptr && tensor->data().dtype() == at::kDouble;
      });
  const c10::ScalarType type = value.IsBool()   ? at::kBool
                               : value.IsInt()  ? at::kLong
                               : beside_doubles ? at::kDouble
                                                : at::kFloat;
  at::Tensor tensor = at::scalar_tensor(number, at::TensorOptions(at::kCPU).dtype(type));
  // It takes the kind of the tensors that it meets, as a number does.
  tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
  out->tensor = TensorData::Constant(std::move(tensor), recorder_.NextOrdinal());
  out->tensor->meta[0].unsafeGetTensorImpl()->set_wrapped_number(true);
  return true;
}

void Binder::SetSymbol(const SymbolicInt* symbol, BoundArg* out) {
  if (!symbol->grows_evenly()) {
    ev_.RaiseNotSupported(
        "a size or a number that does not grow evenly with the number of agents, in a tensor "
        "operation",
        "sizes like b * 4 + 1, which are right for any number of agents b");
  }
  out->kind = BoundArg::Kind::kSymbol;
  out->symbol = symbol;
}

bool Binder::MatchInt(Value value, BoundArg* out) {
  if (auto* symbol = value.As<SymbolicInt>()) {
    SetSymbol(symbol, out);
    return true;
  }
  if (value.IsFloat()) return false;
  if (value.IsBool()) cost_ += kBoolAsInt;
  const std::optional<at::Scalar> number = ConstantNumber(value);
  if (!number || !number->isIntegral(/*includeBool=*/true)) return false;
  SetConstant(out, number->toLong());
  return true;
}

bool Binder::MatchFloat(Value value, BoundArg* out) {
  if (auto* symbol = value.As<SymbolicInt>()) {
    SetSymbol(symbol, out);
    out->as_float = true;
    return true;
  }
  if (!value.IsFloat()) cost_ += kIntAsFloat;
  const std::optional<at::Scalar> number = ConstantNumber(value);
  if (!number || number->isComplex()) return false;
  SetConstant(out, number->toDouble());
  return true;
}

bool Binder::MatchScalar(Value value, BoundArg* out) {
  if (auto* symbol = value.As<SymbolicInt>()) {
    SetSymbol(symbol, out);
    return true;
  }
  const std::optional<at::Scalar> number = ConstantNumber(value);
  if (!number) return false;
  if (number->isBoolean()) cost_ += kBoolAsScalar;
  SetConstant(out, number->isBoolean() ? c10::IValue(number->toBool()) : c10::IValue(*number));
  return true;
}

bool Binder::MatchScalarType(Value value, BoundArg* out) {
  const std::optional<c10::ScalarType> type = AsScalarType(ev_, value);
  if (!type) return false;
  SetConstant(out, static_cast<int64_t>(*type));
  return true;
}

bool Binder::MatchList(Value value, const c10::TypePtr& item, std::optional<int32_t> n,
                       BoundArg* out) {
  std::optional<std::vector<Value>> values = Items(ev_, value);
  if (!values) {
    const bool number = IsInteger(value) || value.IsFloat();
    if (!n || !number) return false;
    cost_ += kIntAsList;
    values.emplace(static_cast<size_t>(*n), value);
  }
  out->kind = BoundArg::Kind::kList;
  out->item_type = item;
  out->items.resize(values->size());
  for (size_t i = 0; i < values->size(); ++i) {
    if (!Match((*values)[i], item, std::nullopt, &out->items[i])) return false;
  }
  return true;
}

bool Binder::Match(Value given, const c10::TypePtr& type, std::optional<int32_t> n, BoundArg* out) {
  const Value value = python::Underlying(given);  // numbers and text of derived classes
  if (auto* symbol = value.As<SymbolicFloat>()) {
    if (symbol->whole() == nullptr) RaiseFloatOfAgents(ev_);
    if (type->kind() == TypeKind::IntType || type->kind() == TypeKind::SymIntType) return false;
    if (!Match(symbol->whole(), type, n, out)) return false;
    out->as_float = out->kind == BoundArg::Kind::kSymbol;
    return true;
  }
  switch (type->kind()) {
    case TypeKind::OptionalType:
      if (value.IsNone()) {
        SetConstant(out, c10::IValue());
        return true;
      }
      return Match(value, type->castRaw<c10::OptionalType>()->getElementType(), n, out);
    case TypeKind::TensorType:
      return MatchTensor(value, out);
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      return MatchInt(value, out);
    case TypeKind::FloatType:
      return MatchFloat(value, out);
    case TypeKind::NumberType:
      return MatchScalar(value, out);
    case TypeKind::BoolType:
      if (!value.IsBool()) return false;
      SetConstant(out, value.AsBool());
      return true;
    case TypeKind::StringType:
      if (auto* text = value.As<python::StrObject>()) {
        SetConstant(out, text->text);
        return true;
      }
      return false;
    case TypeKind::ScalarTypeType:
      return MatchScalarType(value, out);
    case TypeKind::LayoutType:
      if (auto* layout = value.As<LayoutObject>()) {
        SetConstant(out, static_cast<int64_t>(layout->layout));
        return true;
      }
      return false;
    case TypeKind::MemoryFormatType:
      if (auto* format = value.As<MemoryFormatObject>()) {
        SetConstant(out, static_cast<int64_t>(format->format));
        return true;
      }
      return false;
    case TypeKind::DeviceObjType:
      if (value.As<DeviceObject>() == nullptr && value.As<python::StrObject>() == nullptr &&
          !value.IsInt()) {
        return false;
      }
      SetConstant(out, recorder_.options().device);
      return true;
    case TypeKind::ListType:
      return MatchList(value, type->castRaw<c10::ListType>()->getElementType(), n, out);
    default:
      return false;
  }
}

std::string GivenText(Evaluator& ev, const CallArgs& args) {
  std::vector<std::string> given;
  for (const Value& value : args.args) given.emplace_back(ev.TypeName(value));
  for (const Keyword& keyword : args.kwargs) {
    given.push_back(absl::StrCat(keyword.name, "=", ev.TypeName(keyword.value)));
  }
  return absl::StrCat("(", absl::StrJoin(given, ", "), ")");
}

std::string OverloadsText(const OperatorFamily& family) {
  std::vector<std::string> shown;
  for (const auto& op : family.overloads()) {
    if (shown.size() == kMaxOverloadsShown) {
      shown.emplace_back("...");
      break;
    }
    std::vector<std::string> parameters;
    bool keywords = false;
    for (const c10::Argument& parameter : op->schema().arguments()) {
      if (parameter.kwarg_only() && !keywords) {
        parameters.emplace_back("*");
        keywords = true;
      }
      parameters.push_back(absl::StrCat(parameter.real_type()->str(), " ", parameter.name()));
    }
    shown.push_back(absl::StrCat("(", absl::StrJoin(parameters, ", "), ")"));
  }
  return absl::StrJoin(shown, " or ");
}

}  // namespace

BoundCall BindArguments(Evaluator& ev, Recorder& recorder, const OperatorFamily& family,
                        const CallArgs& args, bool method) {
  Binder binder(ev, recorder, args, method);
  BoundCall best;
  std::optional<int> best_cost;
  std::vector<BoundArg> bound;
  for (const auto& op : family.overloads()) {
    const std::optional<int> cost = binder.Bind(op->schema(), &bound);
    if (!cost || (best_cost && *best_cost <= *cost)) continue;
    best_cost = cost;
    best = {op, std::move(bound)};
  }
  if (!best_cost) {
    ev.Raise(python::ErrorKind::kTypeError,
             absl::StrCat(family.name(), "() got ", GivenText(ev, args), ", but takes ",
                          OverloadsText(family)));
  }
  return best;
}

}  // namespace graft::models::architecture
