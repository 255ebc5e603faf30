#include "models/file/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

absl::Status WriteError(const std::string& path, int error) {
  char buffer[128];
  const std::string message =
      absl::StrCat(path, ": cannot be written: ", strerror_r(error, buffer, sizeof(buffer)));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// 0, or the error number.
int WritePieces(int descriptor, absl::Span<const ByteSpan> pieces) {
  for (ByteSpan piece : pieces) {
    while (!piece.empty()) {
      const size_t want = std::min<size_t>(piece.size(), size_t{1} << 30);
      const ssize_t wrote = write(descriptor, piece.data(), want);
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return errno;
      piece.remove_prefix(static_cast<size_t>(wrote));
    }
  }
  return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno;
}

}  // namespace

absl::Status ReplaceFile(const std::string& path, absl::Span<const ByteSpan> pieces) {
  std::string temporary;
  int descriptor = -1;
  for (int attempt = 0; descriptor < 0; ++attempt) {
    temporary = absl::StrCat(path, ".partial-", getpid(), "-", attempt);
    descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    constexpr int kMaxAttempts = 1000;
    if (descriptor < 0 && (errno != EEXIST || attempt == kMaxAttempts)) {
      return WriteError(path, errno);
    }
  }
  int error = WritePieces(descriptor, pieces);
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error == 0 && rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return absl::OkStatus();
  unlink(temporary.c_str());
  return WriteError(path, error);
}

}  // namespace graft::models
