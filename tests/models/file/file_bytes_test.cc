#include "models/file/file_bytes.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/models/file/scratch_file.h"

namespace graft::models {
namespace {

std::string Pattern(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 4096);
  return text;
}

constexpr size_t kBig = 3 * 1024 * 1024 + 17;

// Runs `body` in another process, as a trainer that knows nothing of us, and waits for it.
template <typename Body>
void InAnotherProcess(Body body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
}

TEST(FileBytes, ReadsAWholeFileIntoAlignedMemory) {
  ScratchFile file("hello");
  auto read = ReadWholeFile(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(AsText((*read)->bytes()), "hello");
  EXPECT_EQ(reinterpret_cast<uintptr_t>((*read)->bytes().data()) % 64, 0u);
  EXPECT_EQ((*read)->identity().size_bytes, 5u);
  EXPECT_FALSE((*read)->mapped());
  EXPECT_EQ(*IdentifyFile(file.path()), (*read)->identity());
}

TEST(FileBytes, ReadsAnEmptyFile) {
  ScratchFile file("");
  for (auto open : {ReadWholeFile, MapFile}) {
    auto read = open(file.path(), {});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE((*read)->bytes().empty());
  }
}

TEST(FileBytes, NamesTheFileThatIsNotThere) {
  const absl::Status status = MapFile("/nowhere/model.pt").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "/nowhere/model.pt: no such file");
}

TEST(FileBytes, RefusesDirectoriesAndPipesWithoutWaiting) {
  EXPECT_EQ(ReadWholeFile("/tmp").status().code(), absl::StatusCode::kInvalidArgument);
  ScratchFile file("");
  const std::string fifo = file.path() + ".fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(MapFile(fifo).status().code(), absl::StatusCode::kInvalidArgument);
  unlink(fifo.c_str());
}

TEST(FileBytes, RefusesMoreThanTheCallerAllows) {
  ScratchFile file(Pattern(1000));
  EXPECT_EQ(ReadWholeFile(file.path(), {.max_bytes = 999}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ReadWholeFile(file.path(), {.max_bytes = 1000}).ok());
}

TEST(FileBytes, IdentityChangesWhenTheFileIsReplaced) {
  ScratchFile file("one");
  ScratchFile other("two");
  const FileIdentity before = *IdentifyFile(file.path());
  ASSERT_EQ(rename(other.path().c_str(), file.path().c_str()), 0);
  EXPECT_FALSE(*IdentifyFile(file.path()) == before);
}

TEST(FileBytes, MapsALargeFileInPlace) {
  const std::string contents = Pattern(kBig);
  ScratchFile file(contents);
  auto mapped = MapFile(file.path());
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_TRUE((*mapped)->mapped());
  EXPECT_TRUE(AsText((*mapped)->bytes()) == contents);
}

TEST(FileBytes, AMappedFileSurvivesBeingTruncatedAndOverwritten) {
  const std::string contents = Pattern(kBig);
  ScratchFile file(contents);
  auto mapped = MapFile(file.path());
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  InAnotherProcess([&] {
    const int out = open(file.path().c_str(), O_WRONLY | O_TRUNC);
    if (out < 0 || write(out, "new", 3) != 3) _exit(1);
  });
  // Without the guard the next line is a SIGBUS.
  EXPECT_TRUE(AsText((*mapped)->bytes()) == contents);
  EXPECT_FALSE((*mapped)->mapped());
  EXPECT_TRUE((*mapped)->intact());
  EXPECT_EQ(AsText((*ReadWholeFile(file.path()))->bytes()), "new");
}

TEST(FileBytes, AMappedFileSurvivesTruncateByPath) {
  const std::string contents = Pattern(kBig);
  ScratchFile file(contents);
  auto mapped = MapFile(file.path());
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  InAnotherProcess([&] {
    if (truncate(file.path().c_str(), 0) != 0) _exit(1);
  });
  EXPECT_TRUE(AsText((*mapped)->bytes()) == contents);
}

TEST(FileBytes, ReadersSeeTheSameBytesWhileTheyAreMovedAway) {
  const std::string contents = Pattern(kBig);
  ScratchFile file(contents);
  auto mapped = MapFile(file.path());
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  std::atomic<bool> stop{false};
  std::atomic<bool> same{true};
  std::thread reader([&] {
    while (!stop) {
      if (AsText((*mapped)->bytes()) != contents) same = false;
    }
  });
  InAnotherProcess([&] {
    if (truncate(file.path().c_str(), 0) != 0) _exit(1);
  });
  stop = true;
  reader.join();
  EXPECT_TRUE(same);
  EXPECT_TRUE(AsText((*mapped)->bytes()) == contents);
}

TEST(FileBytes, AMappedFileSurvivesBeingDeletedAndReplacedByRename) {
  const std::string contents = Pattern(kBig);
  ScratchFile file(contents);
  ScratchFile other("new");
  auto mapped = MapFile(file.path());
  ASSERT_TRUE(mapped.ok());
  ASSERT_EQ(rename(other.path().c_str(), file.path().c_str()), 0);
  EXPECT_TRUE((*mapped)->mapped());
  EXPECT_TRUE(AsText((*mapped)->bytes()) == contents);
}

TEST(FileBytes, CopiesAFileThatAWriterHasOpen) {
  const std::string contents = Pattern(kBig);
  ScratchFile file(contents);
  const int writer = open(file.path().c_str(), O_WRONLY);
  ASSERT_GE(writer, 0);
  auto read = MapFile(file.path());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE((*read)->mapped());
  ASSERT_EQ(ftruncate(writer, 0), 0);
  EXPECT_TRUE(AsText((*read)->bytes()) == contents);
  close(writer);
}

// Resident memory of the pages of [begin, begin + size), in bytes.
size_t ResidentBytes(const uint8_t* begin, size_t size) {
  const size_t page = sysconf(_SC_PAGESIZE);
  std::vector<unsigned char> resident((size + page - 1) / page);
  if (mincore(const_cast<uint8_t*>(begin), size, resident.data()) != 0) return 0;
  return std::count_if(resident.begin(), resident.end(), [](auto r) { return (r & 1) != 0; }) *
         page;
}

TEST(FileBytes, MovesAwayOnlyTheKeptPartsOfAFileThatWasLetGo) {
  const std::string text = Pattern(64 << 20);
  ScratchFile file(text);
  auto mapped = *MapFile(file.path());
  if (!mapped->mapped()) GTEST_SKIP() << "this file system grants no lease";
  const ByteSpan all = mapped->bytes();
  // Two that are next to each other, one at the end, and one of the same contents as another.
  const ByteSpan parts[] = {all.subspan(5000, 100), all.subspan(5100, 10'000),
                            all.subspan(text.size() - 17, 17), all.subspan(5000, 100)};
  std::vector<std::shared_ptr<const void>> kept;
  for (const ByteSpan part : parts) kept.push_back(mapped->Keep(part));
  mapped.reset();
  kept.pop_back();
  InAnotherProcess([&] {
    if (truncate(file.path().c_str(), 0) != 0) _exit(1);
  });
  EXPECT_EQ(AsText(parts[0]), text.substr(5000, 100));
  EXPECT_EQ(AsText(parts[1]), text.substr(5100, 10'000));
  EXPECT_EQ(AsText(parts[2]), text.substr(text.size() - 17));
  // In pages of 2 MB at most.
  EXPECT_LE(ResidentBytes(all.data(), all.size()), size_t{8} << 20);
}

TEST(FileBytes, MovesAllOfAFileAwayThatIsInUse) {
  const std::string text = Pattern(kBig);
  ScratchFile file(text);
  auto mapped = *MapFile(file.path());
  const std::shared_ptr<const void> part = mapped->Keep(mapped->bytes().subspan(100, 1));
  InAnotherProcess([&] {
    if (truncate(file.path().c_str(), 0) != 0) _exit(1);
  });
  EXPECT_EQ(AsText(mapped->bytes()), text);
}

TEST(FileBytes, APartOfASmallFileIsKeptToo) {
  ScratchFile file("hello");
  auto read = *MapFile(file.path());
  const ByteSpan part = read->bytes().subspan(1, 3);
  const std::shared_ptr<const void> kept = read->Keep(part);
  read.reset();
  EXPECT_EQ(AsText(part), "ell");
}

TEST(FileBytes, LettingGoReleasesTheWriterAtOnce) {
  ScratchFile file(Pattern(kBig));
  { auto mapped = MapFile(file.path()); }
  // O_NONBLOCK fails with EWOULDBLOCK while a lease is held.
  const int writer = open(file.path().c_str(), O_WRONLY | O_NONBLOCK);
  EXPECT_GE(writer, 0);
  close(writer);
}

TEST(FileBytes, ManyMappingsOfManyFilesAreGuardedAtOnce) {
  const std::string contents = Pattern(300'000);
  std::vector<std::unique_ptr<ScratchFile>> files;
  std::vector<std::shared_ptr<const FileBytes>> mappings;
  for (int i = 0; i < 20; ++i) {
    files.push_back(std::make_unique<ScratchFile>(contents));
    mappings.push_back(*MapFile(files.back()->path()));
    mappings.push_back(*MapFile(files.back()->path()));
  }
  InAnotherProcess([&] {
    for (const auto& file : files) {
      if (truncate(file->path().c_str(), 1) != 0) _exit(1);
    }
  });
  for (const auto& mapping : mappings) EXPECT_TRUE(AsText(mapping->bytes()) == contents);
}

}  // namespace
}  // namespace graft::models
