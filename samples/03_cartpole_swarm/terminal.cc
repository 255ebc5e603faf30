#include "samples/03_cartpole_swarm/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cmath>
#include <cstddef>
#include <cstdio>

namespace graft::samples {
namespace {

constexpr size_t kCartsInALine = 64;

// One character for a cart, in the colour of its trouble.
const char* Glyph(const Swarm::Cart& cart) {
  if (cart.lying_frames > 0) return "\033[90m_";
  if (std::abs(cart.body.angle) < 0.1f) return "\033[32m|";
  if (std::abs(cart.body.angle) < 0.4f) return cart.body.angle > 0 ? "\033[33m/" : "\033[33m\\";
  return cart.body.angle > 0 ? "\033[31m/" : "\033[31m\\";
}

// A line that wraps could not be replaced by going up over it.
size_t Width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace

Terminal::Style Terminal::Suitable(bool headless) {
  if (isatty(STDOUT_FILENO) == 0) return Style::kPlain;
  return headless ? Style::kLine : Style::kSwarm;
}

Terminal::~Terminal() {
  if (style_ == Style::kLine && lines_shown_ > 0) std::printf("\n");
}

int Terminal::interval_frames() const {
  return style_ == Style::kPlain ? kFramesPerSecond : kFramesPerSecond / 12;
}

void Terminal::Clear() {
  if (lines_shown_ == 0) return;
  if (style_ == Style::kLine) std::printf("\r\033[K");
  if (style_ == Style::kSwarm) std::printf("\033[%dF\033[J", lines_shown_);
  lines_shown_ = 0;
}

void Terminal::Say(const std::string& message) {
  Clear();
  std::printf("%s\n", message.c_str());
  std::fflush(stdout);
}

void Terminal::Show(const Swarm& swarm, const std::string& figures) {
  Clear();
  if (style_ == Style::kSwarm) {
    std::string picture;
    for (size_t i = 0; i < swarm.size(); ++i) {
      picture += Glyph(swarm.carts()[i]);
      if (i % kCartsInALine == kCartsInALine - 1 || i + 1 == swarm.size()) {
        picture += "\033[0m\n";
        ++lines_shown_;
      }
    }
    std::fputs(picture.c_str(), stdout);
  }
  if (style_ == Style::kPlain) {
    std::printf("%s\n", figures.c_str());
  } else {
    std::printf("%s%s", figures.substr(0, Width() - 1).c_str(),
                style_ == Style::kSwarm ? "\n" : "");
    ++lines_shown_;
  }
  std::fflush(stdout);
}

}  // namespace graft::samples
