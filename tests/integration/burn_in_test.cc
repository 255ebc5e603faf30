// A recurrent network of real PyTorch is burned in and takes over: from then on each agent's
// answers are those of the network run by hand, from zeros, over what the agent has observed since
// the burn-in began.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "graft/graft.hpp"

namespace graft {
namespace {

const std::string kFixtures = "tests/fixtures/torchscript/";
constexpr uint64_t kObs = 3;
constexpr uint64_t kMemory = 8;
constexpr uint64_t kActions = 2;
constexpr int kBurnIn = 10;

using Rows = std::vector<float>;

std::string WriteManifest(const std::string& name, const std::string& more) {
  char resolved[4096];
  EXPECT_NE(realpath((kFixtures + "recurrent_1.pt").c_str(), resolved), nullptr);
  std::string path = std::string(getenv("TEST_TMPDIR")) + "/" + name + ".json";
  std::ofstream(path) << R"({"graft": 1, "source": ")" << resolved << R"(",
    "inputs": [{"name": "obs", "shape": ["agents", 3]}, {"name": "h", "shape": ["agents", 8]},
               {"name": "c", "shape": ["agents", 8]}],
    "outputs": [{"name": "action", "shape": ["agents", 2]},
                {"name": "h_next", "shape": ["agents", 8]},
                {"name": "c_next", "shape": ["agents", 8]}],
    "device": "cpu")" << more
                      << "}";
  return path;
}

// The network itself, its memory in the test's hands.
class ByHand {
 public:
  ByHand(Runtime& runtime, const std::string& file, uint32_t agents)
      : agents_(agents),
        model_(runtime.OpenModel(WriteManifest("by_hand", ""), GRAFT_MODEL_NO_WATCH).value()),
        group_(model_.OpenGroup(agents).value()) {
    EXPECT_TRUE(model_.Load(kFixtures + file, -1).ok());
    EXPECT_EQ(runtime.Tick(), GRAFT_OK);
    Forget();
  }
  void Forget() { h_ = c_ = Rows(agents_ * kMemory); }
  void Forget(size_t agent) {
    std::fill_n(h_.begin() + static_cast<long>(agent * kMemory), kMemory, 0.0f);
    std::fill_n(c_.begin() + static_cast<long>(agent * kMemory), kMemory, 0.0f);
  }
  // The first `rows` agents observe; the others' memory stays.
  Rows Act(const Rows& obs, uint32_t rows) {
    std::copy_n(obs.begin(), rows * kObs, group_.Input<float>(0).data());
    std::copy_n(h_.begin(), rows * kMemory, group_.Input<float>(1).data());
    std::copy_n(c_.begin(), rows * kMemory, group_.Input<float>(2).data());
    EXPECT_EQ(group_.Run(rows), GRAFT_OK);
    std::copy_n(group_.Latest<float>(1).data(), rows * kMemory, h_.begin());
    std::copy_n(group_.Latest<float>(2).data(), rows * kMemory, c_.begin());
    const float* action = group_.Latest<float>(0).data();
    return {action, action + rows * kActions};
  }

 private:
  const uint32_t agents_;
  Model model_;
  Group group_;
  Rows h_;
  Rows c_;
};

float Distance(const Rows& a, const Rows& b) {
  EXPECT_EQ(a.size(), b.size());
  float most = 0;
  for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return most;
}

struct Setting {
  const char* name;
  const char* swap;  // beside the burn-in
  uint32_t flags;    // of the runtime
};

class BurnIn : public ::testing::TestWithParam<Setting> {};

// Two groups, whose rows are gathered into parts of at most 4, an agent that is reset on the way,
// and frames in which not all are submitted.
TEST_P(BurnIn, GivesEachAgentTheMemoryThatTheNetworkMadeOfItsLastObservations) {
  constexpr uint32_t kPack = 6;
  constexpr uint32_t kPair = 2;
  Library library = Library::Load("plugin/libgraft.so").value();
  graft_runtime_options options{};
  options.flags = GetParam().flags;
  Runtime runtime = library.OpenRuntime(options).value();
  Model model = runtime
                    .OpenModel(WriteManifest(GetParam().name, std::string(R"(,
    "batch": {"max": 4},
    "state": [{"input": "h", "output": "h_next"}, {"input": "c", "output": "c_next"}],
    "swap": {"state": "burn_in", "burn_in_frames": 10)") + GetParam().swap +
                                                                  "}"),
                               GRAFT_MODEL_NO_WATCH)
                    .value();
  Group pack = model.OpenGroup(kPack).value();
  Group pair = model.OpenGroup(kPair).value();
  ByHand old_pack(runtime, "recurrent_1.pt", kPack);
  ByHand old_pair(runtime, "recurrent_1.pt", kPair);
  ByHand new_pack(runtime, "recurrent_2.pt", kPack);
  ByHand new_pair(runtime, "recurrent_2.pt", kPair);

  constexpr int kBegin = 15;  // the new version is ready
  int took_over = 0;
  int faded = 0;
  float carried_would_differ = 0;
  for (int frame = 0; took_over == 0 || frame < took_over + 20; ++frame) {
    ASSERT_LT(frame, kBegin + 5 * kBurnIn) << "it does not take over";
    if (frame == kBegin) {
      ASSERT_TRUE(model.Load(kFixtures + "recurrent_2.pt", -1).ok());
    }
    const uint32_t rows = frame % 3 == 2 ? kPack - 1 : kPack;
    Rows pack_obs(kPack * kObs);
    Rows pair_obs(kPair * kObs);
    for (size_t i = 0; i < pack_obs.size(); ++i) {
      pack_obs[i] = std::sin(static_cast<float>(frame * 7) + static_cast<float>(i) * 1.3f);
    }
    for (size_t i = 0; i < pair_obs.size(); ++i) {
      pair_obs[i] = std::cos(static_cast<float>(frame * 5) + static_cast<float>(i) * 0.7f);
    }
    if (frame == kBegin + 4) {
      pack.ResetAgents(1, 1);
      old_pack.Forget(1);
      new_pack.Forget(1);
    }
    std::copy(pack_obs.begin(), pack_obs.end(), pack.Input<float>().data());
    std::copy(pair_obs.begin(), pair_obs.end(), pair.Input<float>().data());
    uint64_t pack_ticket = 0;
    uint64_t pair_ticket = 0;
    ASSERT_EQ(pack.Submit(rows, &pack_ticket), GRAFT_OK);
    ASSERT_EQ(pair.Submit(kPair, &pair_ticket), GRAFT_OK);
    ASSERT_EQ(runtime.Tick(), GRAFT_OK);
    ASSERT_EQ(pack.Wait(pack_ticket, -1), GRAFT_OK);
    ASSERT_EQ(pair.Wait(pair_ticket, -1), GRAFT_OK);

    const auto pack_result = pack.Latest<float>();
    const auto pair_result = pair.Latest<float>();
    ASSERT_EQ(pack_result.version(), pair_result.version());
    if (pack_result.version() == 2 && took_over == 0) took_over = frame;
    Rows expected_pack = old_pack.Act(pack_obs, rows);
    Rows expected_pair = old_pair.Act(pair_obs, kPair);
    if (frame >= kBegin) {
      const Rows by_new_pack = new_pack.Act(pack_obs, rows);
      const Rows by_new_pair = new_pair.Act(pair_obs, kPair);
      const auto mix = [](Rows& from, const Rows& to, double share) {
        for (size_t i = 0; i < from.size(); ++i) {
          from[i] += static_cast<float>(share) * (to[i] - from[i]);
        }
      };
      if (took_over != 0) {
        carried_would_differ = std::max(carried_would_differ, Distance(expected_pack, by_new_pack));
        if (pack_result.fading_version() != 0) ++faded;
        mix(expected_pack, by_new_pack, pack_result.share());
        mix(expected_pair, by_new_pair, pair_result.share());
      }
    }
    const Rows pack_acts(pack_result.data(), pack_result.data() + rows * kActions);
    const Rows pair_acts(pair_result.data(), pair_result.data() + kPair * kActions);
    EXPECT_LT(Distance(pack_acts, expected_pack), 1e-6f) << "frame " << frame;
    EXPECT_LT(Distance(pair_acts, expected_pair), 1e-6f) << "frame " << frame;
  }
  EXPECT_GE(took_over, kBegin + kBurnIn);
  EXPECT_GT(carried_would_differ, 0.05f);
  EXPECT_EQ(faded > 0, std::string(GetParam().swap).find("blend") != std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    With, BurnIn,
    ::testing::Values(Setting{"workers", "", 0},
                      Setting{"no_workers", "", GRAFT_RUNTIME_NO_WORKERS},
                      Setting{"a_blend", R"(, "blend_ms": 50, "blend_curve": "linear")", 0}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace graft
