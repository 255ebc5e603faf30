// A TorchScript archive's forward as it was frozen for one version, for the versions after it:
// while an archive's code is the same, its weights take the places of the earlier one's, and
// LibTorch neither parses, imports nor freezes it again.
//
//   FrozenScript::Recording recording;                        // before ImportScript
//   recording.Imported(imported);                             // before freezing
//   std::shared_ptr<const FrozenScript> frozen = recording.Frozen(zip, graph, ...);
//   auto next = frozen->Instantiate(next_zip, next_file, taps);    // none: load in full
//
// Freezing computes with weights where it can, and its passes look at them: then what came out
// holds for these values only. So every look is recorded (storage_reads.h); what was looked at must
// be the same, byte for byte, in the next archive. Nothing is taken over whose graph holds anything
// but storages of the archive and plain values, so a version that was computed with in an
// unforeseen way is loaded in full.
//
// Threads: a Recording belongs to one thread; a FrozenScript is immutable. Ownership: shared; holds
// nothing of the file it was made of. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_FROZEN_SCRIPT_H_
#define GRAFT_MODELS_TORCH_FROZEN_SCRIPT_H_

#include <ATen/core/function_schema.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "models/file/file_bytes.h"
#include "models/file/zip_archive.h"
#include "models/torch/graph_forward.h"
#include "models/torch/script_import.h"
#include "models/torch/storage_reads.h"
#include "models/torch/tensor_pool.h"

namespace graft::models {

class FrozenScript {
 public:
  class Recording;

  // A parameter or buffer of the module, in forward or not.
  struct NamedTensor {
    std::string name;
    at::Tensor tensor;
    bool is_parameter = false;
  };
  struct Instance {
    ForwardGraph forward;              // before it is folded
    std::vector<NamedTensor> tensors;  // whose values have not been checked
  };

  // With this archive's weights, where they lie in the file. nullopt: it is another archive, or
  // holds other values where values were looked at. @pre CheckScriptArchive(file->bytes()), `zip`
  // is of these bytes.
  std::optional<Instance> Instantiate(const ZipArchive& zip,
                                      const std::shared_ptr<const FileBytes>& file,
                                      const std::vector<std::string>& taps) const;

 private:
  // A tensor as it lies in an archive.
  struct Place {
    std::string record;
    c10::ScalarType type = c10::ScalarType::Undefined;
    int64_t offset = 0;
    std::vector<int64_t> sizes;
    std::vector<int64_t> strides;
  };
  struct NamedPlace {
    std::string name;
    Place place;
    bool is_parameter = false;
  };
  struct KnownContents {
    std::string record;
    TensorPool::Key key;
  };

  FrozenScript() = default;

  TensorPool::Key code_;
  std::vector<std::string> taps_;
  std::vector<KnownContents> looked_at_;
  std::vector<NamedPlace> named_;
  std::vector<Place> constants_;  // by the mark in the graph
  torch::jit::Module forward_;    // whose forward is the graph
  std::vector<c10::Argument> arguments_;
};

class FrozenScript::Recording {
 public:
  // The module before it is frozen.
  void Imported(const ImportedScript& imported);
  // nullptr: the next version must be loaded in full. `graph`: frozen, not yet folded; it is not
  // changed.
  std::shared_ptr<const FrozenScript> Frozen(const ZipArchive& zip,
                                             const std::shared_ptr<torch::jit::Graph>& graph,
                                             const std::vector<c10::Argument>& arguments,
                                             const std::vector<std::string>& taps);

 private:
  std::optional<Place> PlaceOf(const at::Tensor& tensor) const;
  bool TakeConstants(torch::jit::Graph& graph);

  StorageReads reads_;
  bool is_possible_ = false;
  // Held, so that their addresses are theirs.
  StoragesByRecord storages_;
  absl::flat_hash_map<const c10::StorageImpl*, std::string> records_;
  std::shared_ptr<FrozenScript> made_ = std::shared_ptr<FrozenScript>(new FrozenScript());
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_FROZEN_SCRIPT_H_
