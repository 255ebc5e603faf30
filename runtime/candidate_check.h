// What is found out about a candidate by running it, before any agent depends on it.
//
//   absl::Status status = WarmUp(candidate, &serving, {1, 256}, cancel);
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
// second one uses. One, where the candidate runs like the serving version, which has served so many
// rows. No output is infinite or NaN where the serving version's (may be null) is
// finite: some sound models divide by the length of their input, so zeros alone say nothing. The
// serving version runs only when there is something to compare. Errors: that of the forward,
// kInvalidArgument, naming the output; kCancelled.
absl::Status WarmUp(const Executable& candidate, const Executable* serving,
                    const std::vector<uint32_t>& rows, const CancelToken& cancel);

// How many times as long as the serving version's a forward of the candidate takes: the shortest of
// several each, taken in turns, so that what else the machine does weighs little.
absl::StatusOr<double> Slowdown(const Executable& candidate, const Executable& serving,
                                uint32_t rows, const Clock& clock);

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_CANDIDATE_CHECK_H_
