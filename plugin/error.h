// What control calls return when they fail: graft_error, and the way from absl::Status to it.
//
// Ownership: made with new here, given back by the host through error_free.
#ifndef GRAFT_PLUGIN_ERROR_H_
#define GRAFT_PLUGIN_ERROR_H_

#include <exception>
#include <string>

#include "absl/status/status.h"
#include "graft/graft.h"

struct graft_error {
  graft_status code = GRAFT_INTERNAL;
  std::string message;
};

namespace graft::plugin {

graft_error* MakeError(graft_status code, std::string message);

// Null for an OK status.
graft_error* ToError(const absl::Status& status);

// Runs a control call: no exception leaves the library.
template <typename Call>
graft_error* Guarded(const Call& call) noexcept {
  try {
    return call();
  } catch (const std::exception& error) {
    return MakeError(GRAFT_INTERNAL, error.what());
  } catch (...) {
    return MakeError(GRAFT_INTERNAL, "an unknown exception");
  }
}

}  // namespace graft::plugin

#endif  // GRAFT_PLUGIN_ERROR_H_
