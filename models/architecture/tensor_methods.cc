#include "models/architecture/tensor_methods.h"

#include <ATen/ATen.h>

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/architecture/operator_call.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/tensor_literal.h"
#include "models/architecture/torch_error_at_line.h"
#include "models/python/native_args.h"

namespace graft::models::architecture {
namespace {

using python::CallArgs;
using python::Evaluator;
using python::NativeArgs;
using python::Value;

// What every method gets: the tensor is the first of the arguments.
struct Context {
  Evaluator& ev;
  Recorder& recorder;
  TensorObject& self;
  CallArgs& args;
};
using Method = Value (*)(Context& c);

Value Call(Context& c, absl::string_view name, CallArgs args) {
  return CallOperator(c.ev, c.recorder, name, std::move(args), CallStyle::kMethod);
}

// --- Sizes
// ----------------------------------------------------------------------------------------

Value Size(Context& c) {
  NativeArgs a(c.ev, "size", c.args, {"self", "dim"}, 1);
  if (!a.Has(1) || a[1].IsNone()) return c.self.Shape(c.ev);
  return c.self.SizeOf(c.ev, c.ev.ToInt(a[1], "dim"));
}

Value Dim(Context& c) { return Value::Int(c.self.data().meta[0].dim()); }

Value NumElements(Context& c) {
  const TensorData& data = c.self.data();
  const std::array<int64_t, 2> numbers = {data.meta[0].numel(), data.meta[1].numel()};
  if (numbers[0] == numbers[1]) return Value::Int(numbers[0]);
  torch::jit::Value* value = c.recorder
                                 .Emit(c.ev, c10::Symbol::fromQualString("aten::numel"),
                                       {data.value}, {c10::IntType::get()})
                                 ->output();
  return MakeInt(c.ev, c.recorder, numbers, value);
}

Value Stride(Context& c) {
  NativeArgs a(c.ev, "stride", c.args, {"self", "dim"}, 1);
  const auto& meta = c.self.data().meta;
  std::vector<Value> strides;
  for (int64_t i = 0; i < meta[0].dim(); ++i) {
    if (meta[0].stride(i) != meta[1].stride(i)) {
      c.ev.RaiseNotSupported("a stride that depends on the number of agents");
    }
    strides.push_back(Value::Int(meta[0].stride(i)));
  }
  if (!a.Has(1)) return c.ev.Tuple(std::move(strides));
  return c.ev.GetItem(c.ev.Tuple(std::move(strides)), a[1]);
}

Value ElementSize(Context& c) {
  return Value::Int(static_cast<int64_t>(c10::elementSize(c.self.data().dtype())));
}

Value IsContiguous(Context& c) {
  NativeArgs a(c.ev, "is_contiguous", c.args, {"self", "memory_format"}, 1);
  auto* format = a[1].As<MemoryFormatObject>();
  return Value::Bool(c.self.data().meta[0].is_contiguous(
      format == nullptr ? c10::MemoryFormat::Contiguous : format->format));
}

Value IsFloatingPoint(Context& c) {
  return Value::Bool(c10::isFloatingType(c.self.data().dtype()));
}
Value IsComplex(Context& c) { return Value::Bool(c10::isComplexType(c.self.data().dtype())); }
Value IsSigned(Context& c) {
  const c10::ScalarType type = c.self.data().dtype();
  return Value::Bool(type != at::kBool && c10::isSignedType(type));
}

// --- Elements
// -------------------------------------------------------------------------------------

Value Item(Context& c) { return c.self.Item(c.ev, "item()"); }
Value List(Context& c) { return ToList(c.ev, c.self); }

// --- Kinds and places
// -----------------------------------------------------------------------------

Value Converted(Context& c, c10::ScalarType type) {
  if (c.self.data().dtype() == type) return &c.self;
  return Call(c, "to", {{&c.self, c.recorder.types(c.ev).DType(type)}});
}

// x.to(dtype), x.to(device, dtype), x.to(other), by position or keyword. Devices are all the same
// one.
Value To(Context& c) {
  std::optional<c10::ScalarType> type;
  const Value copy = c.args.Take("copy").value_or(Value::Bool(false));
  const Value format = c.args.Take("memory_format").value_or(Value::None());
  c.args.Take("non_blocking");
  c.args.Take("device");
  size_t flags = 0;  // non_blocking and copy, by position
  const auto read = [&](Value given) {
    if (const std::optional<c10::ScalarType> named = AsScalarType(c.ev, given)) {
      type = named;
    } else if (auto* other = given.As<TensorObject>()) {
      type = other->data().dtype();
    } else if (given.IsBool() && flags < 2) {
      ++flags;
    } else if (!given.IsNone() && !given.IsInt() && given.As<DeviceObject>() == nullptr &&
               given.As<python::StrObject>() == nullptr) {
      c.ev.Raise(
          python::ErrorKind::kTypeError,
          absl::StrCat("to() takes a dtype, a device or a tensor, not ", c.ev.TypeName(given)));
    }
  };
  for (size_t i = 1; i < c.args.args.size(); ++i) read(c.args.args[i]);
  for (absl::string_view name : {"dtype", "other"}) {
    if (const std::optional<Value> given = c.args.Take(name)) read(*given);
  }
  if (!c.args.kwargs.empty()) {
    c.ev.Raise(python::ErrorKind::kTypeError, absl::StrCat("to() got an unexpected keyword "
                                                           "argument '",
                                                           c.args.kwargs[0].name, "'"));
  }
  Value result = Converted(c, type.value_or(c.self.data().dtype()));
  if (!format.IsNone() && format.As<MemoryFormatObject>() != nullptr &&
      format.As<MemoryFormatObject>()->format != c10::MemoryFormat::Preserve) {
    result = Call(c, "contiguous", {{result}, {{"memory_format", format}}});
  }
  if (c.ev.Truth(copy) && result.Is(&c.self)) result = Call(c, "clone", {{&c.self}});
  return result;
}

constexpr std::pair<c10::ScalarType, absl::string_view> kTypeNames[] = {
    {at::kFloat, "FloatTensor"},       {at::kDouble, "DoubleTensor"}, {at::kHalf, "HalfTensor"},
    {at::kBFloat16, "BFloat16Tensor"}, {at::kByte, "ByteTensor"},     {at::kChar, "CharTensor"},
    {at::kShort, "ShortTensor"},       {at::kInt, "IntTensor"},       {at::kLong, "LongTensor"},
    {at::kBool, "BoolTensor"},
};

// x.type(): "torch.FloatTensor"; x.type(dtype or such a name): converted.
Value Type(Context& c) {
  NativeArgs a(c.ev, "type", c.args, {"self", "dtype", "non_blocking"}, 1);
  const bool cuda = c.recorder.options().device.is_cuda();
  if (!a.Has(1) || a[1].IsNone()) {
    for (const auto& [type, name] : kTypeNames) {
      if (type == c.self.data().dtype()) {
        return c.ev.Str(absl::StrCat(cuda ? "torch.cuda." : "torch.", name));
      }
    }
    return c.ev.Str("torch.Tensor");
  }
  if (const std::optional<c10::ScalarType> type = AsScalarType(c.ev, a[1])) {
    return Converted(c, *type);
  }
  const std::string given = c.ev.ToText(a[1], "dtype");
  absl::string_view wanted = given;
  absl::ConsumePrefix(&wanted, "torch.");
  absl::ConsumePrefix(&wanted, "cuda.");
  for (const auto& [type, name] : kTypeNames) {
    if (name == wanted) return Converted(c, type);
  }
  c.ev.Raise(python::ErrorKind::kValueError, absl::StrCat("invalid type: '", given, "'"));
}

template <c10::ScalarType type>
Value As(Context& c) {
  return Converted(c, type);
}

Value Itself(Context& c) { return &c.self; }

Value Detached(Context& c) { return c.recorder.NewTensor(c.ev, c.self.shared_data()); }

Value RequiresGrad(Context& c) {
  NativeArgs a(c.ev, "requires_grad_", c.args, {"self", "requires_grad"}, 1);
  c.self.set_requires_grad(!a.Has(1) || c.ev.Truth(a[1]));
  return &c.self;
}

Value GetDevice(Context& c) {
  const c10::Device device = c.recorder.options().device;
  return Value::Int(device.is_cpu() ? -1 : device.index());
}

// --- Copies and makers
// ----------------------------------------------------------------------------

Value Clone(Context& c) {
  if (IsTraced(c.ev, c.recorder, c.self.data())) return Call(c, "clone", c.args);
  return c.recorder.NewTensor(c.ev, CopyConstant(c.ev, c.recorder, c.self.data()));
}

Value DeepCopy(Context& c) {
  if (IsTraced(c.ev, c.recorder, c.self.data())) return Call(c, "clone", {{&c.self}});
  auto* copy = c.ev.heap().New<TensorObject>(c.ev, &c.recorder, c.self.Class(c.ev),
                                             CopyConstant(c.ev, c.recorder, c.self.data()));
  copy->set_requires_grad(c.self.requires_grad());
  return copy;
}

Value NewTensor(Context& c) {
  const std::optional<Value> dtype = c.args.Take("dtype");
  c.args.Take("device");
  c.args.Take("requires_grad");
  NativeArgs a(c.ev, "new_tensor", c.args, {"self", "data"}, 2);
  const std::optional<c10::ScalarType> type =
      dtype ? AsScalarType(c.ev, *dtype) : std::optional(c.self.data().dtype());
  return MakeTensor(c.ev, c.recorder, a[1], type);
}

// norm(p="fro", dim=None, keepdim=False, dtype=None): aten has no default for p beside dim.
Value Norm(Context& c) {
  NativeArgs a(c.ev, "norm", c.args, {"self", "p", "dim", "keepdim", "dtype"}, 1);
  Value p = a.Has(1) ? a[1] : Value::Int(2);
  if (auto* text = p.As<python::StrObject>()) {
    if (text->text != "fro") c.ev.RaiseNotSupported("this norm", "torch.linalg.norm");
    p = Value::Int(2);
  }
  const Value type = a.Has(4) ? a[4] : Value::None();
  Value self = &c.self;
  if (!type.IsNone()) self = Call(c, "to", {{self, type}});
  if (!a.Has(2) || a[2].IsNone()) return Call(c, "norm", {{self, p}});
  return Call(c, "norm", {{self, p, a[2], a.Has(3) ? a[3] : Value::Bool(false)}});
}

// --- What a recorded network cannot do
// ------------------------------------------------------------

Value Refuse(Context& c, absl::string_view what, absl::string_view instead) {
  c.ev.RaiseNotSupported(what, instead);
}
// Of what depends on no input; the recorder refuses the rest.
Value ToNumpy(Context& c) {
  if (IsTraced(c.ev, c.recorder, c.self.data())) {
    return Refuse(c, "numpy() of a tensor that depends on the inputs",
                  "forward becomes a graph of torch's operators; write those");
  }
  return c.ev.CallMethod(c.ev.ImportModule("numpy"), "asarray", {&c.self});
}
Value RefuseMemory(Context& c) {
  return Refuse(c, "the memory of a tensor", "operations of torch");
}
Value RefuseSet(Context& c) {
  return Refuse(c, "giving a tensor other memory or another size in place", "an assignment");
}
Value RefuseBackward(Context& c) {
  return Refuse(c, "training (backward) within a model that runs", "forward alone");
}
Value RefuseApply(Context& c) {
  return Refuse(c, "a Python function for each element", "operations on the whole tensor");
}

const absl::flat_hash_map<absl::string_view, Method>& Methods() {
  static const auto* const methods = new absl::flat_hash_map<absl::string_view, Method>{
      {"size", Size},
      {"dim", Dim},
      {"ndimension", Dim},
      {"numel", NumElements},
      {"nelement", NumElements},
      {"stride", Stride},
      {"element_size", ElementSize},
      {"is_contiguous", IsContiguous},
      {"is_floating_point", IsFloatingPoint},
      {"is_complex", IsComplex},
      {"is_signed", IsSigned},
      {"item", Item},
      {"tolist", List},
      {"to", To},
      {"type", Type},
      {"float", As<at::kFloat>},
      {"double", As<at::kDouble>},
      {"half", As<at::kHalf>},
      {"bfloat16", As<at::kBFloat16>},
      {"int", As<at::kInt>},
      {"long", As<at::kLong>},
      {"short", As<at::kShort>},
      {"char", As<at::kChar>},
      {"byte", As<at::kByte>},
      {"bool", As<at::kBool>},
      {"cpu", Itself},
      {"cuda", Itself},
      {"pin_memory", Itself},
      {"share_memory_", Itself},
      {"detach", Detached},
      {"detach_", Itself},
      {"retain_grad", [](Context&) { return Value::None(); }},
      {"register_hook", [](Context&) { return Value::None(); }},
      {"record_stream", [](Context&) { return Value::None(); }},
      {"requires_grad_", RequiresGrad},
      {"get_device", GetDevice},
      {"clone", Clone},
      {"__deepcopy__", DeepCopy},
      {"new_tensor", NewTensor},
      {"norm", Norm},
      {"numpy", ToNumpy},
      {"data_ptr", RefuseMemory},
      {"storage", RefuseMemory},
      {"untyped_storage", RefuseMemory},
      {"set_", RefuseSet},
      {"resize_", RefuseSet},
      {"resize_as_", RefuseSet},
      {"backward", RefuseBackward},
      {"apply_", RefuseApply},
      {"map_", RefuseApply},
  };
  return *methods;
}

}  // namespace

python::NativeFunction::Body PythonMethod(Recorder& recorder, absl::string_view name) {
  const auto found = Methods().find(name);
  if (found == Methods().end()) return nullptr;
  return [&recorder, method = found->second](Evaluator& ev, CallArgs& args) {
    auto* self = args.args.empty() ? nullptr : args.args[0].As<TensorObject>();
    if (self == nullptr) {
      ev.Raise(python::ErrorKind::kTypeError, "a method of Tensor was called without a tensor");
    }
    Context context{ev, recorder, *self, args};
    return method(context);
  };
}

}  // namespace graft::models::architecture
