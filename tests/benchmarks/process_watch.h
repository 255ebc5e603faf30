// What this process takes while something happens in it: the most memory, and the time of its
// background threads.
//
//   ProcessWatch watch;                   // a thread looks every 2 ms from here on
//   ...                                   // a version is loaded
//   const ProcessWatch::Found found = watch.Stop();
//   found.peak.anonymous_bytes - found.before.anonymous_bytes
//
// Threads: one at a time; the watching one is its own.
#ifndef GRAFT_TESTS_BENCHMARKS_PROCESS_WATCH_H_
#define GRAFT_TESTS_BENCHMARKS_PROCESS_WATCH_H_

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace graft::benchmarks {

// Resident memory. The pages of mapped files are the kernel's copies, which are there once however
// many map them, and which it takes back when it needs them.
struct Resident {
  int64_t total_bytes = 0;
  int64_t anonymous_bytes = 0;
};

class ProcessWatch {
 public:
  struct Found {
    Resident before;
    // The total is the kernel's own high-water mark; the other one is the highest that was seen.
    Resident peak;
    double cpu_ms = 0;  // of the background threads
    // The most cores that they took together over 50 ms.
    double most_cores = 0;
  };

  // background: how the names of the threads begin whose time counts. Threads that they start bear
  // their names too.
  explicit ProcessWatch(std::string background);
  ~ProcessWatch();
  ProcessWatch(const ProcessWatch&) = delete;
  ProcessWatch& operator=(const ProcessWatch&) = delete;

  // Ends it. Once.
  Found Stop();

 private:
  struct Moment {
    int64_t at_ns = 0;
    int64_t cpu_ns = 0;
  };

  void Work();
  void Look();
  int64_t BackgroundCpuNs();

  const std::string background_;
  Found found_;
  std::vector<Moment> moments_;
  // What each was last seen to have used; those that have ended too.
  std::map<pid_t, int64_t> thread_cpu_ns_;
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace graft::benchmarks

#endif  // GRAFT_TESTS_BENCHMARKS_PROCESS_WATCH_H_
