// Monotonic time, so that tests can hold it.
//
// Threads: any. NowNs never blocks or allocates.
#ifndef GRAFT_RUNTIME_CLOCK_H_
#define GRAFT_RUNTIME_CLOCK_H_

#include <cstdint>

namespace graft::runtime {

class Clock {
 public:
  virtual ~Clock() = default;

  // Nanoseconds of CLOCK_MONOTONIC; never 0.
  virtual int64_t NowNs() const = 0;

  // The machine's clock; lives as long as the process.
  static const Clock& Real();
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_CLOCK_H_
