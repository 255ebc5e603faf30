#include "models/architecture/graft_module.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/architecture/initialisers.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/symbolic_float.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/tensor_literal.h"
#include "models/python/native_args.h"

namespace graft::models::architecture {
namespace {

using python::CallArgs;
using python::ClassObject;
using python::ErrorKind;
using python::Evaluator;
using python::ModuleObject;
using python::NativeArgs;
using python::Value;

TensorObject& AsTensor(Evaluator& ev, Value value, absl::string_view function) {
  auto* tensor = value.As<TensorObject>();
  if (tensor == nullptr) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(function, " takes a tensor, not ", ev.TypeName(value)));
  }
  return *tensor;
}

c10::ScalarType RequiredScalarType(Evaluator& ev, Value value, absl::string_view function) {
  const std::optional<c10::ScalarType> type = AsScalarType(ev, value);
  if (!type) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(function, " takes a torch.dtype, not ", ev.TypeName(value)));
  }
  return *type;
}

class GraftModule {
 public:
  GraftModule(Evaluator& ev, Recorder& recorder, ModuleObject* module)
      : ev_(ev), recorder_(recorder), module_(module) {}

  void Fill() {
    const TorchTypes& types = recorder_.types(ev_);
    module_->globals["Tensor"] = types.tensor;
    module_->globals["Parameter"] = types.parameter;
    module_->globals["Size"] = types.size;
    module_->globals["device"] = types.device;
    DefineTensors();
    DefineKinds();
    DefineInitialisers();
  }

 private:
  void Add(absl::string_view name, python::NativeFunction::Body body) {
    module_->globals[name] = ev_.Native(name, std::move(body));
  }
  // A function that looks up a name.
  template <typename Find>
  void AddNamed(absl::string_view function, Find find) {
    Add(function, [find, function = std::string(function)](Evaluator& ev, CallArgs& args) {
      NativeArgs a(ev, function, args, {"name"}, 1);
      const std::string name = ev.ToText(a[0], "name");
      const std::optional<Value> found = find(name);
      if (!found) {
        ev.Raise(ErrorKind::kAttributeError,
                 absl::StrCat("torch has no ", function, " '", name, "'"));
      }
      return *found;
    });
  }
  void DefineTensors();
  void DefineKinds();
  void DefineInitialisers();

  Evaluator& ev_;
  Recorder& recorder_;
  ModuleObject* module_;
};

void GraftModule::DefineTensors() {
  Recorder& recorder = recorder_;
  Add("op", [&recorder](Evaluator& ev, CallArgs& args) -> Value {
    NativeArgs a(ev, "op", args, {"name"}, 1);
    const std::string name = ev.ToText(a[0], "name");
    if (recorder.Family(name).empty()) return Value::None();
    return ev.Native(name, [&recorder, name](Evaluator& at, CallArgs& given) {
      return CallOperator(at, recorder, name, std::move(given));
    });
  });
  Add("tensor", [&recorder](Evaluator& ev, CallArgs& args) {
    const std::optional<Value> requires_grad = args.Take("requires_grad");
    args.Take("pin_memory");
    NativeArgs a(ev, "tensor", args, {"data", "dtype", "device"}, 1);
    std::optional<c10::ScalarType> type;
    if (!a[1].IsNone()) type = RequiredScalarType(ev, a[1], "tensor()");
    const Value made = MakeTensor(ev, recorder, a[0], type);
    if (requires_grad) made.As<TensorObject>()->set_requires_grad(ev.Truth(*requires_grad));
    return made;
  });
  Add("is_recording", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "is_recording", args, {}, 0);
    return Value::Bool(recorder.recording());
  });
  Add("is_tensor", [](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "is_tensor", args, {"obj"}, 1);
    return Value::Bool(a[0].As<TensorObject>() != nullptr);
  });
  Add("refused_if_used", [&recorder](Evaluator& ev, CallArgs& args) {
    const NativeArgs a(ev, "refused_if_used", args, {"tensor", "what", "instead"}, 3);
    auto* tensor = a[0].As<TensorObject>();
    const std::string what = ev.ToText(a[1], "what");
    const std::string instead = ev.ToText(a[2], "instead");
    if (tensor == nullptr || !IsTraced(ev, recorder, tensor->data())) {
      ev.RaiseNotSupported(what, instead);
    }
    recorder.RefuseIfUsed(ev, tensor->data(), what, instead);
    return a[0];
  });
  Add("call_module", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "call_module", args, {"module", "args", "kwargs"}, 3);
    CallArgs given{ev.ToVector(a[1])};
    if (auto* kwargs = a[2].As<python::DictObject>()) {
      for (const auto& [key, value] : kwargs->Items()) {
        given.kwargs.push_back({ev.ToText(key, "a keyword"), value});
      }
    }
    return recorder.module_calls().Call(ev, a[0], std::move(given));
  });
}

void GraftModule::DefineKinds() {
  const TorchTypes* types = &recorder_.types(ev_);
  AddNamed("dtype", [types](absl::string_view name) { return types->DTypeNamed(name); });
  AddNamed("layout", [types](absl::string_view name) { return types->LayoutNamed(name); });
  AddNamed("memory_format",
           [types](absl::string_view name) { return types->MemoryFormatNamed(name); });
  Add("finfo", [types](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "finfo", args, {"type"}, 0);
    return FloatLimits(ev, *types,
                       a.Has(0) ? RequiredScalarType(ev, a[0], "finfo()") : c10::ScalarType::Float);
  });
  Add("iinfo", [types](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "iinfo", args, {"type"}, 1);
    return IntLimits(ev, *types, RequiredScalarType(ev, a[0], "iinfo()"));
  });
}

void GraftModule::DefineInitialisers() {
  Recorder& recorder = recorder_;
  Add("manual_seed", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "manual_seed", args, {"seed"}, 1);
    recorder.SetSeed(static_cast<uint64_t>(ev.ToInt(a[0], "seed")));
    return Value::None();
  });
  Add("trunc_normal_", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "trunc_normal_", args, {"tensor", "mean", "std", "a", "b"}, 1);
    const auto number = [&](size_t i, double otherwise) {
      return a.Has(i) ? ev.ToFloat(a[i], "a number") : otherwise;
    };
    return TruncatedNormal(ev, recorder, AsTensor(ev, a[0], "trunc_normal_()"), number(1, 0),
                           number(2, 1), number(3, -2), number(4, 2));
  });
  Add("orthogonal_", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "orthogonal_", args, {"tensor", "gain"}, 1);
    return Initialise(ev, recorder, AsTensor(ev, a[0], "orthogonal_()"), "orthogonal_",
                      {a.Has(1) ? ev.ToFloat(a[1], "gain") : 1.0});
  });
  Add("sparse_", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "sparse_", args, {"tensor", "sparsity", "std"}, 2);
    return Initialise(ev, recorder, AsTensor(ev, a[0], "sparse_()"), "sparse_",
                      {ev.ToFloat(a[1], "sparsity"), a.Has(2) ? ev.ToFloat(a[2], "std") : 0.01});
  });
  Add("dirac_", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "dirac_", args, {"tensor", "groups"}, 1);
    const int64_t groups = a.Has(1) ? ev.ToInt(a[1], "groups") : 1;
    return Initialise(ev, recorder, AsTensor(ev, a[0], "dirac_()"), "dirac_",
                      {static_cast<double>(groups)});
  });
  Add("eye_", [&recorder](Evaluator& ev, CallArgs& args) {
    NativeArgs a(ev, "eye_", args, {"tensor"}, 1);
    return Initialise(ev, recorder, AsTensor(ev, a[0], "eye_()"), "eye_", {});
  });
}

// A built-in class that takes more than it did: `convert` first, and what it was if that gives
// nothing.
void Widen(ClassObject* cls,
           std::function<std::optional<Value>(Evaluator& ev, const CallArgs& args)> convert) {
  cls->make = [before = cls->make, convert = std::move(convert)](Evaluator& ev, ClassObject* made,
                                                                 CallArgs& args) {
    if (const std::optional<Value> converted = convert(ev, args)) return *converted;
    return before(ev, made, args);
  };
}

void WidenBuiltIns(Evaluator& ev) {
  // int(x.shape[0]) is still what depends on the number of agents.
  Widen(ev.classes().int_, [](Evaluator& at, const CallArgs& args) -> std::optional<Value> {
    if (args.args.size() != 1) return std::nullopt;
    if (args.args[0].As<SymbolicInt>() != nullptr) return args.args[0];
    if (auto* symbol = args.args[0].As<SymbolicFloat>()) return symbol->ToInt(at);
    auto* tensor = args.args[0].As<TensorObject>();
    if (tensor == nullptr) return std::nullopt;
    const Value item = tensor->Item(at, "int()");
    if (item.IsFloat()) return Value::Int(static_cast<int64_t>(item.AsFloat()));
    return Value::Int(item.AsInt());
  });
  Widen(ev.classes().float_, [](Evaluator& at, const CallArgs& args) -> std::optional<Value> {
    if (args.args.size() != 1) return std::nullopt;
    if (auto* symbol = args.args[0].As<SymbolicInt>()) return MakeFloat(at, symbol);
    if (args.args[0].As<SymbolicFloat>() != nullptr) return args.args[0];
    auto* tensor = args.args[0].As<TensorObject>();
    if (tensor == nullptr) return std::nullopt;
    const Value item = tensor->Item(at, "float()");
    return Value::Float(item.IsFloat() ? item.AsFloat() : static_cast<double>(item.AsInt()));
  });
  const Value length = ev.builtins()["len"];
  ev.builtins()["len"] = ev.Native("len", [length](Evaluator& at, CallArgs& args) {
    auto* tensor = args.args.size() == 1 ? args.args[0].As<TensorObject>() : nullptr;
    if (tensor != nullptr && tensor->data().meta[0].dim() > 0) return tensor->SizeOf(at, 0);
    return at.Call(length, args);
  });
}

}  // namespace

void DefineGraftModule(Evaluator& ev, Recorder& recorder) {
  ev.DefineModule("_graft", [&recorder](Evaluator& at, ModuleObject* module) {
    WidenBuiltIns(at);
    GraftModule(at, recorder, module).Fill();
  });
}

}  // namespace graft::models::architecture
