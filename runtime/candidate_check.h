// What is found out about a candidate by running it, before any agent depends on it.
//
//   absl::Status status = WarmUp(candidate, {1, 256}, cancel);
//   status = CheckFinite(candidate, serving, 256);
//   double factor = *Slowdown(candidate, serving, 256, clock);      // 1.03
//
// Threads: free functions without state; they run forwards on the calling thread.
#ifndef GRAFT_RUNTIME_CANDIDATE_CHECK_H_
#define GRAFT_RUNTIME_CANDIDATE_CHECK_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/clock.h"
#include "runtime/executable.h"
#include "runtime/loader.h"

namespace graft::runtime {

// Two forwards over zeros for each number of rows: the first one of a size may prepare what the
// second one uses. Errors: that of the forward, kCancelled.
absl::Status WarmUp(const Executable& executable, const std::vector<uint32_t>& rows,
                    const CancelToken& cancel);

// Over rows of zeros, no output is infinite or NaN where the serving version's is finite. (Some
// sound models divide by the length of their input, so zeros alone say nothing.) Error:
// kInvalidArgument, naming the output.
absl::Status CheckFinite(const Executable& candidate, const Executable& serving, uint32_t rows);

// How many times as long as the serving version's a forward of the candidate takes: the shortest of
// several each, taken in turns, so that what else the machine does weighs little.
absl::StatusOr<double> Slowdown(const Executable& candidate, const Executable& serving,
                                uint32_t rows, const Clock& clock);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_CANDIDATE_CHECK_H_
