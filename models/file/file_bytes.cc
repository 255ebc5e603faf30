#include "models/file/file_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/file/mapping_guard.h"
#include "models/file/open_file.h"
#include "models/memory/huge_pages.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

// Below this, copying costs less than a mapping and its lease.
constexpr uint64_t kSmallFile = 64 * 1024;

std::string ErrorText(int error) {
  char buffer[128];
  return strerror_r(error, buffer, sizeof(buffer));
}

absl::Status OpenError(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(absl::StrCat(path, ": no such file"));
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(
          absl::StrCat(path, ": this user may not read it; check its permissions"));
    default:
      return absl::UnavailableError(absl::StrCat(path, ": cannot be opened: ", ErrorText(error)));
  }
}

uint64_t MemoryAllowance(const ReadFileOptions& options) {
  if (options.max_bytes != 0) return options.max_bytes;
  const int64_t pages = sysconf(_SC_PHYS_PAGES);
  const int64_t page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return uint64_t{1} << 34;
  return static_cast<uint64_t>(pages) * static_cast<uint64_t>(page) / 2;
}

absl::Status CheckSize(const std::string& path, uint64_t size, const ReadFileOptions& options) {
  const uint64_t allowed = MemoryAllowance(options);
  if (size <= allowed) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat(path, ": has ", size, " bytes, at most ", allowed, " are read into memory"));
}

// Private memory that holds a copy.
class CopiedFile final : public FileBytes {
 public:
  CopiedFile(std::string path, FileIdentity identity, ByteSpan bytes)
      : FileBytes(std::move(path), identity, bytes) {}
  ~CopiedFile() override {
    if (!bytes().empty()) FreeHugePages(const_cast<uint8_t*>(bytes().data()), bytes().size());
  }
};

// The file's own pages, under the guard's lease.
class MappedFile final : public FileBytes {
 public:
  MappedFile(std::string path, FileIdentity identity, std::shared_ptr<GuardedMapping> mapping)
      : FileBytes(std::move(path), identity, mapping->bytes()), mapping_(std::move(mapping)) {}
  ~MappedFile() override { mapping_->LetGoOfTheRest(); }
  std::shared_ptr<const void> Keep(ByteSpan part) const override {
    return GuardedMapping::Keep(mapping_, part);
  }
  bool mapped() const override { return mapping_->state() == GuardedMapping::State::kMapped; }
  bool intact() const override { return mapping_->state() != GuardedMapping::State::kLost; }

 private:
  const std::shared_ptr<GuardedMapping> mapping_;
};

absl::StatusOr<std::shared_ptr<const FileBytes>> ReadOpened(const OpenFile& file,
                                                            const std::string& path,
                                                            const ReadFileOptions& options) {
  absl::StatusOr<FileIdentity> before = file.Identify(path);
  if (!before.ok()) return before.status();
  if (absl::Status status = CheckSize(path, before->size_bytes, options); !status.ok())
    return status;
  uint8_t* memory = nullptr;
  if (before->size_bytes > 0) {
    memory = static_cast<uint8_t*>(AllocateHugePages(before->size_bytes));
    if (memory == nullptr) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path, ": no memory for its ", before->size_bytes, " bytes"));
    }
  }
  // Owns the memory from here on.
  auto copy =
      std::make_shared<const CopiedFile>(path, *before, ByteSpan(memory, before->size_bytes));
  const uint64_t read = ReadFully(file.descriptor(), 0, memory, before->size_bytes);
  if (read < before->size_bytes && errno != 0) {
    return absl::UnavailableError(
        absl::StrCat(path, ": reading failed at byte ", read, ": ", ErrorText(errno)));
  }
  absl::StatusOr<FileIdentity> after = file.Identify(path);
  if (!after.ok()) return after.status();
  if (read < before->size_bytes || !(*after == *before)) {
    return absl::AbortedError(absl::StrCat(
        path, ": changed while it was read (", before->size_bytes, " bytes before, ",
        after->size_bytes,
        " after): wait until its writer is done. A writer that saves to another name and renames ",
        "the finished file avoids this"));
  }
  return std::shared_ptr<const FileBytes>(std::move(copy));
}

}  // namespace

absl::Status FileBytes::CheckIntact() const {
  if (intact()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      path_,
      ": its bytes were lost while somebody wrote to it: the disk failed, or memory ran out. "
      "Save it to another name and rename the finished file"));
}

absl::StatusOr<OpenFile> OpenFile::Open(const std::string& path) {
  int descriptor;
  do {
    // O_NONBLOCK: opening a FIFO must not wait for its writer. Regular files ignore it, except that
    // an open that breaks a lease would fail; reading breaks none of ours.
    descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return OpenError(path, errno);
  OpenFile file(descriptor);
  if (absl::StatusOr<FileIdentity> identity = file.Identify(path); !identity.ok()) {
    return identity.status();
  }
  return file;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::StatusOr<FileIdentity> OpenFile::Identify(const std::string& path) const {
  struct stat info;
  if (fstat(descriptor_, &info) != 0) return OpenError(path, errno);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, S_ISDIR(info.st_mode)
                                                             ? ": is a directory; name a file in it"
                                                             : ": is not a regular file"));
  }
  return IdentityOf(info);
}

uint64_t ReadFully(int descriptor, uint64_t offset, uint8_t* out, uint64_t size) {
  // Most kernels take no core from a thread that is inside a system call: a host's thread that is
  // woken there waits for its end, so each one is short.
  uint64_t done = 0;
  while (done < size) {
    const size_t want = std::min<uint64_t>(size - done, kPieceBytes);
    const ssize_t got = pread(descriptor, out + done, want, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return done;
    if (got == 0) break;
    done += static_cast<uint64_t>(got);
    PacingPoint();
  }
  errno = 0;
  return done;
}

absl::StatusOr<FileIdentity> IdentifyFile(const std::string& path) {
  absl::StatusOr<OpenFile> file = OpenFile::Open(path);
  if (!file.ok()) return file.status();
  return file->Identify(path);
}

absl::StatusOr<std::shared_ptr<const FileBytes>> ReadWholeFile(const std::string& path,
                                                               const ReadFileOptions& options) {
  absl::StatusOr<OpenFile> file = OpenFile::Open(path);
  if (!file.ok()) return file.status();
  return ReadOpened(*file, path, options);
}

absl::StatusOr<std::shared_ptr<const FileBytes>> MapFile(const std::string& path,
                                                         const ReadFileOptions& options) {
  absl::StatusOr<OpenFile> file = OpenFile::Open(path);
  if (!file.ok()) return file.status();
  absl::StatusOr<FileIdentity> identity = file->Identify(path);
  if (!identity.ok()) return identity.status();
  if (identity->size_bytes < kSmallFile) return ReadOpened(*file, path, options);
  std::shared_ptr<GuardedMapping> mapping = GuardedMapping::Map(*std::move(file));
  if (mapping == nullptr) return ReadWholeFile(path, options);
  // Nobody can write while the lease is held: this identity belongs to these bytes.
  return std::shared_ptr<const FileBytes>(
      std::make_shared<MappedFile>(path, mapping->identity(), std::move(mapping)));
}

}  // namespace graft::models
