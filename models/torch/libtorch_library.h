// The LibTorch that this process runs: its place on disk, and its CUDA half, opened only where it
// can work.
//
// libtorch_cuda.so costs 0.25 s and 450 MB at start. So the program is linked to libtorch_cpu
// alone, and the CUDA half is opened from beside it when somebody asks for a GPU and a driver
// answers. It must happen before LibTorch is first asked anything about CUDA, because LibTorch
// caches "there is no CUDA" for good.
//
// Threads: any. Includes no LibTorch header.
#ifndef GRAFT_MODELS_TORCH_LIBTORCH_LIBRARY_H_
#define GRAFT_MODELS_TORCH_LIBTORCH_LIBRARY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace graft::models {

// A dlopen handle of the libtorch_cpu in use; nullptr when it cannot be found. Never closed.
void* LibTorchLibrary();

// Number of CUDA devices according to the NVIDIA driver, asked without LibTorch; -1 without a
// driver.
int DriverDeviceCount();

// Opens libtorch_cuda.so from beside libtorch_cpu.so, once per process; later calls return the
// first answer. Errors: kUnavailable (no driver, no device, no CUDA build of LibTorch): what is
// missing.
absl::Status OpenCudaLibrary();

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_LIBTORCH_LIBRARY_H_
