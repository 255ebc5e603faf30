// What a tensor object stands for: a constant, or a value of the graph being recorded.
//
//   std::shared_ptr<TensorData> zeros = TensorData::Pending(meta, 0.0, recorder.NextOrdinal());
//   zeros->fills.push_back(call);               // normal_(...): nothing is computed yet
//   const at::Tensor& elements = ReadConstant(ev, recorder, *zeros);    // now it is
//
// A constant is computed at once, or pending: a recipe that costs nothing until it is read, because
// most initial weights are replaced by those of a file. Views of a constant stay tied to it, so
// that what is written to one is seen in the other, also when the constant becomes a graph's value
// because something that depends on the inputs is written to it (Promote).
//
// Threads: one evaluator's. Ownership: shared by the tensor objects that alias it whole (x.data,
// x.detach()), by its views, and by the calls in recipes. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_TENSOR_DATA_H_
#define GRAFT_MODELS_ARCHITECTURE_TENSOR_DATA_H_

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/runtime/operator.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/python/evaluator.h"

namespace graft::models::architecture {

class Recorder;
class SymbolicInt;
class TensorObject;
struct BoundCall;

// The numbers of agents that shapes are computed for. What is equal for both is taken to hold for
// all; what differs depends on the number of agents.
inline constexpr std::array<int64_t, 2> kTrialAgents = {2, 3};

struct TensorData {
  // Whose memory a traced tensor may share.
  enum class Origin : uint8_t { kFresh, kInput, kConstant };

  // `initial`: what every element is before the fills.
  static std::shared_ptr<TensorData> Pending(at::Tensor meta, double initial, uint64_t ordinal);
  static std::shared_ptr<TensorData> Constant(at::Tensor elements, uint64_t ordinal);
  // Output `output` of `call`, which shares the memory of its argument `argument`.
  static std::shared_ptr<TensorData> View(at::Tensor meta, std::shared_ptr<const BoundCall> call,
                                          size_t argument, size_t output);
  static std::shared_ptr<TensorData> Traced(torch::jit::Value* value,
                                            std::array<at::Tensor, 2> meta);

  TensorData& Root();
  bool pending() { return !Root().elements.defined(); }
  c10::ScalarType dtype() const { return meta[0].scalar_type(); }

  // Shape, strides and dtype without elements; for each number of kTrialAgents.
  std::array<at::Tensor, 2> meta;

  // --- Constants ---
  at::Tensor elements;  // undefined: pending; of a view: as last computed from its base
  double initial = 0;
  std::vector<std::shared_ptr<const BoundCall>> fills;  // in-place calls that made it
  uint64_t ordinal = 0;                                 // of its creation
  uint64_t seed_ordinal = 0;                            // seeds what is random in it
  std::shared_ptr<TensorData> base;                     // of a view
  std::shared_ptr<const BoundCall> view;
  size_t view_argument = 0;
  size_t view_output = 0;
  uint64_t version = 0;  // of a root: grows when `elements` becomes another tensor; of a view: of
                         // the root that its `elements` were computed from
  uint64_t shape_version = 0;      // of a root: grows when its shape or kind becomes another; of a
                                   // view: of the root, when its `meta` was computed
  std::string name;                // "layer1.weight": for messages; may be empty
  bool read_only = false;          // a file's memory: copied before it is written
  bool in_graph = false;           // a graph holds `elements`: likewise
  bool changes_each_call = false;  // a counter: its value is not known

  // --- Traced ---
  torch::jit::Value* value = nullptr;
  Origin origin = Origin::kFresh;
  size_t input = 0;                                           // of kInput
  std::vector<std::pair<int64_t, torch::jit::Value*>> sizes;  // asked for already: dimension, value
};

// One argument of an operator, as the call needs it.
struct BoundArg {
  enum class Kind : uint8_t { kConstant, kTensor, kSymbol, kList };
  Kind kind = Kind::kConstant;
  c10::IValue constant;                 // kConstant
  std::shared_ptr<TensorData> tensor;   // kTensor
  TensorObject* object = nullptr;       // kTensor: as it was given; null: a number
  const SymbolicInt* symbol = nullptr;  // kSymbol
  bool as_float = false;                // kSymbol: for a float parameter
  std::vector<BoundArg> items = {};     // kList
  c10::TypePtr item_type = nullptr;     // kList
};

// An overload with an argument for each of its parameters.
struct BoundCall {
  std::shared_ptr<torch::jit::Operator> op;
  std::vector<BoundArg> args;

  const c10::FunctionSchema& schema() const { return op->schema(); }
};

// True when `data` is a value of the graph. A view of a constant that has become one becomes one.
bool IsTraced(python::Evaluator& ev, Recorder& recorder, TensorData& data);

// The elements of a constant, computed if pending. Raises when it was changed by the recorded call
// itself (changes_each_call). @pre !IsTraced
// While a graph is recorded, it is noted that the graph depends on them.
const at::Tensor& ReadConstant(python::Evaluator& ev, Recorder& recorder, TensorData& data);

// The same without the note: for elements that become a constant of the graph as they are.
const at::Tensor& ConstantElements(python::Evaluator& ev, Recorder& recorder, TensorData& data);

// Makes a constant (and all its views) a copy in the graph that operations may write to. Raises for
// parameters and buffers: a graph keeps nothing from one call to the next.
void Promote(python::Evaluator& ev, Recorder& recorder, TensorData& data);

// The constant becomes `elements`, for every object and view that shares it. `read_only`: it lies
// in memory that must not be written.
void ReplaceConstant(TensorData& data, at::Tensor elements, bool read_only);

// Called before an operation writes to a constant: copies what a file or a graph holds. @pre
// !IsTraced, not pending
void PrepareWrite(python::Evaluator& ev, Recorder& recorder, TensorData& data);

// A copy that is as pending as `data` is. @pre !IsTraced
std::shared_ptr<TensorData> CopyConstant(python::Evaluator& ev, Recorder& recorder,
                                         TensorData& data);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_TENSOR_DATA_H_
