// ResNet-50 in files, for the benchmarks that load it: make_resnet.py says which.
#ifndef GRAFT_TESTS_BENCHMARKS_RESNET_FILES_H_
#define GRAFT_TESTS_BENCHMARKS_RESNET_FILES_H_

#include <string>

namespace graft::benchmarks {

// Writes them with PyTorch where they are missing; their folder. Empty: it failed, and has said
// why.
std::string MakeResnetFiles();

}  // namespace graft::benchmarks

#endif  // GRAFT_TESTS_BENCHMARKS_RESNET_FILES_H_
