// Writers that die: a host serves a file while process after process writes over it, in place, and
// is killed at a random moment.
//
//   WriterStormOptions options{.model = "walker.json", .kills = 500, .start_writer = ...};
//   WriterStormOutcome outcome = RunWriterStorm(library, options).value();
//   // outcome.torn == 0
//
// The models answer the same whole number in every element of every row, 1 or 2, so an answer mixed
// of two files shows.
//
// Threads: blocks; runs frames on the calling thread.
#ifndef GRAFT_TESTS_INTEGRATION_WRITER_STORM_H_
#define GRAFT_TESTS_INTEGRATION_WRITER_STORM_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "graft/graft.hpp"

namespace graft::testing {

struct WriterStormOptions {
  std::string model;  // manifest or file; there is a whole one at the start
  uint32_t kills = 10;
  uint32_t most_life_us = 30'000;  // a writer is killed within this time of its start
  // Starts a process that writes models over the file, on and on; its id, or -1.
  std::function<pid_t()> start_writer;
  // Waits for the end of a killed writer.
  std::function<void(pid_t)> reap_writer;
  // After a kill: what the whole file that was left answers; 0: what was left is torn.
  std::function<int()> left_whole;
  // Writes one whole model that answers this number.
  std::function<bool(int answer)> write_whole;
};

struct WriterStormOutcome {
  uint64_t frames = 0;
  uint64_t failed = 0;  // frames without an answer
  uint64_t torn = 0;    // answers that no whole file gives
  uint64_t served = 0;  // versions
  uint64_t rejected = 0;
  uint64_t left_whole = 0;        // kills that left a whole file
  uint64_t left_whole_taken = 0;  // of these, what came to serve
  bool newest_served = false;     // the whole file written last came to serve
};

Result<WriterStormOutcome> RunWriterStorm(const Library& library,
                                          const WriterStormOptions& options);

}  // namespace graft::testing

#endif  // GRAFT_TESTS_INTEGRATION_WRITER_STORM_H_
