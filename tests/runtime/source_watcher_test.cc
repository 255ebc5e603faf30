// The watcher's thread with the real inotify, and without it.
#include "runtime/source_watcher.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>

#include "runtime/source_listing.h"
#include "tests/runtime/fakes.h"

namespace graft::runtime {
namespace {

namespace fs = std::filesystem;

using testing::TempDirectory;

constexpr int64_t kHourNs = 3'600'000'000'000;

// What the test waits for comes at once, or, after a time without end for a machine, never.
class SourceWatcherTest : public ::testing::Test {
 protected:
  void Watch(SourceWatcher& watcher, const std::string& source, int64_t poll_ns) {
    watcher.Add(this, source, [this, source, poll_ns](int64_t now_ns, const ArrivedFiles& arrived) {
      const SourceListing listing = ListSource(source, nullptr);
      newest_has_arrived_ = !listing.files.empty() && arrived.Contains(listing.files[0].identity);
      newest_inode_ = listing.files.empty() ? 0 : listing.files[0].identity.inode;
      ++visits_;
      if (on_visit_) on_visit_();
      return now_ns + poll_ns;
    });
  }
  void WaitForVisit(int visits) {
    ASSERT_TRUE(Comes([&] { return visits_ >= visits; })) << visits << " visits";
  }
  void WaitUntilItSees(const std::string& path) {
    const uint64_t inode = FindFile(path)->identity.inode;
    ASSERT_TRUE(Comes([&] { return newest_inode_ == inode; })) << path;
  }
  template <typename Condition>
  static bool Comes(const Condition& condition) {
    const int64_t end_ns = Clock::Real().NowNs() + 30'000'000'000;
    while (!condition() && Clock::Real().NowNs() < end_ns) std::this_thread::yield();
    return condition();
  }

  TempDirectory directory_;
  std::atomic<int> visits_{0};
  std::atomic<uint64_t> newest_inode_{0};
  std::atomic<bool> newest_has_arrived_{false};  // set before newest_inode_
  std::function<void()> on_visit_;
};

TEST_F(SourceWatcherTest, IsToldOfAFileThatComes) {
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  directory_.Write("a.pt", "1");
  WaitUntilItSees(directory_.File("a.pt"));
}

TEST_F(SourceWatcherTest, FindsAFileByLookingWhereNothingIsTold) {
  SourceWatcher watcher(Clock::Real(), {}, /*notices=*/false);
  Watch(watcher, directory_.path(), /*poll_ns=*/1'000'000);
  WaitForVisit(1);
  directory_.Write("a.pt", "1");
  WaitUntilItSees(directory_.File("a.pt"));
}

TEST_F(SourceWatcherTest, IsToldOfALinkThatIsTurned) {
  directory_.Write("a.pt", "1");
  directory_.Write("b.pt", "2");
  fs::create_symlink("a.pt", directory_.File("latest.pt"));
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.File("latest.pt"), kHourNs);
  WaitUntilItSees(directory_.File("a.pt"));
  fs::create_symlink("b.pt", directory_.File("next"));
  fs::rename(directory_.File("next"), directory_.File("latest.pt"));
  WaitUntilItSees(directory_.File("b.pt"));
}

TEST_F(SourceWatcherTest, IsToldOfWhatComesWhereALinkedDirectoryLeadsNow) {
  fs::create_directory(directory_.File("run_1"));
  fs::create_directory(directory_.File("run_2"));
  fs::create_directory_symlink("run_1", directory_.File("current"));
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.File("current"), kHourNs);
  WaitForVisit(1);
  const int before = visits_;
  fs::create_directory_symlink("run_2", directory_.File("next"));
  fs::rename(directory_.File("next"), directory_.File("current"));
  WaitForVisit(before + 1);
  directory_.Write("run_2/a.pt", "1");
  WaitUntilItSees(directory_.File("run_2/a.pt"));
}

TEST_F(SourceWatcherTest, IsToldOfFilesInDirectoriesThatAPatternMeetsLater) {
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.File("run_*/m_*.pt"), kHourNs);
  WaitForVisit(1);
  fs::create_directory(directory_.File("run_1"));
  directory_.Write("run_1/m_1.pt", "1");
  WaitUntilItSees(directory_.File("run_1/m_1.pt"));
  directory_.Write("run_1/m_2.pt", "1");
  WaitUntilItSees(directory_.File("run_1/m_2.pt"));
}

TEST_F(SourceWatcherTest, MissesNothingWhenTheSystemsQueueOverflows) {
  int most_events = 0;
  std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most_events;
  ASSERT_GT(most_events, 0);
  std::promise<void> go_on;
  std::shared_future<void> released = go_on.get_future().share();
  on_visit_ = [released] { released.wait(); };
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  // Equal events in a row are one, so two names take turns; the queue is full before the last one.
  for (int i = 0; i <= most_events; ++i) std::ofstream(directory_.File(i % 2 ? "x" : "y"));
  directory_.Write("z.pt", "1");  // the newest, or as new
  go_on.set_value();
  WaitUntilItSees(directory_.File("z.pt"));
}

TEST_F(SourceWatcherTest, FollowsADirectoryThatIsDeletedAndMadeAgain) {
  fs::create_directory(directory_.File("run"));
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.File("run"), /*poll_ns=*/5'000'000);
  WaitForVisit(1);
  fs::remove_all(directory_.File("run"));
  WaitForVisit(visits_ + 2);
  fs::create_directory(directory_.File("run"));
  WaitForVisit(visits_ + 2);
  directory_.Write("run/a.pt", "1");
  WaitUntilItSees(directory_.File("run/a.pt"));
}

TEST_F(SourceWatcherTest, TellsTwoModelsOfOneDirectoryAndTheOtherWhenOneHasGone) {
  SourceWatcher watcher(Clock::Real(), {});
  std::atomic<int> other{0};
  watcher.Add(&other, directory_.path(), [&](int64_t now_ns, const ArrivedFiles&) {
    ++other;
    return now_ns + kHourNs;
  });
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  watcher.Remove(&other);
  const int before = other;
  directory_.Write("a.pt", "1");
  WaitUntilItSees(directory_.File("a.pt"));
  EXPECT_EQ(other, before);
}

TEST_F(SourceWatcherTest, SaysThatAFileWasMovedThere) {
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Comes([&] { return newest_has_arrived_.load(); }));
}

TEST_F(SourceWatcherTest, SaysNothingOfTheKindOfAFileThatIsWrittenInPlace) {
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  std::ofstream(directory_.File("a.pt")) << "1";
  WaitUntilItSees(directory_.File("a.pt"));
  EXPECT_FALSE(newest_has_arrived_);
}

TEST_F(SourceWatcherTest, TakesItBackWhenSomebodyWritesIntoTheFileThatWasMoved) {
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Comes([&] { return newest_has_arrived_.load(); }));
  const auto before = fs::last_write_time(directory_.File("a.pt"));
  std::fstream(directory_.File("a.pt"), std::ios::in | std::ios::out) << "2";
  fs::last_write_time(directory_.File("a.pt"), before);  // the same identity
  ASSERT_TRUE(Comes([&] { return !newest_has_arrived_; }));
}

TEST_F(SourceWatcherTest, SaysOfALinkThatWasMovedNothingAboutItsFile) {
  std::ofstream(directory_.File("a.pt")) << "1";
  std::ofstream(directory_.File("b.pt")) << "2";
  fs::create_symlink("a.pt", directory_.File("latest.pt"));
  SourceWatcher watcher(Clock::Real(), {});
  Watch(watcher, directory_.File("latest.pt"), kHourNs);
  WaitUntilItSees(directory_.File("a.pt"));
  fs::create_symlink("b.pt", directory_.File("next"));
  fs::rename(directory_.File("next"), directory_.File("latest.pt"));
  WaitUntilItSees(directory_.File("b.pt"));
  EXPECT_FALSE(newest_has_arrived_);
  // But of a file that was moved there it does, by whatever name it is found.
  directory_.Write("c.pt", "3");
  fs::create_symlink("c.pt", directory_.File("next"));
  fs::rename(directory_.File("next"), directory_.File("latest.pt"));
  WaitUntilItSees(directory_.File("c.pt"));
  EXPECT_TRUE(newest_has_arrived_);
}

TEST_F(SourceWatcherTest, SaysOfTwoModelsInOneDirectoryToBoth) {
  SourceWatcher watcher(Clock::Real(), {});
  std::atomic<bool> other{false};
  const std::string path = directory_.File("a.pt");
  watcher.Add(&other, path, [&](int64_t now_ns, const ArrivedFiles& arrived) {
    const std::optional<SourceFile> file = FindFile(path);
    other = file && arrived.Contains(file->identity);
    return now_ns + kHourNs;
  });
  Watch(watcher, directory_.path(), kHourNs);
  WaitForVisit(1);
  directory_.Write("a.pt", "1");
  ASSERT_TRUE(Comes([&] { return newest_has_arrived_ && other; }));
}

}  // namespace
}  // namespace graft::runtime
