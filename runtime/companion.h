// The version that runs beside the serving one, on the same rows: one at a time, at most.
//
//   VersionSet::Running running = versions.AcquireRunning(now_ns);   // both are held
//   if (running.beside.role == CompanionRole::kFades) ...
//
// Threads: values.
#ifndef GRAFT_RUNTIME_COMPANION_H_
#define GRAFT_RUNTIME_COMPANION_H_

#include <cstdint>

namespace graft::runtime {

struct Version;

enum class CompanionRole : uint8_t {
  kNone,
  kFades,    // the version before; its answers are mixed in
  kBurnsIn,  // a later one, unseen, until its state is its own
  kOnTrial,  // a candidate; serves some rows, or none, and is compared
};

struct Companion {
  CompanionRole role = CompanionRole::kNone;
  const Version* version = nullptr;  // null with kNone
  uint64_t term = 0;                 // see Version::term
  double faded = 1;                  // of kFades: how far, 0 to 1
  bool spares_trial = false;  // of kFades: the rows that were on trial are with the new one already
  int64_t started_ns = 0;     // of kOnTrial: Clock time
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_COMPANION_H_
