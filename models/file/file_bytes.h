// The bytes of a file, in memory that stays valid and unchanged whatever happens to the file.
//
//   absl::StatusOr<std::shared_ptr<const FileBytes>> file = MapFile("walker.pt");
//   ByteSpan bytes = (*file)->bytes();
//
// A plain mmap is a trap: when somebody truncates the file (torch.save onto the same path does),
// touching the mapping kills the process with SIGBUS, and a plugin may not install signal handlers.
// MAP_PRIVATE does not help. So:
//  - ReadWholeFile copies into private memory, and says kAborted when the file changed meanwhile.
//  - MapFile maps without copying under a read lease (fcntl F_SETLEASE): the kernel grants it only
//  while
//    nobody has the file open for writing, and holds up whoever opens it for writing or truncates
//    it until we let go. A guard thread sees such an attempt within 20 ms, moves the bytes into
//    private memory at the same addresses (mremap over the mapping: readers see the same bytes
//    before, during and after), and lets the writer continue. Renaming another file over the path,
//    or deleting it, never concerns the mapping. Where the kernel grants no lease (a writer is at
//    work, the file belongs to another user, a network file system), MapFile reads a copy: mapped()
//    is then false.
// What remains: the kernel waits for us at most /proc/sys/fs/lease-break-time (45 s); a process
// stopped in a debugger for longer, while the file is truncated, is not protected. ReadWholeFile
// always is.
//
// Threads: all functions and methods from any thread. Opening blocks for the file system.
// Ownership: spans are valid while the FileBytes lives, or what Keep gave for them.
#ifndef GRAFT_MODELS_FILE_FILE_BYTES_H_
#define GRAFT_MODELS_FILE_FILE_BYTES_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "models/file/byte_span.h"
#include "models/tensor/file_identity.h"

namespace graft::models {

// Errors: kNotFound, kPermissionDenied, kInvalidArgument (not a regular file), kUnavailable.
absl::StatusOr<FileIdentity> IdentifyFile(const std::string& path);

class FileBytes : public std::enable_shared_from_this<FileBytes> {
 public:
  virtual ~FileBytes() = default;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  // At least 64-byte aligned. Empty for an empty file.
  ByteSpan bytes() const { return bytes_; }
  const std::string& path() const { return path_; }
  // The file that was read, as it was then.
  const FileIdentity& identity() const { return identity_; }

  // Keeps a part of the bytes valid when the FileBytes has gone. Then only what is kept is moved
  // into memory when somebody writes to a mapped file; the rest costs nothing.
  virtual std::shared_ptr<const void> Keep(ByteSpan /*part*/) const { return shared_from_this(); }

  // True while the bytes are the file's own pages rather than a copy.
  virtual bool mapped() const { return false; }
  // False when the bytes were lost (the disk failed, or memory ran out, while they were being moved
  // away from a writer): they read as zeros then. Check it once after the last use of a mapped
  // file's bytes.
  virtual bool intact() const { return true; }
  // kDataLoss where they are not intact.
  absl::Status CheckIntact() const;

 protected:
  FileBytes(std::string path, FileIdentity identity, ByteSpan bytes)
      : path_(std::move(path)), identity_(identity), bytes_(bytes) {}

 private:
  std::string path_;
  FileIdentity identity_;
  ByteSpan bytes_;
};

struct ReadFileOptions {
  // Larger files are refused with kResourceExhausted. 0: half of this machine's memory.
  uint64_t max_bytes = 0;
};

// The whole file, copied. Errors: as IdentifyFile; kAborted when it changed while it was read (try
// again when the writer is done); kResourceExhausted.
absl::StatusOr<std::shared_ptr<const FileBytes>> ReadWholeFile(const std::string& path,
                                                               const ReadFileOptions& options = {});

// The whole file, in place where that is safe, else as ReadWholeFile. Small files are always
// copied.
absl::StatusOr<std::shared_ptr<const FileBytes>> MapFile(const std::string& path,
                                                         const ReadFileOptions& options = {});

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_FILE_BYTES_H_
