// "architecture": "mlp": the linear layers that a file's own weights give away.
//
//   absl::StatusOr<std::vector<ChainedLayer>> layers = FindLinearChain(names, weights, label);
//   // {"0", 48, 256, true}, {"2", 256, 12, true}
//
// Threads: free function without state.
#ifndef GRAFT_MODELS_ARCHITECTURE_LINEAR_CHAIN_H_
#define GRAFT_MODELS_ARCHITECTURE_LINEAR_CHAIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/binding/weight_plan.h"

namespace graft::models::architecture {

struct ChainedLayer {
  std::string name;  // "0" of "0.weight"
  int64_t inputs = 0;
  int64_t outputs = 0;
  bool bias = false;

  friend bool operator==(const ChainedLayer&, const ChainedLayer&) = default;
};

// `keys`: a file's keys as the rules rename them. Layers are keys of one level, "NAME.weight" with
// [outputs, inputs] numbers: those that are numbered, by number, or else all, in the file's order.
// Each must take what the one before gives. Error: kInvalidArgument, with what the file has and
// what to write.
absl::StatusOr<std::vector<ChainedLayer>> FindLinearChain(const std::vector<PlannedKey>& keys,
                                                          absl::string_view label);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_LINEAR_CHAIN_H_
