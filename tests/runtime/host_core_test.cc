#include "runtime/host_core.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <functional>
#include <future>
#include <thread>
#include <vector>

#include "runtime/load_queue.h"

namespace graft::runtime {
namespace {

cpu_set_t Cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  EXPECT_EQ(sched_getaffinity(0, sizeof cores, &cores), 0);
  return cores;
}

void RunOn(const cpu_set_t& cores) { ASSERT_EQ(sched_setaffinity(0, sizeof cores, &cores), 0); }

cpu_set_t Only(size_t core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  return cores;
}

bool Equal(const cpu_set_t& a, const cpu_set_t& b) { return CPU_EQUAL(&a, &b); }

class HostCoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const cpu_set_t cores = Cores();
    for (size_t core = 0; core < CPU_SETSIZE; ++core) {
      if (CPU_ISSET(core, &cores)) cores_.push_back(core);
    }
    if (cores_.size() < 2) GTEST_SKIP() << "skipped: this process has one core";
  }

  // A tick on that core, by a thread of its own.
  void TickOn(size_t core) {
    OnAThread([&] {
      RunOn(Only(core));
      host_core_.Note();
    });
  }
  static void OnAThread(const std::function<void()>& call) { std::thread(call).join(); }

  std::vector<size_t> cores_;
  HostCore host_core_;
};

TEST_F(HostCoreTest, KeepsBackgroundWorkOffTheCoreOfTheLastTickAndRestoresItsPlace) {
  OnAThread([&] {
    const cpu_set_t before = Cores();
    {
      KeepsOff keeps_off(host_core_);
      keeps_off.Renew(/*away=*/true);
      EXPECT_TRUE(Equal(Cores(), before)) << "no tick yet";
      for (const size_t core : {cores_[0], cores_[1], cores_[0]}) {
        TickOn(core);
        keeps_off.Renew(/*away=*/true);
        const cpu_set_t now = Cores();
        EXPECT_FALSE(CPU_ISSET(core, &now));
        EXPECT_EQ(CPU_COUNT(&now) + 1, CPU_COUNT(&before));
        EXPECT_NE(sched_getcpu(), static_cast<int>(core));
      }
      keeps_off.Renew(/*away=*/false);
      EXPECT_TRUE(Equal(Cores(), before)) << "the other cores are taken";
      keeps_off.Renew(/*away=*/true);
      EXPECT_FALSE(Equal(Cores(), before));
    }
    EXPECT_TRUE(Equal(Cores(), before));
  });
}

TEST_F(HostCoreTest, KeepsOffAThreadThatWorksForTheOneThatBegan) {
  OnAThread([&] {
    const cpu_set_t before = Cores();
    KeepsOff keeps_off(host_core_);
    TickOn(cores_[0]);
    keeps_off.Renew(/*away=*/true);
    OnAThread([&] {  // begins where its maker may run: not on the first core
      TickOn(cores_[1]);
      keeps_off.Renew(/*away=*/true);
      const cpu_set_t now = Cores();
      EXPECT_TRUE(CPU_ISSET(cores_[0], &now)) << "free again";
      EXPECT_FALSE(CPU_ISSET(cores_[1], &now));
    });
    keeps_off.Renew(/*away=*/true);
    const cpu_set_t now = Cores();
    EXPECT_FALSE(CPU_ISSET(cores_[1], &now));
    EXPECT_EQ(CPU_COUNT(&now) + 1, CPU_COUNT(&before));
  });
}

TEST_F(HostCoreTest, LoadersMayRunWhereTheirRuntimesMakerMayWhoeverPosts) {
  const cpu_set_t before = Cores();
  cpu_set_t loaders;
  LoadQueue queue(1, {});
  OnAThread([&] {
    RunOn(Only(cores_[1]));  // a watcher that is kept off the host's core
    std::promise<void> done;
    queue.Post([&] {
      loaders = Cores();
      done.set_value();
    });
    done.get_future().wait();
  });
  EXPECT_TRUE(Equal(loaders, before));
}

TEST_F(HostCoreTest, LeavesAThreadThatHasOneCoreWhereItIs) {
  TickOn(cores_[0]);
  OnAThread([&] {
    RunOn(Only(cores_[0]));
    KeepsOff keeps_off(host_core_);
    keeps_off.Renew(/*away=*/true);
    EXPECT_TRUE(Equal(Cores(), Only(cores_[0])));
    EXPECT_FALSE(host_core_.StepAside());
    EXPECT_TRUE(Equal(Cores(), Only(cores_[0])));
  });
}

TEST_F(HostCoreTest, AWorkerStepsAsideFromTheHostsCoreAlone) {
  OnAThread([&] { EXPECT_FALSE(host_core_.StepAside()) << "no tick yet"; });
  TickOn(cores_[0]);
  OnAThread([&] {
    cpu_set_t both = Only(cores_[0]);
    CPU_SET(cores_[1], &both);
    bool moved = false;
    // The kernel may move it before it looks; not every time.
    for (int i = 0; i < 100 && !moved; ++i) {
      RunOn(Only(cores_[0]));
      RunOn(both);
      moved = host_core_.StepAside();
      EXPECT_TRUE(Equal(Cores(), both)) << "where it may run stays as it was";
    }
    EXPECT_TRUE(moved);
    RunOn(Only(cores_[1]));
    EXPECT_FALSE(host_core_.StepAside());
  });
}

}  // namespace
}  // namespace graft::runtime
