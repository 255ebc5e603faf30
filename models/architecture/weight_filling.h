// Fills a network's tensors: from a file by the plan, from the version before, or by the network's
// own initialisation.
//
//   absl::StatusOr<std::vector<at::Tensor>> values = ReadWeights(tensors, plan, filling);
//   absl::Status status = FillTensors(ev, recorder, tensors, *values, filling);
//
// Threads: the evaluator's, if there is one. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_WEIGHT_FILLING_H_
#define GRAFT_MODELS_ARCHITECTURE_WEIGHT_FILLING_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/architecture/network.h"
#include "models/architecture/prior_version.h"
#include "models/architecture/recorder.h"
#include "models/binding/weight_plan.h"
#include "models/file/model_file.h"
#include "models/file/weight_table.h"
#include "models/manifest/module_rules.h"
#include "models/torch/tensor_pool.h"

namespace graft::models::architecture {

struct WeightFilling {
  absl::string_view label;                // names the file in errors
  const WeightTable* weights = nullptr;   // what the plan speaks of
  std::shared_ptr<const ModelFile> file;  // owns their bytes
  const PrecisionRules* precision = nullptr;
  const KeptTensors* kept = nullptr;  // of the version before; null: none
  TensorPool* pool = nullptr;         // of the model's versions; null: nothing is shared
  // The network's own values of a tensor that the file fills in part.
  std::function<at::Tensor(const NetworkTensor&)> initial = nullptr;
  std::function<bool()> cancelled = nullptr;
};

// For each tensor of the network its values from the file or from the version before, in their
// final type, finite (parameters without infinities), not to be written; undefined where the plan
// leaves it to the network. Records of the file that are read for the first time agree with their
// checksums.
// @pre CheckPlan(plan). Errors: kInvalidArgument; kDataLoss for a record that does not agree;
// kCancelled. LibTorch's exceptions pass through.
absl::StatusOr<std::vector<at::Tensor>> ReadWeights(const std::vector<NetworkTensor>& tensors,
                                                    const WeightPlan& plan,
                                                    const WeightFilling& filling);

// The network's tensors become `values`; those that are undefined keep theirs, in their final type.
// Inside Evaluator::Guard. Errors: kInvalidArgument.
absl::Status FillTensors(python::Evaluator& ev, Recorder& recorder,
                         const std::vector<NetworkTensor>& tensors, const WeightPlan& plan,
                         const std::vector<at::Tensor>& values, const WeightFilling& filling);

// The type that a floating tensor of the network gets; others keep theirs. Statistics and
// parameters of batch norm keep float32: float16 cannot hold variances.
c10::ScalarType TypeOf(const NetworkTensor& tensor, const PrecisionRules& precision);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_WEIGHT_FILLING_H_
