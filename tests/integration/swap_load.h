// A model that is swapped again and again while threads submit to it, for the test of what must
// hold and the benchmark of how fast it is.
//
//   Result<SwapLoadOutcome> outcome = RunSwapLoad(library, {.swaps = 1000});
//   outcome.value().failed;      // must be 0
//
// The two models answer constants, 1 and 2; they are loaded in turns, so a version's number says
// what its every output must be. Threads: one call at a time; starts threads of its own and joins
// them.
#ifndef GRAFT_TESTS_INTEGRATION_SWAP_LOAD_H_
#define GRAFT_TESTS_INTEGRATION_SWAP_LOAD_H_

#include <cstdint>
#include <vector>

#include "graft/graft.hpp"

namespace graft::testing {

struct SwapLoadOptions {
  uint32_t swaps = 1000;
  uint32_t submitters = 4;  // threads, each with a group of its own
  uint32_t agents = 8;      // rows of each group
};

struct SwapLoadOutcome {
  uint64_t requests = 0;       // submissions that got their result
  uint64_t failed = 0;         // calls that answered anything but GRAFT_OK
  uint64_t mixed = 0;          // results whose rows are not all of the version they name
  uint64_t versions_seen = 0;  // at least: versions that a submitter saw answer
  // From model_load to the first result of the new version, one a swap, in order.
  std::vector<int64_t> swap_ns;
  // Resident memory and open files after each swap.
  std::vector<int64_t> resident_bytes;
  std::vector<int> open_files;
};

// Files are found relative to the current directory (tests/fixtures/torchscript).
Result<SwapLoadOutcome> RunSwapLoad(const Library& library, const SwapLoadOptions& options);

// Bytes by which resident memory grew for each swap after the first `warm`: the slope of the least
// squares line.
double GrowthBytesPerSwap(const SwapLoadOutcome& outcome, size_t warm);

}  // namespace graft::testing

#endif  // GRAFT_TESTS_INTEGRATION_SWAP_LOAD_H_
