#include "tests/benchmarks/process_watch.h"

#include <dirent.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "tests/benchmarks/host_clock.h"

namespace graft::benchmarks {
namespace {

constexpr int64_t kLookNs = 2'000'000;
constexpr int64_t kWindowNs = 50'000'000;

struct Status {
  Resident resident;
  int64_t peak_bytes = 0;
};

Status ReadStatus() {
  Status status;
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    long long kilobytes = 0;
    if (std::sscanf(line.c_str(), "VmHWM: %lld", &kilobytes) == 1) {
      status.peak_bytes = kilobytes * 1024;
    } else if (std::sscanf(line.c_str(), "VmRSS: %lld", &kilobytes) == 1) {
      status.resident.total_bytes = kilobytes * 1024;
    } else if (std::sscanf(line.c_str(), "RssAnon: %lld", &kilobytes) == 1) {
      status.resident.anonymous_bytes = kilobytes * 1024;
    }
  }
  return status;
}

// To the nanosecond, which /proc is not for a thread that runs. This is how Linux makes the clock
// of a thread (linux/posix-timers.h: CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED).
int64_t ThreadCpuNs(pid_t thread) {
  const auto clock = static_cast<clockid_t>((~static_cast<unsigned>(thread) << 3) | 6u);
  timespec used{};
  if (clock_gettime(clock, &used) != 0) return 0;  // it has ended
  return int64_t{used.tv_sec} * kSecondNs + used.tv_nsec;
}

std::string ThreadName(pid_t thread) {
  std::string name;
  std::getline(std::ifstream("/proc/self/task/" + std::to_string(thread) + "/comm"), name);
  return name;
}

}  // namespace

ProcessWatch::ProcessWatch(std::string background) : background_(std::move(background)) {
  malloc_trim(0);  // memory that is kept free would hide what is taken anew
  std::ofstream("/proc/self/clear_refs") << "5";  // the high-water mark begins here
  found_.before = ReadStatus().resident;
  found_.peak = found_.before;
  Look();
  thread_ = std::thread([this] { Work(); });
}

ProcessWatch::~ProcessWatch() {
  done_ = true;
  if (thread_.joinable()) thread_.join();
}

ProcessWatch::Found ProcessWatch::Stop() {
  done_ = true;
  thread_.join();
  Look();
  found_.cpu_ms = static_cast<double>(moments_.back().cpu_ns - moments_.front().cpu_ns) / 1e6;
  size_t first = 0;
  for (const Moment& last : moments_) {
    while (first + 1 < moments_.size() && last.at_ns - moments_[first + 1].at_ns >= kWindowNs) {
      ++first;
    }
    const int64_t window_ns = last.at_ns - moments_[first].at_ns;
    if (window_ns < kWindowNs) continue;
    found_.most_cores =
        std::max(found_.most_cores, static_cast<double>(last.cpu_ns - moments_[first].cpu_ns) /
                                        static_cast<double>(window_ns));
  }
  return found_;
}

void ProcessWatch::Work() {
  for (int64_t next_ns = NowNs(); !done_; next_ns += kLookNs) {
    SleepUntil(next_ns);
    Look();
  }
}

void ProcessWatch::Look() {
  moments_.push_back({NowNs(), BackgroundCpuNs()});
  const Status now = ReadStatus();
  found_.peak.total_bytes = std::max(found_.peak.total_bytes, now.peak_bytes);
  found_.peak.anonymous_bytes = std::max(found_.peak.anonymous_bytes, now.resident.anonymous_bytes);
}

int64_t ProcessWatch::BackgroundCpuNs() {
  DIR* folder = opendir("/proc/self/task");
  if (folder == nullptr) return 0;
  while (const dirent* entry = readdir(folder)) {
    const auto thread = static_cast<pid_t>(std::atoi(entry->d_name));
    if (thread == 0) continue;
    if (ThreadName(thread).rfind(background_, 0) != 0) continue;
    if (const int64_t used_ns = ThreadCpuNs(thread)) thread_cpu_ns_[thread] = used_ns;
  }
  closedir(folder);
  int64_t used_ns = 0;
  for (const auto& [thread, thread_ns] : thread_cpu_ns_) used_ns += thread_ns;
  return used_ns;
}

}  // namespace graft::benchmarks
