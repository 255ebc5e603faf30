#include "models/torch/device_choice.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "models/torch/devices.h"
#include "models/torch/libtorch_library.h"
#include "models/torch/torch_error.h"

namespace graft::models {

absl::StatusOr<c10::Device> ChooseDevice(const std::string& name) {
  const c10::Device cpu(c10::DeviceType::CPU);
  if (name == "cpu") return cpu;
  int index = 0;
  const bool numbered =
      absl::StartsWith(name, "cuda:") && absl::SimpleAtoi(name.substr(5), &index) && index >= 0;
  if (name != "auto" && name != "cuda" && !numbered) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the device \"", name, "\" is unknown. Use \"cpu\", \"cuda\", \"cuda:N\" or \"auto\"."));
  }
  if (name == "auto" && DriverDeviceCount() <= 0) return cpu;
  if (absl::Status status = OpenCudaLibrary(); !status.ok()) {
    if (name == "auto") return cpu;
    return absl::UnavailableError(
        absl::StrCat("the device \"", name, "\" cannot be used: ", status.message()));
  }
  return Guarded("asking for CUDA devices", absl::StatusCode::kUnavailable,
                 [&]() -> absl::StatusOr<c10::Device> {
                   const int count =
                       c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount();
                   if (count == 0 && name == "auto") return cpu;
                   if (index >= count) {
                     return absl::UnavailableError(
                         absl::StrCat("the device \"", name, "\" does not exist: LibTorch sees ",
                                      count, " CUDA devices. Use one of them, or \"cpu\"."));
                   }
                   return c10::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(index));
                 });
}

c10::Stream ThreadStream(const c10::Device& device) {
  thread_local std::vector<std::pair<c10::Device, c10::Stream>> streams;
  for (const auto& [known, stream] : streams) {
    if (known == device) return stream;
  }
  const c10::Stream stream =
      c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
  streams.emplace_back(device, stream);
  return stream;
}

std::vector<std::string> AvailableDevices() {
  std::vector<std::string> devices = {"cpu"};
  if (DriverDeviceCount() <= 0 || !OpenCudaLibrary().ok()) return devices;
  try {
    const int count = c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount();
    for (int i = 0; i < count; ++i) devices.push_back(absl::StrCat("cuda:", i));
  } catch (...) {
    // A driver that LibTorch cannot use: the CPU remains.
  }
  return devices;
}

}  // namespace graft::models
