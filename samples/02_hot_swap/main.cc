// 02: Hot swap. A loop runs, its model file is overwritten, the new version takes over.
//
// Teaches: the frame's way to run (write in place, Submit, Tick, Latest), that a model follows its
// file by itself, that every result says which version computed it, and how a writer replaces a
// file: write under another name, then rename.
//
//   bazel-bin/samples/02_hot_swap/hot_swap samples/checkpoints/hello
#include <chrono>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>

#include "graft/graft.hpp"

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPeriod(50);
constexpr int kSwapFrame = 10;  // the file is overwritten in this one
constexpr int kFramesAfterTakeover = 5;
constexpr int kMostFrames = 600;

void Replace(const fs::path& file, const fs::path& by) {
  const fs::path unfinished = file.string() + ".tmp";
  fs::copy_file(by, unfinished, fs::copy_options::overwrite_existing);
  fs::rename(unfinished, file);
}

// Returns whether the second model took over.
bool RunLoop(const fs::path& models, const fs::path& file) {
  Replace(file, models / "sum.pt");
  graft::Runtime runtime = graft::Library::Load().value().OpenRuntime().value();
  graft::Model model = runtime.OpenModel(file.string()).value();
  graft::Group group = model.OpenGroup(/*agents=*/1).value();

  uint64_t first_version = 0;
  int frames_after = 0;
  for (int frame = 0; frame < kMostFrames && frames_after < kFramesAfterTakeover; ++frame) {
    uint64_t ticket = 0;
    if (const auto pair = group.Input<float>()) {
      pair.data()[0] = static_cast<float>(frame);
      pair.data()[1] = 1;
      group.Submit(1, &ticket);
    }
    runtime.Tick();
    if (frame == kSwapFrame) {
      std::printf("-- sum.pt is overwritten by difference.pt\n");
      Replace(file, models / "difference.pt");
    }
    std::this_thread::sleep_for(kPeriod);  // the rest of the frame: physics, rendering

    if (const auto answer = group.Latest<float>(); answer && answer.ticket() == ticket) {
      std::printf("frame %2d  version %llu  %d and 1 give %g\n", frame,
                  static_cast<unsigned long long>(answer.version()), frame, answer.data()[0]);
      if (first_version == 0) first_version = answer.version();
      if (answer.version() != first_version) ++frames_after;
    }
  }
  return frames_after == kFramesAfterTakeover;
}

}  // namespace

int main(int argc, char** argv) {
  const fs::path models = argc > 1 ? argv[1] : "samples/checkpoints/hello";
  std::string folder = (fs::temp_directory_path() / "graft-hot-swap-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    std::fprintf(stderr, "hot_swap: no temporary folder\n");
    return 1;
  }
  bool took_over = false;
  try {
    took_over = RunLoop(models, fs::path(folder) / "model.pt");
    if (!took_over) std::fprintf(stderr, "hot_swap: the new model did not take over\n");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "hot_swap: %s\n", error.what());
  }
  fs::remove_all(folder);
  return took_over ? 0 : 1;
}
