// How a version on trial compares with the serving one, on the same observations.
//
//   report.Begin(7);
//   report.Add(7, comparison);                 // workers, after each forward of it
//   TrialReport::Figures so_far = report.Read();
//
// Threads: any; under a mutex that workers take after a forward, never the frame calls.
#ifndef GRAFT_RUNTIME_TRIAL_REPORT_H_
#define GRAFT_RUNTIME_TRIAL_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "models/tensor/tensor_spec.h"
#include "runtime/mutex.h"

namespace graft::runtime {

class TrialReport {
 public:
  struct Figures {
    uint64_t version = 0;  // 0: there has been no trial
    uint64_t rows = 0;     // compared
    uint64_t failed_rows = 0;
    uint64_t values = 0;        // floating values compared
    uint64_t not_finite = 0;    // of the candidate's, where the serving version's were
    double max_difference = 0;  // of any value, absolute
    double sum_square_difference = 0;
    int64_t run_ns = 0;   // of the candidate's forwards
    std::string failure;  // text of the newest failed forward

    // Adds the difference of two blocks of rows of one output.
    void Compare(const models::TensorSpec& spec, const std::byte* serving,
                 const std::byte* candidate, int64_t row_count);
    double RootMeanSquare() const;
  };

  // Forgets the trial before.
  void Begin(uint64_t version);
  // Adds to the figures, if they are of this version.
  void Add(const Figures& more);
  Figures Read();

 private:
  Mutex mutex_;
  Figures figures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_TRIAL_REPORT_H_
