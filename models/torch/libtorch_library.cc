#include "models/torch/libtorch_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace at {
int get_num_threads();  // ATen/Parallel.h: any function of libtorch_cpu will do to find it by.
}  // namespace at

namespace graft::models {
namespace {

// Absolute path of the file that libtorch_cpu was loaded from; empty when unknown.
std::string LibTorchPath() {
  Dl_info info;
  // Through a symbol, not a name: the host may have loaded its LibTorch from anywhere. The address
  // may lie in our own library (a jump-table slot): then the name leads there.
  if (dladdr(reinterpret_cast<void*>(&at::get_num_threads), &info) != 0 &&
      info.dli_fname != nullptr &&
      std::string(info.dli_fname).find("libtorch_cpu") != std::string::npos) {
    return info.dli_fname;
  }
  void* handle = dlopen("libtorch_cpu.so", RTLD_NOW | RTLD_NOLOAD);
  if (handle == nullptr) return "";
  void* symbol = dlsym(handle, "_ZN2at15get_num_threadsEv");
  if (symbol == nullptr || dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return "";
  return info.dli_fname;
}

absl::Status OpenCudaLibraryOnce() {
  const int devices = DriverDeviceCount();
  if (devices < 0) {
    return absl::UnavailableError(
        "this machine has no NVIDIA driver (libcuda.so.1). Use the device \"cpu\", or \"auto\".");
  }
  if (devices == 0) {
    return absl::UnavailableError(
        "the NVIDIA driver reports no usable device (is one visible: nvidia-smi, "
        "CUDA_VISIBLE_DEVICES?). Use the device \"cpu\", or \"auto\".");
  }
  const std::string cpu = LibTorchPath();
  const size_t slash = cpu.rfind('/');
  const std::string cuda =
      absl::StrCat(slash == std::string::npos ? "" : cpu.substr(0, slash + 1), "libtorch_cuda.so");
  if (dlopen(cuda.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    const char* why = dlerror();
    return absl::UnavailableError(
        absl::StrCat("the CUDA part of LibTorch cannot be opened: ", why != nullptr ? why : cuda,
                     ". Install a CUDA build of LibTorch, or use the device \"cpu\"."));
  }
  return absl::OkStatus();
}

int AskDriver() {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (driver == nullptr) return -1;
  // cuda.h: CUresult cuInit(unsigned), cuDeviceGetCount(int*); 0 is CUDA_SUCCESS.
  auto* init = reinterpret_cast<int (*)(unsigned)>(dlsym(driver, "cuInit"));
  auto* get_count = reinterpret_cast<int (*)(int*)>(dlsym(driver, "cuDeviceGetCount"));
  int count = 0;
  if (init == nullptr || get_count == nullptr || init(0) != 0 || get_count(&count) != 0) return 0;
  return count;
}

}  // namespace

void* LibTorchLibrary() {
  static void* const handle = [] {
    const std::string path = LibTorchPath();
    return path.empty() ? nullptr : dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD);
  }();
  return handle;
}

int DriverDeviceCount() {
  static const int count = AskDriver();
  return count;
}

absl::Status OpenCudaLibrary() {
  static const absl::Status* const status = new absl::Status(OpenCudaLibraryOnce());
  return *status;
}

}  // namespace graft::models
