// The records of a TorchScript archive as far as they make the module: its code and pickles as one
// key, and the storages that may stay where they lie in the file.
//
//   if (*CodeKeyOf(zip) == *CodeKeyOf(earlier)) ...    // nothing but weights has changed
//
// Threads: free functions without state. For .cc files of models/torch only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_SCRIPT_RECORDS_H_
#define GRAFT_MODELS_TORCH_SCRIPT_RECORDS_H_

#include <c10/core/Storage.h>

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/file_bytes.h"
#include "models/file/zip_archive.h"
#include "models/torch/tensor_pool.h"

namespace graft::models {

// Equal for archives from which LibTorch makes the same module, but for what is in its storages:
// made of all names and sizes, and of the contents of all records but storages and what LibTorch
// does not look at. Errors: those of ZipArchive::Inflate.
absl::StatusOr<TensorPool::Key> CodeKeyOf(const ZipArchive& zip);

// Of what is in a record that is stored as it is; nullopt: there is none of that name ("data/0", in
// the archive's folder).
std::optional<TensorPool::Key> ContentKeyOf(const ZipArchive& zip, absl::string_view name);

// Read-only memory that keeps its part of the file. nullopt: the record is not there, compressed,
// empty or badly aligned.
std::optional<c10::Storage> StorageInFile(const ZipArchive& zip, absl::string_view name,
                                          const std::shared_ptr<const FileBytes>& file);

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_SCRIPT_RECORDS_H_
