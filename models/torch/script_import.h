// A TorchScript archive as LibTorch's module, with its weights where they lie in the file.
//
//   torch::jit::Module module = ImportScript(file, WeightPlace::kInFile);
//
// torch::jit::load copies every storage: a version would need its memory twice while it is folded.
//
// Threads: free function without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_IMPORT_H_
#define GRAFT_MODELS_TORCH_SCRIPT_IMPORT_H_

#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <memory>

#include "models/file/file_bytes.h"

namespace graft::models {

enum class WeightPlace : uint8_t {
  // Read-only: nothing may write to them. The storages keep their parts of it. Records that are
  // compressed or
  // badly aligned are copied, and all of an archive whose objects are restored by code of their own
  // (__setstate__), which may do anything.
  kInFile,
  kCopied,
};

// On the CPU. @pre CheckScriptArchive(file->bytes()). Throws what LibTorch throws.
torch::jit::Module ImportScript(const std::shared_ptr<const FileBytes>& file, WeightPlace place);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_IMPORT_H_
