// A file opened for reading and looked at: what file_bytes.cc and mapping_guard.cc share.
#ifndef GRAFT_MODELS_FILE_OPEN_FILE_H_
#define GRAFT_MODELS_FILE_OPEN_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/file/byte_span.h"
#include "models/file/file_bytes.h"

namespace graft::models {

// Owns a file descriptor.
class OpenFile {
 public:
  // Errors: as IdentifyFile.
  static absl::StatusOr<OpenFile> Open(const std::string& path);
  OpenFile(OpenFile&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile();

  int descriptor() const { return descriptor_; }
  absl::StatusOr<FileIdentity> Identify(const std::string& path) const;

 private:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Reads [offset, offset + size) of the file into `out`. The bytes read: fewer than `size` at the
// file's end or on an error, which is left in errno (0 at the end of the file).
uint64_t ReadFully(int descriptor, uint64_t offset, uint8_t* out, uint64_t size);

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_OPEN_FILE_H_
