#include "plugin/handle_table.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace graft::plugin {
namespace {

struct Thing {
  explicit Thing(int v) : value(v) {}
  ~Thing() { value = -1; }
  std::atomic<int> value;
};

TEST(HandleTable, FindsWhatWasInsertedAndNothingElse) {
  HandleTable<Thing> table;
  const uint64_t id = table.Insert(std::make_unique<Thing>(7), 3);
  ASSERT_NE(id, 0u);
  EXPECT_EQ(table.Share(id)->value, 7);
  EXPECT_EQ(table.ParentOf(id), 3u);
  EXPECT_FALSE(table.Share(0));
  EXPECT_FALSE(table.Share(id + 1));
  EXPECT_FALSE(table.Share(~uint64_t{0}));
  EXPECT_EQ(table.ParentOf(0), 0u);
}

TEST(HandleTable, RefusesAnOldHandleAfterItsEntryIsUsedAgain) {
  HandleTable<Thing> table;
  const uint64_t old_id = table.Insert(std::make_unique<Thing>(1), 1);
  ASSERT_NE(table.Remove(old_id), nullptr);
  const uint64_t new_id = table.Insert(std::make_unique<Thing>(2), 1);
  EXPECT_EQ(static_cast<uint32_t>(old_id), static_cast<uint32_t>(new_id)) << "the entry is reused";
  EXPECT_FALSE(table.Share(old_id));
  EXPECT_FALSE(table.Share(old_id).in_use());
  EXPECT_EQ(table.ParentOf(old_id), 0u);
  EXPECT_EQ(table.Remove(old_id), nullptr);
  EXPECT_EQ(table.Share(new_id)->value, 2);
}

TEST(HandleTable, LetsOnlyOneUserHaveAnObjectAlone) {
  HandleTable<Thing> table;
  const uint64_t id = table.Insert(std::make_unique<Thing>(1), 1);
  {
    auto first = table.TakeAlone(id);
    ASSERT_TRUE(first);
    auto second = table.TakeAlone(id);
    EXPECT_FALSE(second);
    EXPECT_TRUE(second.in_use());
    EXPECT_FALSE(table.Share(id));
  }
  EXPECT_TRUE(table.TakeAlone(id));
}

TEST(HandleTable, HoldsManyAndSaysWhenItIsFull) {
  HandleTable<Thing> table;
  constexpr uint32_t kMost = HandleTable<Thing>::kChunkSize * HandleTable<Thing>::kMaxChunks;
  std::vector<uint64_t> ids;
  for (uint32_t i = 0; i < kMost; ++i) {
    ids.push_back(table.Insert(std::make_unique<Thing>(static_cast<int>(i)), 1));
  }
  EXPECT_EQ(table.Insert(std::make_unique<Thing>(0), 1), 0u);
  EXPECT_EQ(table.Share(ids.front())->value, 0);
  EXPECT_EQ(table.Share(ids.back())->value, static_cast<int>(kMost) - 1);
}

TEST(HandleTable, NeverGivesOutAnObjectThatIsBeingRemoved) {
  HandleTable<Thing> table;
  std::atomic<uint64_t> current{table.Insert(std::make_unique<Thing>(1), 1)};
  std::atomic<bool> stop{false};
  std::atomic<int> dead{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      while (!stop) {
        auto use = t == 0 ? table.TakeAlone(current) : table.Share(current);
        if (use && use->value != 1) ++dead;
      }
    });
  }
  for (int i = 0; i < 2000; ++i) {
    const uint64_t old_id = current;
    current = table.Insert(std::make_unique<Thing>(1), 1);
    ASSERT_NE(table.Remove(old_id), nullptr);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(dead, 0);
}

}  // namespace
}  // namespace graft::plugin
