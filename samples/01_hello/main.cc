// 01: Hello. Loads a model, runs it once, prints what it answers.
//
// Teaches: the four objects (Library, Runtime, Model, Group) and the blocking way to run: write
// rows, Run, read rows. A TorchScript file needs nothing beside it. This program links no LibTorch:
// the library is opened when it starts.
//
//   bazel-bin/samples/01_hello/hello samples/checkpoints/hello/sum.pt
#include <cstdio>

#include "graft/graft.hpp"

int main(int argc, char** argv) try {
  const char* path = argc > 1 ? argv[1] : "samples/checkpoints/hello/sum.pt";
  graft::Library library = graft::Library::Load().value();
  graft::Runtime runtime = library.OpenRuntime().value();
  graft::Model model = runtime.OpenModel(path).value();
  graft::Group group = model.OpenGroup(/*agents=*/1).value();

  if (const auto pair = group.Input<float>(); pair && pair.row_elements() == 2) {
    pair.data()[0] = 3;
    pair.data()[1] = 4;
  }
  group.Run(/*agents=*/1);
  const auto answer = group.Latest<float>();
  if (!answer) return 1;
  std::printf("graft %s\n%s: 3 and 4 give %g\n", library.version(), path, answer.data()[0]);
} catch (const graft::Error& error) {
  std::fprintf(stderr, "hello: %s\n", error.what());
  return 1;
}
