// What the scene shows: the swarm in characters, a line of figures, and messages above them.
//
//   Terminal terminal(Terminal::Style::kSwarm);
//   terminal.Say("better.pt appears in the folder");
//   terminal.Show(swarm, "12.3 s  frame 85/120/310 us ...");
//
// Threads: one at a time. May block on the terminal: outside the measured part of a frame only.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_TERMINAL_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_TERMINAL_H_

#include <string>

#include "samples/03_cartpole_swarm/swarm.h"

namespace graft::samples {

class Terminal {
 public:
  enum class Style {
    kPlain,  // a line each time, for files and pipes
    kLine,   // one line that is overwritten
    kSwarm,  // every cart as a character, and the line below
  };

  // The style that suits the standard output.
  static Style Suitable(bool headless);

  explicit Terminal(Style style) : style_(style) {}
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Frames between two calls of Show.
  int interval_frames() const;
  void Say(const std::string& message);
  void Show(const Swarm& swarm, const std::string& figures);

 private:
  void Clear();

  const Style style_;
  int lines_shown_ = 0;  // to go up over when they are replaced
};

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_TERMINAL_H_
