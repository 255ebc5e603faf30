#include "samples/03_cartpole_swarm/options.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace graft::samples {
namespace {

constexpr char kUsage[] =
    "usage: cartpole_swarm [OPTION...]\n"
    "Balances a swarm of cart-poles with one network, and replaces the network while it runs.\n"
    "\n"
    "  --seconds S        how long the scene lasts (28)\n"
    "  --agents N         carts (256)\n"
    "  --seed N           of starts and gusts (1)\n"
    "  --headless         no picture of the swarm, only the line of figures\n"
    "  --unpaced          as fast as it goes: no sleep between frames, every frame waits for its\n"
    "                     forces\n"
    "  --csv FILE         write a line for each frame\n"
    "  --checkpoints DIR  novice.pt, better.pt, expert.pt (samples/checkpoints/cartpole)\n"
    "  --folder DIR       watched for checkpoints; emptied first (a temporary one)\n"
    "  --library FILE     libgraft.so (else $GRAFT_LIBRARY, else where the linker finds it)\n"
    "\n"
    "Exit code: 0 when the expert serves at the end and the torn file was refused, else 1; 2: "
    "usage.\n";

[[noreturn]] void Complain(const std::string& what) {
  std::fprintf(stderr, "cartpole_swarm: %s\n%s", what.c_str(), kUsage);
  std::exit(2);
}

template <typename Number>
Number ParseNumber(std::string_view option, std::string_view text, Number low, Number high) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() ||
      !(number >= low && number <= high)) {
    Complain(std::string(option) + ": expected a number from " + std::to_string(low) + " to " +
             std::to_string(high) + ", found \"" + std::string(text) + "\"");
  }
  return number;
}

}  // namespace

Options ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const auto value = [&]() -> std::string_view {
      if (i + 1 == argc) Complain(std::string(option) + " needs a value");
      return argv[++i];
    };
    if (option == "--help" || option == "-h") {
      std::fputs(kUsage, stdout);
      std::exit(0);
    } else if (option == "--seconds") {
      options.seconds = ParseNumber<double>(option, value(), 1, 3600);
    } else if (option == "--agents") {
      options.agents = ParseNumber<uint32_t>(option, value(), 1, 65536);
    } else if (option == "--seed") {
      options.seed = ParseNumber<uint32_t>(option, value(), 0, UINT32_MAX);
    } else if (option == "--headless") {
      options.headless = true;
    } else if (option == "--unpaced") {
      options.unpaced = true;
    } else if (option == "--csv") {
      options.csv = value();
    } else if (option == "--checkpoints") {
      options.checkpoints = value();
    } else if (option == "--folder") {
      options.folder = value();
    } else if (option == "--library") {
      options.library = value();
    } else {
      Complain("unknown option \"" + std::string(option) + "\"");
    }
  }
  return options;
}

}  // namespace graft::samples
