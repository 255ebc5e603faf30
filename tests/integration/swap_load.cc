#include "tests/integration/swap_load.h"

#include <dirent.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace graft::testing {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr const char* kModels[2] = {"tests/fixtures/torchscript/constant_1.pt",
                                    "tests/fixtures/torchscript/constant_2.pt"};

// Versions count from 1, which is the first model.
const char* ModelOf(uint64_t version) { return kModels[(version - 1) % 2]; }
float ValueOf(uint64_t version) { return version % 2 == 1 ? 1.0f : 2.0f; }

int64_t ResidentBytes() {
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return int64_t{pages} * sysconf(_SC_PAGESIZE);
}

int OpenFiles() {
  int count = 0;
  if (DIR* folder = opendir("/proc/self/fd")) {
    while (readdir(folder) != nullptr) ++count;
    closedir(folder);
  }
  return count;
}

struct Shared {
  std::atomic<bool> stop{false};
  std::atomic<bool> stop_ticks{false};  // later than stop: submitters wait for ticks
  std::atomic<uint64_t> requests{0};
  std::atomic<uint64_t> failed{0};
  std::atomic<uint64_t> mixed{0};
  std::atomic<uint64_t> newest_version{0};  // of any result so far
};

void NoteVersion(Shared& shared, uint64_t version) {
  uint64_t newest = shared.newest_version.load();
  while (newest < version && !shared.newest_version.compare_exchange_weak(newest, version)) {
  }
}

// One submission and its result. False: some call failed.
bool Request(Group& group, uint32_t agents, Shared& shared) {
  const InputRows<float> rows = group.Input<float>();
  if (!rows) return false;
  for (size_t i = 0; i < agents * rows.row_elements(); ++i) rows.data()[i] = 0.5f;
  uint64_t ticket = 0;
  if (group.Submit(agents, &ticket) != GRAFT_OK) return false;
  if (group.Wait(ticket) != GRAFT_OK) return false;
  const OutputRows<float> result = group.Latest<float>();
  if (!result || result.ticket() != ticket || result.agents() != agents) return false;
  const float expected = ValueOf(result.version());
  bool one_version = true;
  for (size_t i = 0; i < agents * result.row_elements(); ++i) {
    one_version = one_version && result.data()[i] == expected;
  }
  if (!one_version) shared.mixed.fetch_add(1);
  NoteVersion(shared, result.version());
  return true;
}

void Submitter(Group group, uint32_t agents, Shared& shared) {
  while (!shared.stop.load()) {
    (Request(group, agents, shared) ? shared.requests : shared.failed).fetch_add(1);
  }
}

}  // namespace

Result<SwapLoadOutcome> RunSwapLoad(const Library& library, const SwapLoadOptions& options) {
  Result<Runtime> runtime = library.OpenRuntime();
  if (!runtime.ok()) return runtime.error();
  Result<Model> model = runtime.value().OpenModel(ModelOf(1), GRAFT_MODEL_NO_WATCH);
  if (!model.ok()) return model.error();

  Shared shared;
  std::vector<std::thread> threads;
  Result<SwapLoadOutcome> outcome = SwapLoadOutcome();
  for (uint32_t i = 0; i < options.submitters; ++i) {
    Result<Group> group = model.value().OpenGroup(options.agents);
    if (!group.ok()) {
      outcome = group.error();
      break;
    }
    threads.emplace_back(Submitter, std::move(group).value(), options.agents, std::ref(shared));
  }
  threads.emplace_back([&] {
    while (!shared.stop_ticks.load()) {
      if (runtime.value().Tick() != GRAFT_OK) shared.failed.fetch_add(1);
      std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
  });

  for (uint32_t swap = 0; swap < options.swaps && outcome.ok(); ++swap) {
    const uint64_t version = swap + 2;
    const SteadyClock::time_point begin = SteadyClock::now();
    const Result<uint64_t> loaded = model.value().Load(ModelOf(version), /*timeout_ns=*/-1);
    if (!loaded.ok()) {
      outcome = loaded.error();
      break;
    }
    while (shared.newest_version.load() < version) {
      if (SteadyClock::now() - begin > std::chrono::seconds(60)) {
        outcome =
            ErrorInfo{GRAFT_TIMEOUT, "version " + std::to_string(version) + " never answered"};
        break;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
    if (!outcome.ok()) break;
    SwapLoadOutcome& so_far = outcome.value();
    so_far.swap_ns.push_back(
        std::chrono::duration_cast<std::chrono::nanoseconds>(SteadyClock::now() - begin).count());
    so_far.resident_bytes.push_back(ResidentBytes());
    so_far.open_files.push_back(OpenFiles());
    ++so_far.versions_seen;
  }
  shared.stop.store(true);
  for (size_t i = 0; i + 1 < threads.size(); ++i) threads[i].join();
  shared.stop_ticks.store(true);
  threads.back().join();
  if (outcome.ok()) {
    outcome.value().requests = shared.requests.load();
    outcome.value().failed = shared.failed.load();
    outcome.value().mixed = shared.mixed.load();
  }
  return outcome;
}

double GrowthBytesPerSwap(const SwapLoadOutcome& outcome, size_t warm) {
  double n = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (size_t i = warm; i < outcome.resident_bytes.size(); ++i) {
    const auto x = static_cast<double>(i);
    const auto y = static_cast<double>(outcome.resident_bytes[i]);
    n += 1;
    sum_x += x;
    sum_y += y;
    sum_xx += x * x;
    sum_xy += x * y;
  }
  const double spread = n * sum_xx - sum_x * sum_x;
  return spread == 0 ? 0 : (n * sum_xy - sum_x * sum_y) / spread;
}

}  // namespace graft::testing
