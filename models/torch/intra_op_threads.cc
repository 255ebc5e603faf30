#include "models/torch/intra_op_threads.h"

#include <dlfcn.h>

#include "models/torch/libtorch_library.h"

namespace at {
// ATen/Parallel.h, without the seconds that including it costs. Also makes ATen's once-per-thread
// initialisation happen, which would otherwise overwrite our number at the first operator.
int get_num_threads();
}  // namespace at

namespace graft::models {
namespace {

struct ThreadCounts {
  int (*openmp_max)() = nullptr;
  void (*openmp_set)(int) = nullptr;
  int (*mkl_set_local)(int) = nullptr;  // returns what was set before; 0: follows the process

  ThreadCounts() {
    void* libtorch = LibTorchLibrary();
    if (libtorch == nullptr) return;
    openmp_max = reinterpret_cast<int (*)()>(dlsym(libtorch, "omp_get_max_threads"));
    openmp_set = reinterpret_cast<void (*)(int)>(dlsym(libtorch, "omp_set_num_threads"));
    if (openmp_max == nullptr) openmp_set = nullptr;
    // The capitalised name: "mkl_set_num_threads_local" is the Fortran one, which takes a pointer.
    mkl_set_local = reinterpret_cast<int (*)(int)>(dlsym(libtorch, "MKL_Set_Num_Threads_Local"));
  }
};

const ThreadCounts& Counts() {
  static const ThreadCounts counts;
  return counts;
}

}  // namespace

OneIntraOpThread::OneIntraOpThread() : openmp_before_(0), mkl_before_(0) {
  thread_local const int initialised = at::get_num_threads();
  (void)initialised;
  const ThreadCounts& counts = Counts();
  if (counts.openmp_set != nullptr) {
    openmp_before_ = counts.openmp_max();
    if (openmp_before_ != 1) counts.openmp_set(1);
  }
  if (counts.mkl_set_local != nullptr) mkl_before_ = counts.mkl_set_local(1);
}

OneIntraOpThread::~OneIntraOpThread() {
  const ThreadCounts& counts = Counts();
  if (counts.openmp_set != nullptr && openmp_before_ != 1) counts.openmp_set(openmp_before_);
  if (counts.mkl_set_local != nullptr) counts.mkl_set_local(mkl_before_);
}

}  // namespace graft::models
