// What a forward takes and gives for each agent, and how the host's blocks become its arguments.
//
//   absl::StatusOr<ForwardSchema> made = MakeForwardSchema(*forward, "walker.pt", {...});
//
// Threads: free functions without state. For .cc files of models/torch and models/architecture
// only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_FORWARD_SCHEMA_H_
#define GRAFT_MODELS_TORCH_FORWARD_SCHEMA_H_

#include <ATen/core/ivalue.h>
#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "models/tensor/tensor_spec.h"
#include "models/torch/graph_forward.h"

namespace graft::models {

// How one argument of forward is filled.
struct ForwardArgument {
  int input = -1;  // index in schema.inputs; -1: the default value
  c10::IValue default_value = {};
  c10::ScalarType host_type = c10::ScalarType::Undefined;
  c10::ScalarType model_type = c10::ScalarType::Undefined;
  bool copy = false;  // forward writes to it
};

struct ForwardOutput {
  c10::ScalarType host_type = c10::ScalarType::Undefined;
  size_t result = 0;  // index among the tensors of the result
};

// The tensors that forward gives for so many rows.
struct RowResults {
  struct Result {
    std::string name;  // may be empty
    c10::ScalarType type = c10::ScalarType::Undefined;
    std::vector<int64_t> sizes;
  };
  int64_t rows = 0;
  std::vector<Result> results;
};

struct ForwardSchema {
  ModelSchema schema;
  std::vector<ForwardArgument> arguments;
  std::vector<ForwardOutput> outputs;
  size_t result_tensors = 0;
  std::vector<RowResults> results;
};

class FrozenScript;

// What a forward gives, for the versions after it that run like it, and how it came about.
struct KnownForward {
  std::optional<TensorPool::Key> likeness;  // of GraphForward
  std::vector<TensorSpec> declared_inputs;
  std::vector<RowResults> results;
  // null: it did not come from TorchScript, or the next version must be loaded in full.
  std::shared_ptr<const FrozenScript> script;
};

struct ForwardSchemaOptions {
  c10::Device device = c10::Device(c10::DeviceType::CPU);
  std::vector<TensorSpec> inputs = {};   // declared; empty: inferred
  std::vector<TensorSpec> outputs = {};  // declared; empty: inferred
  absl::Duration forward_limit = absl::InfiniteDuration();
  std::function<bool()> cancelled = nullptr;
  // What forward gives for two different numbers of rows, when that is known. Empty: found out by
  // running it.
  std::vector<RowResults> known_results = {};
};

// The type in which forward computes what the host gives as `host`.
c10::ScalarType ModelType(const GraphForward& forward, c10::ScalarType host);

// Errors: kInvalidArgument (declared and real inputs or outputs differ, or cannot be inferred; the
// text says what to declare), kDeadlineExceeded, kCancelled.
absl::StatusOr<ForwardSchema> MakeForwardSchema(const GraphForward& forward,
                                                absl::string_view label,
                                                const ForwardSchemaOptions& options);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_FORWARD_SCHEMA_H_
