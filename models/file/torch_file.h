// Files of torch.save and torch.jit.save, read as data: the pickled value with its tensors.
//
//   absl::StatusOr<TorchFile> file = TorchFile::Open(bytes, "walker.pt");
//   const PickleValue& root = file->values()[file->values().root()];
//
// Zip (PyTorch 1.6 and later) and legacy formats, and the data of TorchScript archives. Tensors are
// views of `bytes` where they lie there as they are; storages that are compressed, big-endian or
// badly aligned are copied, and counted.
//
// Threads: immutable once open; any thread. Ownership: points into `bytes`, which must outlive it.
#ifndef GRAFT_MODELS_FILE_TORCH_FILE_H_
#define GRAFT_MODELS_FILE_TORCH_FILE_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/file/pickle_values.h"
#include "models/file/torch_objects.h"
#include "models/file/zip_archive.h"

namespace graft::models {

class TorchFile {
 public:
  // `label` names the file in errors. Errors: kInvalidArgument (not such a file, or broken: what
  // and where), kPermissionDenied (contains code to run: its name), kResourceExhausted.
  static absl::StatusOr<TorchFile> Open(ByteSpan bytes, absl::string_view label);

  // One of a zip archive's pickles: `folder` + "data.pkl" or, for TorchScript, "constants.pkl".
  static absl::StatusOr<TorchFile> OpenRecord(const ZipArchive& zip, absl::string_view pickle,
                                              absl::string_view storage_folder);

  const PickleValues& values() const { return values_; }
  const TorchObjects& objects() const { return objects_; }

  // Bytes of storages that could not be used in place.
  uint64_t copied_bytes() const { return copied_bytes_; }
  bool big_endian() const { return big_endian_; }
  bool legacy() const { return legacy_; }

 private:
  TorchFile() = default;
  absl::Status OpenLegacy(ByteSpan bytes, absl::string_view label);
  absl::Status Finish(std::vector<TorchStorage> storages, absl::string_view label);

  std::deque<std::vector<uint8_t>> owned_;
  PickleValues values_;
  TorchObjects objects_;
  uint64_t copied_bytes_ = 0;
  bool big_endian_ = false;
  bool legacy_ = false;
};

// The archive's format version ("version" record), 1 to 10. Errors: kInvalidArgument.
absl::StatusOr<int64_t> TorchArchiveVersion(const ZipArchive& zip);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_TORCH_FILE_H_
