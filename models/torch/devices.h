// The devices that models can run on here.
//
//   for (const std::string& name : AvailableDevices()) ...   // "cpu", "cuda:0"
//
// Threads: any.
#ifndef GRAFT_MODELS_TORCH_DEVICES_H_
#define GRAFT_MODELS_TORCH_DEVICES_H_

#include <string>
#include <vector>

namespace graft::models {

// "cpu" first. Opens the CUDA part of LibTorch on first use if, and only if, this machine has an
// NVIDIA driver.
std::vector<std::string> AvailableDevices();

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_DEVICES_H_
