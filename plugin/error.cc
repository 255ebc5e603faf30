#include "plugin/error.h"

#include <utility>

namespace graft::plugin {
namespace {

graft_status CodeOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kNotFound:
      return GRAFT_NOT_FOUND;
    case absl::StatusCode::kDeadlineExceeded:
      return GRAFT_TIMEOUT;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kCancelled:
      return GRAFT_PRECONDITION;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
      return GRAFT_INTERNAL;
    default:
      return GRAFT_REJECTED;
  }
}

}  // namespace

graft_error* MakeError(graft_status code, std::string message) {
  return new graft_error{code, std::move(message)};
}

graft_error* ToError(const absl::Status& status) {
  if (status.ok()) return nullptr;
  return MakeError(CodeOf(status.code()), std::string(status.message()));
}

}  // namespace graft::plugin
