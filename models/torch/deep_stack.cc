#include "models/torch/deep_stack.h"

#include <pthread.h>

#include <cstring>

#include "absl/strings/str_cat.h"
#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

struct Call {
  const std::function<void()>& run;
  PacingHook* const pacing;
};

void* Start(void* argument) {
  const Call& call = *static_cast<const Call*>(argument);
  const PacedScope paced(call.pacing);
  call.run();
  return nullptr;
}

}  // namespace

absl::Status RunOnDeepStack(const std::function<void()>& call) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kDeepStackBytes);
  pthread_t thread;
  Call there{call, CurrentPacing()};
  const int error = pthread_create(&thread, &attributes, &Start, &there);
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no thread can be started: ", std::strerror(error)));
  }
  pthread_join(thread, nullptr);
  return absl::OkStatus();
}

}  // namespace graft::models
