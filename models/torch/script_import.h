// A TorchScript archive as LibTorch's module, with its weights where they lie in the file.
//
//   ImportedScript imported = ImportScript(file, zip, WeightPlace::kInFile);
//
// torch::jit::load copies every storage: a version would need its memory twice while it is folded.
//
// Threads: free function without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_IMPORT_H_
#define GRAFT_MODELS_TORCH_SCRIPT_IMPORT_H_

#include <c10/core/Storage.h>
#include <torch/csrc/jit/api/module.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "models/file/file_bytes.h"
#include "models/file/zip_archive.h"

namespace graft::models {

enum class WeightPlace : uint8_t {
  // Read-only: nothing may write to them. The storages keep their parts of the file. Records that
  // are compressed or badly aligned are copied, and all of an archive whose objects are restored by
  // code of their own (__setstate__), which may do anything.
  kInFile,
  kCopied,
};

// By their records in the archive's folder: "data/0".
using StoragesByRecord = absl::flat_hash_map<std::string, c10::Storage>;

struct ImportedScript {
  torch::jit::Module module;
  StoragesByRecord in_file;  // that were left there
};

// On the CPU. zip: of these bytes. @pre CheckScriptArchive(file->bytes()). Throws what LibTorch
// throws.
ImportedScript ImportScript(const std::shared_ptr<const FileBytes>& file, const ZipArchive& zip,
                            WeightPlace place);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_IMPORT_H_
