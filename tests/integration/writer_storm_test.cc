// Files written in place by processes that are killed half-way never serve torn; the whole file
// written last does. ./dev bench writers does it with torch.jit.save, 500 times.
#include "tests/integration/writer_storm.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace graft {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// As a writer without care does it: opens the file itself, empties it, writes piece by piece. Only
// system calls: it also runs in a child of a process with threads.
bool WriteInPlace(const char* path, const std::string& bytes) {
  constexpr size_t kPieceBytes = 512;
  const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return false;
  bool ok = true;
  for (size_t at = 0; ok && at < bytes.size(); at += kPieceBytes) {
    const size_t piece = std::min(kPieceBytes, bytes.size() - at);
    ok = write(fd, bytes.data() + at, piece) == static_cast<ssize_t>(piece);
  }
  close(fd);
  return ok;
}

TEST(WriterStorm, ServesNoTornFileOfWritersThatAreKilled) {
  const std::string models[] = {ReadFile("tests/fixtures/torchscript/constant_1.pt"),
                                ReadFile("tests/fixtures/torchscript/constant_2.pt")};
  const std::string path = ::testing::TempDir() + "/walker.pt";
  ASSERT_TRUE(WriteInPlace(path.c_str(), models[0]));
  testing::WriterStormOptions options;
  options.model = path;
  options.kills = 60;
  options.start_writer = [&]() -> pid_t {
    const pid_t child = fork();
    if (child != 0) return child;
    for (int i = 1;; ++i) WriteInPlace(path.c_str(), models[i % 2]);
  };
  options.reap_writer = [](pid_t writer) { waitpid(writer, nullptr, 0); };
  options.left_whole = [&] {
    const std::string left = ReadFile(path);
    return left == models[0] ? 1 : left == models[1] ? 2 : 0;
  };
  options.write_whole = [&](int answer) { return WriteInPlace(path.c_str(), models[answer - 1]); };
  Library library = Library::Load("plugin/libgraft.so").value();
  Result<testing::WriterStormOutcome> run = RunWriterStorm(library, options);
  ASSERT_TRUE(run.ok()) << run.error().message;
  const testing::WriterStormOutcome& outcome = run.value();
  std::printf(
      "%lu frames, %lu versions served, %lu refused\n", static_cast<unsigned long>(outcome.frames),
      static_cast<unsigned long>(outcome.served), static_cast<unsigned long>(outcome.rejected));
  EXPECT_EQ(outcome.torn, 0u);
  EXPECT_EQ(outcome.failed, 0u);
  EXPECT_EQ(outcome.left_whole_taken, outcome.left_whole);
  EXPECT_TRUE(outcome.newest_served);
}

}  // namespace
}  // namespace graft
