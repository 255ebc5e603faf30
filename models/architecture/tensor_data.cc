#include "models/architecture/tensor_data.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/architecture/call_execution.h"
#include "models/architecture/recorder.h"
#include "models/architecture/torch_error_at_line.h"

namespace graft::models::architecture {
namespace {

using python::Evaluator;

at::Tensor MetaOf(const at::Tensor& tensor) {
  c10::InferenceMode inference;
  return at::empty_strided(tensor.sizes(), tensor.strides(),
                           at::TensorOptions(at::kMeta).dtype(tensor.scalar_type()));
}

bool OverwritesAll(const BoundCall& call) {
  const std::string& name = call.schema().name();
  return name == "aten::normal_" || name == "aten::uniform_" || name == "aten::fill_" ||
         name == "aten::zero_";
}

std::string NameOf(TensorData& data) {
  return data.name.empty() ? "a tensor of the network" : absl::StrCat("'", data.name, "'");
}

void Materialise(Evaluator& ev, Recorder& recorder, TensorData& root) {
  root.elements = AtLine(ev, [&] {
    const at::TensorOptions options = at::TensorOptions(at::kCPU).dtype(root.dtype());
    const bool overwritten = !root.fills.empty() && OverwritesAll(*root.fills.front()) &&
                             root.fills.front()->args[0].tensor.get() == &root;
    at::Tensor made = at::empty_strided(root.meta[0].sizes(), root.meta[0].strides(), options);
    if (!overwritten) made.fill_(root.initial);
    return made;
  });
  ++root.version;
  recorder.Charge(ev, root.elements);
  // Each tensor has its own sequence: what it holds does not depend on which others are computed.
  at::Generator generator = at::detail::createCPUGenerator(recorder.SeedFor(root.seed_ordinal));
  std::vector<std::shared_ptr<const BoundCall>> fills;
  fills.swap(root.fills);
  for (const auto& fill : fills) Compute(ev, recorder, *fill, &generator);
}

// The root may have become a tensor of another kind or shape (a file's): then so has its view.
void FollowRoot(Evaluator& ev, Recorder& recorder, TensorData& view) {
  const TensorData& root = view.Root();
  if (view.shape_version == root.shape_version) return;
  const at::Tensor meta =
      TensorsIn(ComputeShapes(ev, recorder, *view.view)[0]).at(view.view_output);
  view.meta = {meta, meta};
  view.shape_version = root.shape_version;
}

// Operations change a value's shapes in place, each by itself.
void SeparateMetas(TensorData& data) { data.meta[1] = MetaOf(data.meta[0]); }

}  // namespace

std::shared_ptr<TensorData> TensorData::Pending(at::Tensor meta, double initial, uint64_t ordinal) {
  auto data = std::make_shared<TensorData>();
  data->meta = {meta, meta};
  data->initial = initial;
  data->ordinal = ordinal;
  data->seed_ordinal = ordinal;
  return data;
}

std::shared_ptr<TensorData> TensorData::Constant(at::Tensor elements, uint64_t ordinal) {
  auto data = std::make_shared<TensorData>();
  const at::Tensor meta = MetaOf(elements);
  data->meta = {meta, meta};
  data->elements = std::move(elements);
  data->ordinal = ordinal;
  return data;
}

std::shared_ptr<TensorData> TensorData::View(at::Tensor meta, std::shared_ptr<const BoundCall> call,
                                             size_t argument, size_t output) {
  auto data = std::make_shared<TensorData>();
  data->meta = {meta, meta};
  data->base = call->args[argument].tensor;
  data->ordinal = data->base->ordinal;
  data->shape_version = data->base->Root().shape_version;
  data->view = std::move(call);
  data->view_argument = argument;
  data->view_output = output;
  return data;
}

std::shared_ptr<TensorData> TensorData::Traced(torch::jit::Value* value,
                                               std::array<at::Tensor, 2> meta) {
  auto data = std::make_shared<TensorData>();
  data->meta = std::move(meta);
  data->value = value;
  return data;
}

TensorData& TensorData::Root() {
  TensorData* root = this;
  while (root->base != nullptr) root = root->base.get();
  return *root;
}

bool IsTraced(Evaluator& ev, Recorder& recorder, TensorData& data) {
  if (data.value != nullptr) return true;
  if (data.base == nullptr) return false;
  if (!IsTraced(ev, recorder, *data.base)) {
    FollowRoot(ev, recorder, data);
    return false;
  }
  // What it was a view of has become a value of the graph: so does it.
  const std::vector<torch::jit::Value*> outputs =
      EmitCall(ev, recorder, *data.view, data.view_output + 1);
  data.value = outputs[data.view_output];
  data.origin = data.base->origin;
  SeparateMetas(data);
  return true;
}

const at::Tensor& ReadConstant(Evaluator& ev, Recorder& recorder, TensorData& data) {
  recorder.NoteLook(data.Root());
  return ConstantElements(ev, recorder, data);
}

const at::Tensor& ConstantElements(Evaluator& ev, Recorder& recorder, TensorData& data) {
  TensorData& root = data.Root();
  if (root.changes_each_call) {
    ev.RaiseNotSupported(absl::StrCat("reading ", NameOf(root), ", which forward changes"),
                         "a graph keeps nothing from one call to the next; make the state an input "
                         "and an output of forward");
  }
  if (!root.elements.defined()) Materialise(ev, recorder, root);
  if (&root == &data) return root.elements;
  if (data.elements.defined() && data.version == root.version) return data.elements;
  ConstantElements(ev, recorder, *data.base);
  std::vector<at::Tensor> outputs = TensorsIn(Compute(ev, recorder, *data.view, nullptr));
  data.elements = std::move(outputs.at(data.view_output));
  data.version = root.version;
  return data.elements;
}

void Promote(Evaluator& ev, Recorder& recorder, TensorData& data) {
  TensorData& root = data.Root();
  if (recorder.BelongsToNetwork(root)) {
    ev.RaiseNotSupported(
        absl::StrCat(
            "writing to ", NameOf(root),
            " what depends on the inputs: a graph keeps nothing from one call to the next"),
        "an input and an output for the state, or a copy: x.clone()");
  }
  torch::jit::Value* constant = recorder.Use(ev, root);
  torch::jit::Value* none = recorder.Constant(ev, c10::IValue());
  root.value =
      recorder.Emit(ev, c10::aten::clone, {constant, none}, {c10::TensorType::get()})->output();
  root.origin = TensorData::Origin::kFresh;
  SeparateMetas(root);
  IsTraced(ev, recorder, data);
}

void ReplaceConstant(TensorData& data, at::Tensor elements, bool read_only) {
  const at::Tensor meta = MetaOf(elements);
  if (data.dtype() != elements.scalar_type() || data.meta[0].sizes() != elements.sizes()) {
    ++data.shape_version;
  }
  data.base = nullptr;
  data.view = nullptr;
  data.fills.clear();
  data.meta = {meta, meta};
  data.elements = std::move(elements);
  data.read_only = read_only;
  data.in_graph = false;
  ++data.version;
}

void PrepareWrite(Evaluator& ev, Recorder& recorder, TensorData& data) {
  TensorData& root = data.Root();
  if (!root.read_only && !root.in_graph) return;
  root.elements = AtLine(ev, [&] { return root.elements.clone(); });
  recorder.Charge(ev, root.elements);
  root.read_only = false;
  root.in_graph = false;
  ++root.version;
}

std::shared_ptr<TensorData> CopyConstant(Evaluator& ev, Recorder& recorder, TensorData& data) {
  const bool own_fills = std::all_of(data.fills.begin(), data.fills.end(), [&](const auto& fill) {
    return fill->args[0].tensor.get() == &data;
  });
  if (data.base == nullptr && data.pending() && own_fills) {
    auto copy = recorder.Pending(data.meta[0], data.initial);
    copy->seed_ordinal = data.seed_ordinal;  // the same elements
    for (const auto& fill : data.fills) {
      auto call = std::make_shared<BoundCall>(*fill);
      call->args[0].tensor = copy;
      copy->fills.push_back(std::move(call));
    }
    return copy;
  }
  const at::Tensor& elements = ReadConstant(ev, recorder, data);
  auto copy =
      TensorData::Constant(AtLine(ev, [&] { return elements.clone(); }), recorder.NextOrdinal());
  recorder.Charge(ev, copy->elements);
  return copy;
}

}  // namespace graft::models::architecture
