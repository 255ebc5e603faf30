// One intra-op thread for the calls of one scope, on the calling thread only.
//
//   {
//     OneIntraOpThread one;
//     module.forward(inputs);   // computes here, and wakes nobody
//   }                           // the thread is as it was
//
// at::set_num_threads would do it for the whole process: it stores the number that every later
// thread starts with. What decides on a given thread is thread-local underneath (OpenMP's
// nthreads-var, MKL's local count), and that is what this sets. The functions are looked up in the
// libgomp and MKL that LibTorch itself uses; a LibTorch built without one of them has nothing to
// set there.
//
// Threads: each object belongs to the thread that made it. Costs about 20 ns.
#ifndef GRAFT_MODELS_TORCH_INTRA_OP_THREADS_H_
#define GRAFT_MODELS_TORCH_INTRA_OP_THREADS_H_

namespace graft::models {

class OneIntraOpThread {
 public:
  OneIntraOpThread();
  ~OneIntraOpThread();
  OneIntraOpThread(const OneIntraOpThread&) = delete;
  OneIntraOpThread& operator=(const OneIntraOpThread&) = delete;

 private:
  int openmp_before_;
  int mkl_before_;
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_TORCH_INTRA_OP_THREADS_H_
