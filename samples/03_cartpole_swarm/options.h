// The command line of the scene.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_OPTIONS_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_OPTIONS_H_

#include <cstdint>
#include <string>

namespace graft::samples {

struct Options {
  double seconds = 28;
  uint32_t agents = 256;
  uint32_t seed = 1;
  bool headless = false;
  bool unpaced = false;
  std::string csv;
  std::string checkpoints = "samples/checkpoints/cartpole";
  std::string folder;
  std::string library;
};

// Usage on stdout or a complaint on stderr, and exit, where the arguments ask for it.
Options ParseOptions(int argc, char** argv);

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_OPTIONS_H_
