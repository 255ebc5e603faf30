// One loaded version of a model, ready to run: what the scheduler sees of LibTorch, or of a test's
// fake.
//
//   absl::Status s = executable.Run(rows, {obs}, {action});
//
// Threads: immutable once made; Run is called from several threads at once (workers, and host
// threads inside wait() or run()).
#ifndef GRAFT_RUNTIME_EXECUTABLE_H_
#define GRAFT_RUNTIME_EXECUTABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "models/tensor/tensor_spec.h"

namespace graft::runtime {

class Executable {
 public:
  virtual ~Executable() = default;

  virtual const models::ModelSchema& schema() const = 0;

  // Bytes of weights held, on the device they are on; for reports.
  virtual size_t weight_bytes() const = 0;

  // Of these, what earlier versions hold too, and share with this one; for reports.
  virtual size_t shared_bytes() const { return 0; }

  // "cpu", "cuda:0"; for reports.
  virtual std::string device() const = 0;

  // What else reports say of it, in order, by the names of docs/abi.md: {"precision", "float16"}.
  using Fact = std::pair<std::string, std::variant<uint64_t, std::string>>;
  virtual std::vector<Fact> facts() const { return {}; }

  // True when what a first forward prepares here, one of `other` has prepared: they differ in their
  // weights' values only.
  virtual bool RunsLike(const Executable& /*other*/) const { return false; }

  // One forward over `rows` >= 1 rows. inputs[i] -> [rows, ...] of schema().inputs[i], host memory,
  // row-major; outputs[i] likewise, to be written. The memory is the caller's and does not overlap.
  // Blocks for the forward. An error means that none of the outputs may be used.
  virtual absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                           absl::Span<void* const> outputs) const = 0;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_EXECUTABLE_H_
