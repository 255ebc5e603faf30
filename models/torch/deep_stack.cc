#include "models/torch/deep_stack.h"

#include <pthread.h>

#include <cstring>

#include "absl/strings/str_cat.h"

namespace graft::models {
namespace {

void* Start(void* call) {
  (*static_cast<const std::function<void()>*>(call))();
  return nullptr;
}

}  // namespace

absl::Status RunOnDeepStack(const std::function<void()>& call) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kDeepStackBytes);
  pthread_t thread;
  const int error =
      pthread_create(&thread, &attributes, &Start, const_cast<std::function<void()>*>(&call));
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no thread can be started: ", std::strerror(error)));
  }
  pthread_join(thread, nullptr);
  return absl::OkStatus();
}

}  // namespace graft::models
