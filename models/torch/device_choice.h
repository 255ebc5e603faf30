// The device that a model runs on, by its name, and the stream of a thread on it.
//
//   absl::StatusOr<c10::Device> device = ChooseDevice("auto");
//   at::Tensor sum = RunOnDevice(*device, [&] { return (a + b).cpu(); });
//
// Threads: any. For .cc files of models/torch and models/architecture only: includes LibTorch.
#ifndef GRAFT_MODELS_TORCH_DEVICE_CHOICE_H_
#define GRAFT_MODELS_TORCH_DEVICE_CHOICE_H_

#include <c10/core/Device.h>
#include <c10/core/Stream.h>
#include <c10/core/StreamGuard.h>

#include <string>

#include "absl/status/statusor.h"

namespace graft::models {

// "cpu", "cuda", "cuda:N", or "auto" (CUDA when a device is there). Opens LibTorch's CUDA part when
// it is needed. Errors: kInvalidArgument (no such name), kUnavailable (no such device here).
absl::StatusOr<c10::Device> ChooseDevice(const std::string& name);

// This thread's own stream on a device, the same for all models: calls of one thread are one after
// another anyway, and LibTorch's pool of streams is small.
// @pre not the CPU
c10::Stream ThreadStream(const c10::Device& device);

// Runs `body` on this thread's stream, and waits for what it began there.
template <typename Body>
auto RunOnDevice(const c10::Device& device, Body&& body) -> decltype(body()) {
  if (device.is_cpu()) return body();
  const c10::Stream stream = ThreadStream(device);
  c10::StreamGuard guard(stream);
  auto result = body();
  stream.synchronize();
  return result;
}

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_DEVICE_CHOICE_H_
