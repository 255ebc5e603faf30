// Fills a network's tensors: from a file by the plan, from the version before, or by the network's
// own initialisation.
//
//   absl::Status status = FillTensors(ev, recorder, tensors, plan, source.weights, file, options);
//
// Inside Evaluator::Guard.
//
// Threads: the evaluator's. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_WEIGHT_FILLING_H_
#define GRAFT_MODELS_ARCHITECTURE_WEIGHT_FILLING_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "models/architecture/kept_tensors.h"
#include "models/architecture/network.h"
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
};

// Every tensor has its final type afterwards, and is finite; parameters without infinities. Records
// of the file that are read for the first time agree with their checksums.
// @pre CheckPlan(plan). Errors: kInvalidArgument; kDataLoss for a record that does not agree.
// LibTorch's exceptions pass through.
absl::Status FillTensors(python::Evaluator& ev, Recorder& recorder,
                         const std::vector<NetworkTensor>& tensors, const WeightPlan& plan,
                         const WeightFilling& filling);

// The type that a floating tensor of the network gets; others keep theirs. Statistics and
// parameters of batch norm keep float32: float16 cannot hold variances.
c10::ScalarType TypeOf(const NetworkTensor& tensor, const PrecisionRules& precision);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_WEIGHT_FILLING_H_
