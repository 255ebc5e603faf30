#include "models/architecture/torch_types.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/recorder.h"
#include "models/architecture/tensor_class.h"
#include "models/python/native_args.h"

namespace graft::models::architecture {
namespace {

using python::CallArgs;
using python::ClassObject;
using python::Evaluator;
using python::NativeArgs;
using python::Value;

struct DTypeName {
  c10::ScalarType type;
  absl::string_view name;
  absl::string_view other_name;  // "" or a second name
};

constexpr DTypeName kDTypes[] = {
    {c10::ScalarType::Float, "float32", "float"},
    {c10::ScalarType::Double, "float64", "double"},
    {c10::ScalarType::Half, "float16", "half"},
    {c10::ScalarType::BFloat16, "bfloat16", ""},
    {c10::ScalarType::Byte, "uint8", ""},
    {c10::ScalarType::Char, "int8", ""},
    {c10::ScalarType::Short, "int16", "short"},
    {c10::ScalarType::Int, "int32", "int"},
    {c10::ScalarType::Long, "int64", "long"},
    {c10::ScalarType::Bool, "bool", ""},
    {c10::ScalarType::UInt16, "uint16", ""},
    {c10::ScalarType::UInt32, "uint32", ""},
    {c10::ScalarType::UInt64, "uint64", ""},
    {c10::ScalarType::ComplexHalf, "complex32", "chalf"},
    {c10::ScalarType::ComplexFloat, "complex64", "cfloat"},
    {c10::ScalarType::ComplexDouble, "complex128", "cdouble"},
    {c10::ScalarType::Float8_e4m3fn, "float8_e4m3fn", ""},
    {c10::ScalarType::Float8_e5m2, "float8_e5m2", ""},
    {c10::ScalarType::Float8_e4m3fnuz, "float8_e4m3fnuz", ""},
    {c10::ScalarType::Float8_e5m2fnuz, "float8_e5m2fnuz", ""},
    {c10::ScalarType::QInt8, "qint8", ""},
    {c10::ScalarType::QUInt8, "quint8", ""},
    {c10::ScalarType::QInt32, "qint32", ""},
    {c10::ScalarType::QUInt4x2, "quint4x2", ""},
    {c10::ScalarType::QUInt2x4, "quint2x4", ""},
};

constexpr std::pair<c10::Layout, absl::string_view> kLayouts[] = {
    {c10::Layout::Strided, "strided"},
    {c10::Layout::Sparse, "sparse_coo"},
    {c10::Layout::SparseCsr, "sparse_csr"},
};

constexpr std::pair<c10::MemoryFormat, absl::string_view> kMemoryFormats[] = {
    {c10::MemoryFormat::Contiguous, "contiguous_format"},
    {c10::MemoryFormat::Preserve, "preserve_format"},
    {c10::MemoryFormat::ChannelsLast, "channels_last"},
    {c10::MemoryFormat::ChannelsLast3d, "channels_last_3d"},
};

size_t Address(const python::Object* object) { return reinterpret_cast<size_t>(object); }

// What finfo and iinfo answer: an instance with these attributes.
Value Limits(Evaluator& ev, const TorchTypes& types, c10::ScalarType type,
             std::initializer_list<std::pair<absl::string_view, Value>> attributes) {
  auto* limits = ev.heap().New<python::InstanceObject>(ev, types.number_limits);
  limits->SetOwn("bits", Value::Int(static_cast<int64_t>(c10::elementSize(type) * 8)));
  limits->SetOwn("dtype", ev.Str(ScalarTypeName(type)));
  for (const auto& [name, value] : attributes) limits->SetOwn(name, value);
  return limits;
}

template <typename T>
Value FloatLimitsOf(Evaluator& ev, const TorchTypes& types, c10::ScalarType type) {
  using L = std::numeric_limits<T>;
  const auto number = [](T v) { return Value::Float(static_cast<double>(v)); };
  const double resolution = std::pow(10.0, -static_cast<double>(L::digits10));
  return Limits(ev, types, type,
                {{"min", number(L::lowest())},
                 {"max", number(L::max())},
                 {"eps", number(L::epsilon())},
                 {"tiny", number(L::min())},
                 {"smallest_normal", number(L::min())},
                 {"resolution", Value::Float(resolution)}});
}

template <typename T>
Value IntLimitsOf(Evaluator& ev, const TorchTypes& types, c10::ScalarType type) {
  return Limits(ev, types, type,
                {{"min", Value::Int(std::numeric_limits<T>::min())},
                 {"max", Value::Int(std::numeric_limits<T>::max())}});
}

}  // namespace

absl::string_view ScalarTypeName(c10::ScalarType type) {
  for (const DTypeName& known : kDTypes) {
    if (known.type == type) return known.name;
  }
  return "";
}

// --- Objects ------------------------------------------------------------------------------------

std::optional<Value> DTypeObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "is_floating_point") return Value::Bool(c10::isFloatingType(type));
  if (name == "is_complex") return Value::Bool(c10::isComplexType(type));
  if (name == "is_signed") {
    return Value::Bool(type != c10::ScalarType::Bool && c10::isSignedType(type));
  }
  if (name == "itemsize") return Value::Int(static_cast<int64_t>(c10::elementSize(type)));
  if (name == "__name__") return Value(ev.Str(ScalarTypeName(type)));
  return std::nullopt;
}

std::string DTypeObject::Repr(Evaluator&) { return absl::StrCat("torch.", ScalarTypeName(type)); }
std::optional<size_t> DTypeObject::Hash(Evaluator&) { return Address(this); }

std::optional<Value> DeviceObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "type") {
    return Value(ev.Str(c10::DeviceTypeName(device.type(), /*lower_case=*/true)));
  }
  if (name == "index") return device.has_index() ? Value::Int(device.index()) : Value::None();
  return std::nullopt;
}

std::optional<Value> DeviceObject::Compare(Evaluator&, python::CompareOp op, Value other) {
  auto* that = other.As<DeviceObject>();
  const bool same = that != nullptr && that->device == device;
  if (op == python::CompareOp::kEq) return Value::Bool(same);
  if (op == python::CompareOp::kNotEq) return Value::Bool(!same);
  return std::nullopt;
}

std::string DeviceObject::Repr(Evaluator&) {
  const std::string type = c10::DeviceTypeName(device.type(), /*lower_case=*/true);
  return absl::StrCat("device(type='", type, "'",
                      device.has_index() ? absl::StrCat(", index=", device.index()) : "", ")");
}

std::optional<size_t> DeviceObject::Hash(Evaluator&) { return std::hash<c10::Device>()(device); }
std::optional<size_t> LayoutObject::Hash(Evaluator&) { return Address(this); }
std::optional<size_t> MemoryFormatObject::Hash(Evaluator&) { return Address(this); }

// --- The classes --------------------------------------------------------------------------------

void TorchTypes::Define(Evaluator& ev, Recorder& recorder) {
  const auto native_class = [&](absl::string_view name, std::vector<ClassObject*> bases) {
    ClassObject* cls = ev.NewClass(name, std::move(bases));
    cls->module = "torch";
    return cls;
  };
  ClassObject* object = ev.classes().object;
  tensor = native_class("Tensor", {object});
  parameter = native_class("Parameter", {tensor});
  size = native_class("Size", {ev.classes().tuple});
  dtype = native_class("dtype", {object});
  device = native_class("device", {object});
  layout = native_class("layout", {object});
  memory_format = native_class("memory_format", {object});
  number_limits = native_class("finfo", {object});
  DefineTensorClasses(ev, recorder, *this);

  for (const DTypeName& known : kDTypes) {
    dtypes_[known.type] = ev.heap().New<DTypeObject>(ev, dtype, known.type);
  }
  for (const auto& [value, name] : kLayouts) {
    layouts_[name] = ev.heap().New<LayoutObject>(ev, layout, std::string(name), value);
  }
  for (const auto& [value, name] : kMemoryFormats) {
    memory_formats_[name] =
        ev.heap().New<MemoryFormatObject>(ev, memory_format, std::string(name), value);
  }
  // Whatever the code names: tensors are on the recorder's device.
  device->make = [this](Evaluator& at, ClassObject*, CallArgs& args) {
    NativeArgs(at, "device", args, {"device", "index"}, 1);
    return target_device_;
  };
  target_device_ = ev.heap().New<DeviceObject>(ev, device, recorder.options().device);
  // with torch.device("cuda"): what is made in there is on the recorder's device anyway.
  ev.AddMethod(device, "__enter__", [](Evaluator& at, CallArgs& args) {
    return NativeArgs(at, "__enter__", args, {""}, 1)[0];
  });
  ev.AddMethod(device, "__exit__", [](Evaluator&, CallArgs&) { return Value::Bool(false); });
}

Value TorchTypes::DType(c10::ScalarType type) const {
  const auto found = dtypes_.find(type);
  return found == dtypes_.end() ? Value::None() : found->second;
}

std::optional<Value> TorchTypes::DTypeNamed(absl::string_view name) const {
  for (const DTypeName& known : kDTypes) {
    if (name == known.name || (!known.other_name.empty() && name == known.other_name)) {
      return DType(known.type);
    }
  }
  return std::nullopt;
}

std::optional<Value> TorchTypes::LayoutNamed(absl::string_view name) const {
  const auto found = layouts_.find(name);
  if (found == layouts_.end()) return std::nullopt;
  return found->second;
}

std::optional<Value> TorchTypes::MemoryFormatNamed(absl::string_view name) const {
  const auto found = memory_formats_.find(name);
  if (found == memory_formats_.end()) return std::nullopt;
  return found->second;
}

Value TorchTypes::Size(Evaluator& ev, std::vector<Value> sizes) const {
  return ev.heap().New<python::TupleObject>(ev, size, std::move(sizes));
}

std::optional<c10::ScalarType> AsScalarType(Evaluator& ev, Value value) {
  if (auto* dtype = value.As<DTypeObject>()) return dtype->type;
  if (auto* cls = value.As<ClassObject>()) {
    if (cls == ev.classes().float_) return c10::ScalarType::Double;
    if (cls == ev.classes().int_) return c10::ScalarType::Long;
    if (cls == ev.classes().bool_) return c10::ScalarType::Bool;
  }
  return std::nullopt;
}

Value FloatLimits(Evaluator& ev, const TorchTypes& types, c10::ScalarType type) {
  switch (type) {
    case c10::ScalarType::Double:
      return FloatLimitsOf<double>(ev, types, type);
    case c10::ScalarType::Float:
      return FloatLimitsOf<float>(ev, types, type);
    case c10::ScalarType::Half:
      return FloatLimitsOf<c10::Half>(ev, types, type);
    case c10::ScalarType::BFloat16:
      return FloatLimitsOf<c10::BFloat16>(ev, types, type);
    default:
      ev.Raise(python::ErrorKind::kTypeError,
               absl::StrCat("torch.finfo() requires a floating point type, not torch.",
                            ScalarTypeName(type)));
  }
}

Value IntLimits(Evaluator& ev, const TorchTypes& types, c10::ScalarType type) {
  switch (type) {
    case c10::ScalarType::Byte:
      return IntLimitsOf<uint8_t>(ev, types, type);
    case c10::ScalarType::Char:
      return IntLimitsOf<int8_t>(ev, types, type);
    case c10::ScalarType::Short:
      return IntLimitsOf<int16_t>(ev, types, type);
    case c10::ScalarType::Int:
      return IntLimitsOf<int32_t>(ev, types, type);
    case c10::ScalarType::Long:
      return IntLimitsOf<int64_t>(ev, types, type);
    default:
      ev.Raise(
          python::ErrorKind::kTypeError,
          absl::StrCat("torch.iinfo() requires an integer type, not torch.", ScalarTypeName(type)));
  }
}

}  // namespace graft::models::architecture
