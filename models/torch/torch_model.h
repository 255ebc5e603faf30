// A TorchScript model, loaded, frozen and ready to run: the one place where LibTorch computes.
//
//   auto model = TorchModel::LoadTorchScript("walker.pt", {});
//   const void* in[] = {observations};  void* out[] = {actions};
//   absl::Status status = (*model)->Run(/*rows=*/256, in, out);
//
// The header names no LibTorch type: including LibTorch costs ten seconds a file.
//
// Threads: a loaded model is immutable; Run and Forward may be called from any number of threads at
// once. Each call sets up what it needs on its own thread (inference mode, one intra-op thread) and
// leaves the thread as it found it; no process-wide LibTorch setting is read or written.
// Ownership: inputs and outputs are the caller's memory, used only during the call.
#ifndef GRAFT_MODELS_TORCH_TORCH_MODEL_H_
#define GRAFT_MODELS_TORCH_TORCH_MODEL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "models/tensor/dtype.h"
#include "models/tensor/tensor_spec.h"

namespace graft::models {

// A tensor in host memory that owns its elements: C-contiguous, little-endian. Used off the frame
// path.
struct HostTensor {
  std::string name;
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape;
  std::vector<std::byte> data;
};

// What a version has shown of its forward, for the versions after it.
struct KnownForward;

// What versions of one model share: tensors that did not change from one file to the next are in
// memory once, on the host and on the device, and are not checked, cast, folded or uploaded again.
// Holds nothing alive itself. One load at a time.
class TensorPool;
std::shared_ptr<TensorPool> MakeTensorPool();

struct TorchLoadOptions {
  // "cpu", "cuda", "cuda:N", or "auto" (cuda when a device is there, else cpu).
  std::string device = "cpu";
  // What the weights and the floating inputs are cast to: kFloat32, kBFloat16 or kFloat16. Integer
  // tensors are never cast; batch norm keeps float32 parameters and statistics. kFloat32 leaves the
  // model as it was saved.
  DType precision = DType::kFloat32;
  // What the manifest declares. Empty: inferred. Dtypes given here are those of the host's memory;
  // they are converted to the model's on the way in and out.
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  // Modules of a TorchScript file whose results are outputs too, behind forward's own.
  std::vector<std::string> taps;
  // A forward that is still in a loop after this time is stopped with kDeadlineExceeded: in Run, in
  // Forward, and in the trial forward while loading. Code without loops pays nothing.
  absl::Duration forward_limit = absl::Seconds(60);
  // Skip the schema (inputs, outputs, trial forward): only Forward() will be used.
  bool forward_only = false;
  // Polled between the steps of loading and in the loops of the trial forward; true: give up with
  // kCancelled.
  std::function<bool()> cancelled;
  // Of the model that this is a version of; null: nothing is shared.
  std::shared_ptr<TensorPool> pool;
  // Of the version before, in the same pool; null: there is none. A version that differs in the
  // values of its weights only is not tried out for its outputs' shapes again; whoever runs it
  // notices. A file of the same code is not imported and frozen again where no value has decided
  // what came of that.
  std::shared_ptr<const KnownForward> known;
};

class TorchModel {
 public:
  // Maps the file (file_bytes.h), checks it (zip structure, every record's CRC-32, bounded nesting
  // of the code, no operator that touches files), and loads from exactly the bytes checked: a
  // writer that overwrites the file meanwhile cannot produce a torn model. Then eval, cast, freeze,
  // schema, finite weights. May take seconds; any thread. Errors: kNotFound, kInvalidArgument (not
  // TorchScript, corrupt, non-finite weights, schema differs from the declared one), kUnavailable
  // (device), kCancelled. The text names the file and the next step.
  static absl::StatusOr<std::unique_ptr<TorchModel>> LoadTorchScript(
      const std::string& path, const TorchLoadOptions& options);

  virtual ~TorchModel() = default;

  // Inputs and outputs as the host sees them. Empty when loaded with forward_only.
  virtual const ModelSchema& schema() const = 0;
  // Bytes of parameters, buffers and constants on the device.
  virtual size_t weight_bytes() const = 0;
  // Of these, what earlier versions in the same pool hold too.
  virtual size_t shared_bytes() const = 0;
  // "cpu", "cuda:0"
  virtual const std::string& device() const = 0;

  // For the options of the version after.
  virtual const std::shared_ptr<const KnownForward>& known() const = 0;
  // True when both run the same operators on the same shapes, so that what LibTorch prepares for
  // one, it has for the other. False also when that is not known.
  virtual bool RunsLike(const TorchModel& other) const = 0;

  // One forward over `rows` rows. inputs[i]: [rows, ...] of schema().inputs[i], outputs[i]: written
  // likewise; 64-byte aligned, not overlapping. Blocks for the forward. Errors: kInternal with
  // LibTorch's own message when the model raises; kInvalidArgument when an output does not have the
  // schema's shape.
  virtual absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                           absl::Span<void* const> outputs) const = 0;

  // One forward over tensors of any shape; every tensor in the result (tuples, lists and
  // dictionaries flattened in order) is returned, named "out0", "out1" ... Input dtypes are cast
  // like the weights.
  virtual absl::StatusOr<std::vector<HostTensor>> Forward(
      const std::vector<HostTensor>& inputs) const = 0;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_TORCH_MODEL_H_
