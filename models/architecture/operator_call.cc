#include "models/architecture/operator_call.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/architecture/argument_binding.h"
#include "models/architecture/call_execution.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/torch_error_at_line.h"

namespace graft::models::architecture {
namespace {

using python::CallArgs;
using python::ErrorKind;
using python::Evaluator;
using python::Value;
using torch::jit::Stack;

// --- What is said about operators
// -----------------------------------------------------------------

// Their outputs' sizes or values depend on elements, which a graph of fixed shapes cannot follow;
// and what to write instead.
const absl::flat_hash_map<absl::string_view, absl::string_view>& DependentOnElements() {
  constexpr absl::string_view kMask = "torch.where, or a multiplication with the mask";
  constexpr absl::string_view kCondition = "torch.where on tensors";
  static const auto* const names = new absl::flat_hash_map<absl::string_view, absl::string_view>{
      {"nonzero", kMask},
      {"nonzero_numpy", kMask},
      {"argwhere", kMask},
      {"masked_select", kMask},
      {"unique", "topk or sort"},
      {"unique_consecutive", "topk or sort"},
      {"_unique", "topk or sort"},
      {"_unique2", "topk or sort"},
      {"unique_dim", "topk or sort"},
      {"bincount", "one_hot(...).sum(0)"},
      {"item", kCondition},
      {"_local_scalar_dense", kCondition},
      {"equal", kCondition},
      {"allclose", kCondition},
      {"is_nonzero", kCondition},
  };
  return *names;
}

// Makes a tensor from sizes: what it holds before fills, or nullopt.
struct Factory {
  double initial = 0;
  absl::string_view fill = {};  // an in-place operator that makes the elements; "": none
};
std::optional<Factory> AsFactory(absl::string_view name) {
  absl::ConsumePrefix(&name, "aten::");
  absl::ConsumePrefix(&name, "new_");
  absl::ConsumeSuffix(&name, "_like");
  if (name == "empty" || name == "zeros") return Factory{};
  if (name == "ones") return Factory{.initial = 1};
  if (name == "rand") return Factory{.fill = "uniform_"};
  if (name == "randn") return Factory{.fill = "normal_"};
  if (name == "full") return Factory{};
  return std::nullopt;
}

std::optional<size_t> IndexOf(const BoundCall& call, absl::string_view parameter) {
  const std::vector<c10::Argument>& parameters = call.schema().arguments();
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name() == parameter) return i;
  }
  return std::nullopt;
}

bool HasTensors(const BoundCall& call) {
  bool found = false;
  ForEachArg(call.args,
             [&](const BoundArg& arg) { found = found || arg.kind == BoundArg::Kind::kTensor; });
  return found;
}

std::vector<size_t> WrittenArguments(const BoundCall& call) {
  std::vector<size_t> written;
  const std::vector<c10::Argument>& parameters = call.schema().arguments();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const c10::AliasInfo* alias = parameters[i].alias_info();
    if (alias != nullptr && alias->isWrite()) written.push_back(i);
  }
  return written;
}

// The tensor whose memory the outputs may share, without being written.
std::optional<size_t> ViewedArgument(const BoundCall& call) {
  const std::vector<c10::Argument>& parameters = call.schema().arguments();
  for (size_t i = 0; i < parameters.size(); ++i) {
    const c10::AliasInfo* alias = parameters[i].alias_info();
    if (alias != nullptr && !alias->isWrite() && call.args[i].kind == BoundArg::Kind::kTensor) {
      return i;
    }
  }
  return std::nullopt;
}

// --- One call
// -------------------------------------------------------------------------------------

class OperatorCall {
 public:
  OperatorCall(Evaluator& ev, Recorder& recorder, std::shared_ptr<BoundCall> call)
      : ev_(ev), recorder_(recorder), call_(std::move(call)) {}

  Value Run() {
    FillDefaults();
    return DependsOnInputs() ? RunTraced() : RunConstant();
  }

 private:
  const c10::FunctionSchema& schema() const { return call_->schema(); }
  absl::string_view name() const {
    return absl::StripPrefix(absl::string_view(schema().name()), "aten::");
  }

  void FillDefaults();
  bool DependsOnInputs();

  Value RunConstant();
  std::optional<Value> MakePending();
  std::optional<Value> MakeView();
  bool WriteLater(size_t argument);
  void WriteNow(const std::vector<size_t>& written);
  void NoteShape(TensorData& target);
  Value WrapConstant(const Stack& outputs);
  Value WrapValue(const c10::IValue& value);

  Value RunTraced();
  std::optional<Value> SkipTraced();
  void RefuseDependentOnElements();
  bool HasFixedShape() const;
  void PrepareTracedWrite(const BoundArg& arg);
  std::array<Stack, 2> Shapes();
  bool CastToComputeType();
  Value WrapTraced(const std::array<Stack, 2>& shapes);
  Value NewTraced(torch::jit::Value* value, const at::Tensor& two, const at::Tensor& three);

  Value Results(std::vector<Value> values);
  Value Written(size_t argument) {
    BoundArg& arg = call_->args[argument];
    if (arg.object == nullptr) arg.object = recorder_.NewTensor(ev_, arg.tensor);
    return arg.object;
  }

  Evaluator& ev_;
  Recorder& recorder_;
  const std::shared_ptr<BoundCall> call_;
};

// What depends on process-wide defaults in LibTorch, said outright.
void OperatorCall::FillDefaults() {
  std::optional<size_t> dtype = IndexOf(*call_, "dtype");
  const bool makes_floats = name() == "zeros" || name() == "ones" || name() == "empty" ||
                            name() == "rand" || name() == "randn" || name() == "eye" ||
                            name() == "linspace" || name() == "logspace";
  const bool full = name() == "full";
  if (dtype && (makes_floats || full)) {
    c10::IValue& given = call_->args[*dtype].constant;
    if (given.isNone() && makes_floats) given = static_cast<int64_t>(at::kFloat);
    if (given.isNone() && full) {
      const c10::IValue& fill = call_->args[1].constant;
      if (fill.isDouble()) given = static_cast<int64_t>(at::kFloat);
      if (fill.isBool()) given = static_cast<int64_t>(at::kBool);
    }
    // Values that every kind of float holds exactly.
    const bool exact = full || name() == "zeros" || name() == "ones" || name() == "empty";
    if (recorder_.recording() && exact && given.isInt() &&
        given.toInt() == static_cast<int64_t>(at::kFloat)) {
      given = static_cast<int64_t>(recorder_.options().compute_type);
    }
  }
  const std::optional<size_t> device = IndexOf(*call_, "device");
  if (device && call_->args[*device].constant.isNone() && !HasTensors(*call_)) {
    call_->args[*device].constant = recorder_.options().device;
  }
  // In training, the running statistics are written, and not read: a graph keeps none.
  if (name() == "batch_norm" || name() == "instance_norm") {
    const c10::IValue& uses_batch = call_->args[5].constant;
    if (uses_batch.isBool() && uses_batch.toBool() && recorder_.recording()) {
      call_->args[3] = BoundArg();
      call_->args[4] = BoundArg();
    }
  }
}

bool OperatorCall::DependsOnInputs() {
  bool traced = false;
  ForEachArg(call_->args, [&](const BoundArg& arg) {
    traced = traced || arg.kind == BoundArg::Kind::kSymbol ||
             (arg.kind == BoundArg::Kind::kTensor && IsTraced(ev_, recorder_, *arg.tensor));
  });
  return traced;
}

// --- Constants
// ------------------------------------------------------------------------------------

Value OperatorCall::RunConstant() {
  const std::vector<size_t> written = WrittenArguments(*call_);
  if (!written.empty()) {
    if (WriteLater(written[0])) return Written(written[0]);
    WriteNow(written);
    return written.size() == 1 ? Written(written[0]) : Value::None();
  }
  if (std::optional<Value> pending = MakePending()) return *pending;
  if (std::optional<Value> view = MakeView()) return *view;
  const Stack outputs = Compute(ev_, recorder_, *call_, nullptr);
  for (const at::Tensor& tensor : TensorsIn(outputs)) {
    if (tensor.defined()) recorder_.Charge(ev_, tensor);
  }
  return WrapConstant(outputs);
}

// zeros(...), randn(...): nothing is computed before it is needed.
std::optional<Value> OperatorCall::MakePending() {
  std::optional<Factory> factory = AsFactory(schema().name());
  if (!factory) return std::nullopt;
  if (const std::optional<size_t> fill = IndexOf(*call_, "fill_value")) {
    const c10::IValue& value = call_->args[*fill].constant;
    if (!value.isScalar()) return std::nullopt;
    factory->initial = value.toScalar().to<double>();
    // Beyond 2^53 a double does not hold every integer.
    if (value.isInt() && factory->initial != static_cast<double>(value.toInt())) {
      return std::nullopt;
    }
  }
  const std::array<Stack, 2> shapes = ComputeShapes(ev_, recorder_, *call_);
  TensorObject* made =
      recorder_.NewTensor(ev_, recorder_.Pending(shapes[0][0].toTensor(), factory->initial));
  if (factory->fill.empty()) return made;
  return CallOperator(ev_, recorder_, factory->fill, {{made}}, CallStyle::kMethod);
}

// view, transpose, slices: they stay tied to what they are a view of.
std::optional<Value> OperatorCall::MakeView() {
  const std::optional<size_t> viewed = ViewedArgument(*call_);
  if (!viewed) return std::nullopt;
  const Stack shapes = ComputeShapes(ev_, recorder_, *call_)[0];
  const at::Tensor& base = call_->args[*viewed].tensor->meta[0];
  const std::vector<at::Tensor> outputs = TensorsIn(shapes);
  std::vector<Value> views;
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i].is_alias_of(base)) return std::nullopt;
    views.emplace_back(recorder_.NewTensor(ev_, TensorData::View(outputs[i], call_, *viewed, i)));
  }
  if (shapes.size() == 1 && shapes[0].isTensorList()) return ev_.Tuple(std::move(views));
  return Results(std::move(views));
}

// An in-place call on something pending becomes part of its recipe.
bool OperatorCall::WriteLater(size_t argument) {
  TensorData& target = *call_->args[argument].tensor;
  if (recorder_.BelongsToNetwork(target.Root())) return false;
  if (argument != 0 || !target.pending() || WrittenArguments(*call_).size() != 1) return false;
  size_t tensors = 0;
  ForEachArg(call_->args,
             [&](const BoundArg& arg) { tensors += arg.kind == BoundArg::Kind::kTensor; });
  if (tensors != 1) return false;
  // The shapes must fit, and stay.
  const std::vector<int64_t> sizes = target.meta[0].sizes().vec();
  const std::vector<int64_t> strides = target.meta[0].strides().vec();
  BoundCall trial = *call_;
  trial.args[0].tensor = TensorData::Pending(
      AtLine(ev_, [&] { return at::empty_strided(sizes, strides, target.meta[0].options()); }), 0,
      0);
  ComputeShapes(ev_, recorder_, trial);
  const at::Tensor& after = trial.args[0].tensor->meta[0];
  if (after.sizes() != at::IntArrayRef(sizes) || after.strides() != at::IntArrayRef(strides)) {
    return false;
  }
  AddFill(call_);
  return true;
}

void OperatorCall::WriteNow(const std::vector<size_t>& written) {
  for (size_t i : written) {
    ReadConstant(ev_, recorder_, *call_->args[i].tensor);
    PrepareWrite(ev_, recorder_, *call_->args[i].tensor);
  }
  Compute(ev_, recorder_, *call_, nullptr);
  for (size_t i : written) {
    TensorData& target = *call_->args[i].tensor;
    NoteShape(target);
    TensorData& root = target.Root();
    if (!recorder_.BelongsToNetwork(root)) continue;
    // Every call of forward would do this again. That is right if it changes nothing more.
    const at::Tensor once = AtLine(ev_, [&] { return root.elements.clone(); });
    Compute(ev_, recorder_, *call_, nullptr);
    root.changes_each_call =
        AtLine(ev_, [&] { return !at::allclose(root.elements, once, 0, 0, /*equal_nan=*/true); });
  }
}

// squeeze_() and the like change how the same memory is shown.
void OperatorCall::NoteShape(TensorData& target) {
  const at::Tensor& elements = ReadConstant(ev_, recorder_, target);
  if (elements.sizes() == target.meta[0].sizes() &&
      elements.strides() == target.meta[0].strides()) {
    return;
  }
  const at::Tensor meta = AtLine(ev_, [&] {
    return at::empty_strided(elements.sizes(), elements.strides(), target.meta[0].options());
  });
  target.meta = {meta, meta};
}

Value OperatorCall::WrapValue(const c10::IValue& value) {
  if (value.isTensor()) {
    if (!value.toTensor().defined()) return Value::None();
    const at::Tensor& tensor = value.toTensor();
    return recorder_.NewTensor(ev_, TensorData::Constant(tensor, recorder_.NextOrdinal()));
  }
  if (value.isNone()) return Value::None();
  if (value.isInt()) return Value::Int(value.toInt());
  if (value.isDouble()) return Value::Float(value.toDouble());
  if (value.isBool()) return Value::Bool(value.toBool());
  if (value.isString()) return ev_.Str(value.toStringRef());
  if (value.isDevice()) return recorder_.types(ev_).TargetDevice();
  if (value.isList()) {
    std::vector<Value> items;
    for (const c10::IValue& item : value.toListRef()) items.push_back(WrapValue(item));
    if (value.isTensorList()) return ev_.Tuple(std::move(items));
    return ev_.List(std::move(items));
  }
  ev_.RaiseNotSupported(absl::StrCat("the result of ", name(), " (", value.tagKind(), ")"));
}

Value OperatorCall::WrapConstant(const Stack& outputs) {
  std::vector<Value> values;
  for (const c10::IValue& output : outputs) values.push_back(WrapValue(output));
  return Results(std::move(values));
}

// --- Values of the graph
// --------------------------------------------------------------------------

void OperatorCall::RefuseDependentOnElements() {
  const auto refused = DependentOnElements().find(name());
  if (refused != DependentOnElements().end()) {
    ev_.RaiseNotSupported(absl::StrCat("torch.", name(), " on a tensor that depends on the inputs"),
                          absl::StrCat("what comes after depends on its elements, and is decided "
                                       "once; write ",
                                       refused->second));
  }
  if (name() == "where" && call_->args.size() == 1) {
    ev_.RaiseNotSupported(
        "torch.where(condition) on a tensor that depends on the inputs",
        "the size of its result depends on elements; write torch.where(condition, x, y)");
  }
  const std::optional<size_t> repeats = IndexOf(*call_, "repeats");
  if (name() == "repeat_interleave" && repeats &&
      call_->args[*repeats].kind == BoundArg::Kind::kTensor &&
      IsTraced(ev_, recorder_, *call_->args[*repeats].tensor)) {
    ev_.RaiseNotSupported("torch.repeat_interleave with repeats that depend on the inputs",
                          "an int for repeats");
  }
  const auto op = c10::Dispatcher::singleton().findSchema(schema().operator_name());
  if (op && op->hasTag(at::Tag::dynamic_output_shape) && !HasFixedShape()) {
    ev_.RaiseNotSupported(absl::StrCat("torch.", name(), " on a tensor that depends on the inputs"),
                          "the size of its result depends on elements; write operations whose "
                          "sizes follow from the sizes of the inputs");
  }
}

// Of operators whose results may have any size: this call's has not.
bool OperatorCall::HasFixedShape() const {
  if (name() == "one_hot") {
    const c10::IValue& classes = call_->args[1].constant;
    return classes.isInt() && classes.toInt() > 0;
  }
  return name() == "index";  // masks do not get here: tensor_indexing.h
}

// Dropout that drops nothing is its argument.
std::optional<Value> OperatorCall::SkipTraced() {
  if (!absl::EndsWith(absl::StripSuffix(name(), "_"), "dropout")) return std::nullopt;
  const std::optional<size_t> p = IndexOf(*call_, "p");
  const std::optional<size_t> train = IndexOf(*call_, "train");
  if (!p || !train || call_->args[0].object == nullptr) return std::nullopt;
  const c10::IValue& drops = call_->args[*train].constant;
  const c10::IValue& rate = call_->args[*p].constant;
  if ((drops.isBool() && !drops.toBool()) || (rate.isDouble() && rate.toDouble() == 0)) {
    return Value(call_->args[0].object);
  }
  return std::nullopt;
}

void OperatorCall::PrepareTracedWrite(const BoundArg& arg) {
  TensorData& target = *arg.tensor;
  if (!IsTraced(ev_, recorder_, target)) Promote(ev_, recorder_, target);
  if (target.origin == TensorData::Origin::kInput) recorder_.NoteInputWrite(target.input);
  if (target.origin == TensorData::Origin::kConstant) {
    ev_.RaiseNotSupported(
        "writing to a view of a constant",
        "a graph keeps nothing from one call to the next; write to a copy: x.clone()");
  }
}

// With weights in half precision, tensors that the code made in float32 are cast where both meet
// and the operator takes only one kind. True: there was something to cast.
bool OperatorCall::CastToComputeType() {
  const c10::ScalarType compute = recorder_.options().compute_type;
  if (compute == at::kFloat) return false;
  bool cast = false;
  const auto cast_one = [&](BoundArg& arg) {
    if (arg.kind != BoundArg::Kind::kTensor || arg.tensor->dtype() != at::kFloat) return;
    TensorObject* tensor = recorder_.NewTensor(ev_, arg.tensor);
    const Value type = recorder_.types(ev_).DType(compute);
    const Value result = CallOperator(ev_, recorder_, "to", {{tensor, type}}, CallStyle::kMethod);
    arg.object = result.As<TensorObject>();
    arg.tensor = arg.object->shared_data();
    cast = true;
  };
  for (BoundArg& arg : call_->args) {
    cast_one(arg);
    for (BoundArg& item : arg.items) cast_one(item);
  }
  return cast;
}

std::array<Stack, 2> OperatorCall::Shapes() {
  if (recorder_.options().compute_type == at::kFloat || !WrittenArguments(*call_).empty()) {
    return ComputeShapes(ev_, recorder_, *call_);
  }
  try {
    return ComputeShapes(ev_, recorder_, *call_);
  } catch (const python::Raised&) {
    if (!CastToComputeType()) throw;
  }
  return ComputeShapes(ev_, recorder_, *call_);
}

Value OperatorCall::NewTraced(torch::jit::Value* value, const at::Tensor& two,
                              const at::Tensor& three) {
  auto data = TensorData::Traced(value, {two, three});
  if (const std::optional<size_t> viewed = ViewedArgument(*call_)) {
    const TensorData& base = *call_->args[*viewed].tensor;
    data->origin = base.value == nullptr ? TensorData::Origin::kConstant : base.origin;
    data->input = base.input;
  }
  return recorder_.NewTensor(ev_, std::move(data));
}

Value OperatorCall::RunTraced() {
  RefuseDependentOnElements();
  if (std::optional<Value> same = SkipTraced()) return *same;
  const std::vector<size_t> written = WrittenArguments(*call_);
  for (size_t i : written) PrepareTracedWrite(call_->args[i]);
  const std::array<Stack, 2> shapes = Shapes();
  if (written.empty()) return WrapTraced(shapes);
  const std::vector<torch::jit::Value*> outputs = EmitCall(ev_, recorder_, *call_, 0);
  for (size_t i = 0; i < written.size() && i < outputs.size(); ++i) {
    TensorData& target = *call_->args[written[i]].tensor;
    target.value = outputs[i];
    target.sizes.clear();
  }
  if (written.size() == 1) return Written(written[0]);
  return Value::None();
}

Value OperatorCall::WrapTraced(const std::array<Stack, 2>& shapes) {
  const bool list = shapes[0].size() == 1 && shapes[0][0].isTensorList();
  const std::vector<at::Tensor> two = TensorsIn(shapes[0]);
  const std::vector<at::Tensor> three = TensorsIn(shapes[1]);
  if (list && two.size() != three.size()) {
    ev_.RaiseNotSupported(absl::StrCat("torch.", name(),
                                       " that gives a number of tensors that depends on the number "
                                       "of agents"),
                          "operations on the whole first dimension");
  }
  const std::vector<torch::jit::Value*> values = EmitCall(ev_, recorder_, *call_, two.size());
  std::vector<Value> results;
  if (list) {
    for (size_t i = 0; i < two.size(); ++i) {
      results.push_back(NewTraced(values[i], two[i], three[i]));
    }
    return ev_.Tuple(std::move(results));
  }
  for (size_t i = 0; i < shapes[0].size(); ++i) {
    const c10::IValue& a = shapes[0][i];
    const c10::IValue& b = shapes[1][i];
    if (a.isTensor()) {
      results.push_back(a.toTensor().defined() ? NewTraced(values[i], a.toTensor(), b.toTensor())
                                               : Value::None());
    } else if (a.isInt()) {
      results.push_back(MakeInt(ev_, recorder_, {a.toInt(), b.toInt()}, values[i]));
    } else if (a.isBool() && b.isBool() && a.toBool() == b.toBool()) {
      results.push_back(Value::Bool(a.toBool()));
    } else {
      ev_.RaiseNotSupported(
          absl::StrCat("the result of torch.", name(), " on a tensor that depends on the inputs"),
          "operations that give tensors");
    }
  }
  return Results(std::move(results));
}

// One output is itself; several are a named tuple, if LibTorch names them, or a tuple.
Value OperatorCall::Results(std::vector<Value> values) {
  if (values.size() == 1) return values[0];
  if (values.empty()) return Value::None();
  std::vector<std::string> fields;
  for (const c10::Argument& result : schema().returns()) {
    if (!result.name().empty()) fields.push_back(result.name());
  }
  if (fields.size() != values.size()) return ev_.Tuple(std::move(values));
  python::ClassObject*& cls = recorder_.result_class(name());
  if (cls == nullptr) cls = ev_.NewClass(name(), {ev_.classes().tuple});
  auto* tuple = ev_.heap().New<python::TupleObject>(ev_, cls, std::move(values));
  tuple->fields = std::make_shared<const std::vector<std::string>>(std::move(fields));
  return tuple;
}

}  // namespace

void AddFill(std::shared_ptr<const BoundCall> call) {
  TensorData& root = call->args[0].tensor->Root();
  root.fills.push_back(std::move(call));
}

Value CallOperator(Evaluator& ev, Recorder& recorder, absl::string_view name, CallArgs args,
                   CallStyle style) {
  ev.Step();
  const OperatorFamily& family = recorder.Family(name);
  if (family.empty()) {
    ev.Raise(ErrorKind::kAttributeError, absl::StrCat("torch has no operator '", name, "'"));
  }
  if (const std::optional<Value> out = args.Take("out"); out && !out->IsNone()) {
    ev.RaiseNotSupported(absl::StrCat("out= of torch.", name), "an assignment");
  }
  const std::optional<Value> requires_grad = args.Take("requires_grad");
  // x.to(y), x.type_as(y): of y only its kind of elements is asked. What x is depends on no input
  // then, if it did not before.
  if (name == "to" || name == "type_as") {
    const auto* other = args.args.size() > 1 ? args.args[1].As<TensorObject>() : nullptr;
    if (other != nullptr) {
      args.args[1] = recorder.types(ev).DType(other->shared_data()->dtype());
      if (name == "type_as") {
        return CallOperator(ev, recorder, "to", std::move(args), style);
      }
    }
  }
  // With a generator of our own, numbers do not depend on the process's.
  if (name == "randint" || name == "randperm") {
    args.Take("generator");
    args.kwargs.push_back({"generator", Value::None()});
  }
  auto call = std::make_shared<BoundCall>(
      BindArguments(ev, recorder, family, args, style == CallStyle::kMethod));
  const Value result = OperatorCall(ev, recorder, std::move(call)).Run();
  if (requires_grad && ev.Truth(*requires_grad)) {
    if (auto* tensor = result.As<TensorObject>()) tensor->set_requires_grad(true);
  }
  return result;
}

}  // namespace graft::models::architecture
