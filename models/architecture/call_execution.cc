#include "models/architecture/call_execution.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/shape_rules.h"
#include "models/architecture/symbolic_int.h"
#include "models/architecture/torch_error_at_line.h"

namespace graft::models::architecture {
namespace {

using python::Evaluator;
using torch::jit::Stack;

// Larger stand-ins are not computed with, to learn a shape.
constexpr int64_t kMaxStandInElements = int64_t{1} << 26;

c10::TypePtr StoredItemType(const c10::TypePtr& item) {
  return item->kind() == c10::TypeKind::SymIntType ? c10::TypePtr(c10::IntType::get()) : item;
}

// An argument as a value, its tensors given by `tensor(data)`, its symbols by `symbol(arg)`.
template <typename TensorOf, typename SymbolOf>
c10::IValue ToIValue(const BoundArg& arg, c10::Device device, const TensorOf& tensor,
                     const SymbolOf& symbol) {
  switch (arg.kind) {
    case BoundArg::Kind::kTensor:
      return tensor(*arg.tensor);
    case BoundArg::Kind::kSymbol: {
      const int64_t number = symbol(arg);
      return arg.as_float ? c10::IValue(static_cast<double>(number)) : c10::IValue(number);
    }
    case BoundArg::Kind::kList: {
      c10::impl::GenericList list(StoredItemType(arg.item_type));
      for (const BoundArg& item : arg.items) {
        list.push_back(ToIValue(item, device, tensor, symbol));
      }
      return c10::IValue(list);
    }
    default:
      if (arg.constant.isDevice()) return device;
      return arg.constant;
  }
}

bool IsGenerator(const c10::Argument& parameter) {
  c10::TypePtr type = parameter.type();
  if (auto* optional = type->castRaw<c10::OptionalType>()) type = optional->getElementType();
  return type->kind() == c10::TypeKind::GeneratorType;
}

// What an operator that cannot do without elements is run on, to learn the shapes of its outputs:
// zeros in the place of what depends on the inputs. Integer constants are themselves: shapes may
// depend on them (repeats).
Stack StandIns(Evaluator& ev, Recorder& recorder, const BoundCall& call, size_t trial) {
  int64_t elements = 0;
  Stack stack;
  for (const BoundArg& arg : call.args) {
    stack.push_back(ToIValue(
        arg, c10::Device(c10::DeviceType::CPU),
        [&](TensorData& data) -> c10::IValue {
          if (!at::isFloatingType(data.dtype()) && !IsTraced(ev, recorder, data)) {
            return ReadConstant(ev, recorder, data);
          }
          elements += data.meta[trial].numel();
          if (elements > kMaxStandInElements) {
            ev.RaiseNotSupported(
                absl::StrCat(call.schema().name(), " on tensors as large as these"));
          }
          return at::zeros(data.meta[trial].sizes(),
                           at::TensorOptions(at::kCPU).dtype(data.dtype()));
        },
        [&](const BoundArg& one) { return one.symbol->at_trial(trial); }));
  }
  return stack;
}

c10::IValue WithoutElements(const c10::IValue& value) {
  const auto meta = [](const at::Tensor& tensor) {
    return at::empty_strided(tensor.sizes(), tensor.strides(),
                             at::TensorOptions(at::kMeta).dtype(tensor.scalar_type()));
  };
  if (value.isTensor() && value.toTensor().defined()) return meta(value.toTensor());
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& tensor : value.toTensorVector()) list.push_back(meta(tensor));
    return list;
  }
  return value;
}

// A tensor that the call writes to is its own output.
void ReturnWrittenArguments(const BoundCall& call, const Stack& inputs, Stack* outputs) {
  const std::vector<c10::Argument>& parameters = call.schema().arguments();
  size_t output = 0;
  for (size_t i = 0; i < parameters.size() && output < outputs->size(); ++i) {
    const c10::AliasInfo* alias = parameters[i].alias_info();
    if (alias != nullptr && alias->isWrite()) (*outputs)[output++] = inputs[i];
  }
}

Stack ShapesOf(Evaluator& ev, Recorder& recorder, const BoundCall& call, const Stack& inputs,
               size_t trial) {
  if (std::optional<Stack> known = KnownShapes(call.schema(), inputs)) return *std::move(known);
  const torch::jit::Operator* op = call.op.get();
  if (!recorder.without_meta().contains(op)) {
    try {
      Stack stack = inputs;
      op->getOperation()(stack);
      return stack;
    } catch (const c10::NotImplementedError&) {
      recorder.without_meta().insert(op);
    }
  }
  Stack stack = StandIns(ev, recorder, call, trial);
  op->getOperation()(stack);
  for (c10::IValue& value : stack) value = WithoutElements(value);
  ReturnWrittenArguments(call, inputs, &stack);
  return stack;
}

// --- Nodes --------------------------------------------------------------------------------------

torch::jit::Value* EmitArg(Evaluator& ev, Recorder& recorder, const BoundArg& arg,
                           const c10::TypePtr& type) {
  switch (arg.kind) {
    case BoundArg::Kind::kTensor:
      return recorder.Use(ev, *arg.tensor);
    case BoundArg::Kind::kSymbol:
      if (!arg.as_float) return arg.symbol->value();
      return recorder.Emit(ev, c10::aten::Float, {arg.symbol->value()}, {c10::FloatType::get()})
          ->output();
    case BoundArg::Kind::kList: {
      bool constant = true;
      ForEachArg(arg.items, [&](const BoundArg& item) {
        constant = constant && item.kind == BoundArg::Kind::kConstant;
      });
      const c10::TypePtr item_type = StoredItemType(arg.item_type);
      const bool tensors = item_type->isSubtypeOf(*c10::OptionalType::ofTensor());
      if (constant && !tensors) {
        const auto none = [](TensorData&) { return c10::IValue(); };
        return recorder.Constant(ev, ToIValue(arg, recorder.options().device, none,
                                              [](const BoundArg&) { return int64_t{0}; }));
      }
      std::vector<torch::jit::Value*> items;
      for (const BoundArg& item : arg.items)
        items.push_back(EmitArg(ev, recorder, item, item_type));
      return recorder.graph().insertNode(recorder.graph().createList(item_type, items))->output();
    }
    default:
      // TorchScript's Scalar is an int or a float.
      if (arg.constant.isBool() && type->kind() == c10::TypeKind::NumberType) {
        return recorder.Constant(ev, static_cast<int64_t>(arg.constant.toBool()));
      }
      return recorder.Constant(ev, arg.constant);
  }
}

}  // namespace

std::vector<at::Tensor> TensorsIn(const Stack& outputs) {
  std::vector<at::Tensor> tensors;
  for (const c10::IValue& value : outputs) {
    if (value.isTensor()) {
      tensors.push_back(value.toTensor());
    } else if (value.isTensorList()) {
      for (at::Tensor& tensor : value.toTensorVector()) tensors.push_back(std::move(tensor));
    }
  }
  return tensors;
}

Stack Compute(Evaluator& ev, Recorder& recorder, const BoundCall& call, at::Generator* generator) {
  Stack stack;
  const std::vector<c10::Argument>& parameters = call.schema().arguments();
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (IsGenerator(parameters[i])) {
      stack.emplace_back(generator != nullptr ? *generator
                                              : at::detail::createCPUGenerator(
                                                    recorder.SeedFor(recorder.NextOrdinal())));
      continue;
    }
    stack.push_back(ToIValue(
        call.args[i], c10::Device(c10::DeviceType::CPU),
        [&](TensorData& data) { return c10::IValue(ReadConstant(ev, recorder, data)); },
        [](const BoundArg&) { return int64_t{0}; }));
  }
  AtLine(ev, [&] { call.op->getOperation()(stack); });
  return stack;
}

std::array<Stack, 2> ComputeShapes(Evaluator& ev, Recorder& recorder, const BoundCall& call) {
  std::array<Stack, 2> shapes;
  for (size_t trial = 0; trial < shapes.size(); ++trial) {
    Stack inputs;
    for (const BoundArg& arg : call.args) {
      inputs.push_back(ToIValue(
          arg, c10::Device(c10::DeviceType::Meta),
          [&](TensorData& data) { return c10::IValue(data.meta[trial]); },
          [&](const BoundArg& one) { return one.symbol->at_trial(trial); }));
    }
    shapes[trial] = AtLine(ev, [&] { return ShapesOf(ev, recorder, call, inputs, trial); });
  }
  return shapes;
}

std::vector<torch::jit::Value*> EmitCall(Evaluator& ev, Recorder& recorder, const BoundCall& call,
                                         size_t tensors) {
  const c10::FunctionSchema& schema = call.schema();
  std::vector<torch::jit::Value*> inputs;
  for (size_t i = 0; i < call.args.size(); ++i) {
    inputs.push_back(EmitArg(ev, recorder, call.args[i], schema.arguments()[i].type()));
  }
  std::vector<c10::TypePtr> outputs;
  for (const c10::Argument& result : schema.returns()) outputs.push_back(result.type());
  torch::jit::Node* node =
      recorder.Emit(ev, c10::Symbol::fromQualString(schema.name()), inputs, outputs);
  if (outputs.size() == 1 && outputs[0]->kind() == c10::TypeKind::ListType) {
    torch::jit::Graph& graph = recorder.graph();
    node = graph.insertNode(graph.createListUnpack(node->output(), tensors));
  }
  return {node->outputs().begin(), node->outputs().end()};
}

}  // namespace graft::models::architecture
