#include "plugin/file_digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "models/file/sha256.h"
#include "models/tensor/pacing.h"
#include "runtime/clock.h"
#include "runtime/pace.h"

namespace graft::plugin {
namespace {

constexpr size_t kPieceBytes = 256 * 1024;
// Of a core's hashing speed about a third: the rest of the core is the frames'.
constexpr int64_t kBytesPerSecond = 100'000'000;

}  // namespace

absl::StatusOr<std::string> FileDigest(const std::string& path,
                                       const std::function<bool()>& cancelled) {
  // Not blocking: a pipe in a file's place must not hold us up.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return absl::NotFoundError(absl::StrCat(path, ": ", std::strerror(errno)));
  const absl::Cleanup close_file = [fd] { close(fd); };
  struct stat facts;
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return absl::NotFoundError(absl::StrCat(path, ": not a regular file"));
  }
  runtime::Pace pace(kBytesPerSecond, runtime::Clock::Real());
  models::Sha256 hash;
  std::vector<uint8_t> piece(kPieceBytes);
  for (;;) {
    if (cancelled()) return absl::CancelledError(absl::StrCat(path, ": cancelled"));
    const ssize_t got = read(fd, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::UnavailableError(absl::StrCat(path, ": ", std::strerror(errno)));
    if (got == 0) return hash.FinishHex();
    hash.Update({piece.data(), static_cast<size_t>(got)});
    pace.Spend(got);
    models::PacingPoint();
  }
}

}  // namespace graft::plugin
