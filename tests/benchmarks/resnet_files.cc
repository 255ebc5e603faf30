#include "tests/benchmarks/resnet_files.h"

#include <cstdlib>
#include <filesystem>

namespace graft::benchmarks {

std::string MakeResnetFiles() {
  std::string folder = "out/resnet";
  for (const char* name : {"first.pth", "head.pth", "all.pth", "scripted.pt", "scripted_all.pt"}) {
    if (std::filesystem::exists(folder + "/" + name)) continue;
    std::filesystem::create_directories(folder);
    const std::string make = ".venv/bin/python tests/benchmarks/make_resnet.py " + folder;
    return std::system(make.c_str()) == 0 ? folder : "";
  }
  return folder;
}

}  // namespace graft::benchmarks
