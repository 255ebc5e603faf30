// TorchScript archives read without compiling them: methods, weights, what the code needs.
//
//   absl::StatusOr<TorchScriptArchive> archive = TorchScriptArchive::Open(bytes, "walker.pt");
//   // archive->methods(): {"forward(self, x: Tensor) -> Tensor"}; archive->weights(): names as in
//   Python
//
// The data (data.pkl) says what the module holds; the code (code/**.py, LibTorch's own printed
// form) says which of it are parameters and buffers and which methods there are. Only the class
// headers are looked at; the code itself is LibTorch's to compile.
//
// Threads: immutable once open; any thread. Ownership: points into the bytes given to Open.
#ifndef GRAFT_MODELS_FILE_TORCHSCRIPT_ARCHIVE_H_
#define GRAFT_MODELS_FILE_TORCHSCRIPT_ARCHIVE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/torch_file.h"
#include "models/file/weight_table.h"

namespace graft::models {

class TorchScriptArchive {
 public:
  // Errors: those of ZipArchive and TorchFile; kInvalidArgument when code and data do not fit.
  static absl::StatusOr<TorchScriptArchive> Open(ByteSpan bytes, absl::string_view label);

  // "__torch__.mynet.Net"; "" when the archive holds another value than a module.
  const std::string& root_class() const { return root_class_; }
  // Signatures of the root class: "forward(self, x: Tensor, k: int=2) -> Tensor".
  const std::vector<std::string>& methods() const { return methods_; }
  // Parameters and buffers, in the order of the module's state_dict().
  const WeightTable& weights() const { return weights_; }
  // Tensors that the code refers to as constants: where frozen modules keep their weights.
  size_t constant_tensors() const { return constants_->objects().tensors().size(); }
  uint64_t constant_bytes() const;
  const TorchFile& data() const { return *data_; }

 private:
  struct ClassInfo {
    std::vector<std::string> parameters;
    std::vector<std::string> buffers;
    std::vector<std::string> methods;
  };

  TorchScriptArchive() = default;
  absl::Status ReadCode(const ZipArchive& zip);
  absl::Status CollectWeights(absl::string_view label);

  std::unique_ptr<TorchFile> data_;
  std::unique_ptr<TorchFile> constants_;
  std::map<std::string, ClassInfo> classes_;
  std::string root_class_;
  std::vector<std::string> methods_;
  WeightTable weights_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_TORCHSCRIPT_ARCHIVE_H_
