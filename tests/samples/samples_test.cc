// The sample programs, run as a user runs them.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr char kHello[] = "samples/01_hello/hello";
constexpr char kHotSwap[] = "samples/02_hot_swap/hot_swap";
constexpr char kSwarm[] = "samples/03_cartpole_swarm/cartpole_swarm";

struct Outcome {
  int exit_code = -1;
  std::string output;  // stdout and stderr
};

Outcome RunProgram(const std::string& command) {
  setenv("GRAFT_LIBRARY", "plugin/libgraft.so", 1);
  Outcome outcome;
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  char part[4096];
  while (const size_t size = std::fread(part, 1, sizeof part, pipe))
    outcome.output.append(part, size);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

struct Row {
  uint64_t frame = 0;
  double time_s = 0;
  double work_us = 0;
  int standing = 0;
  uint64_t version = 0;
  bool fresh = false;
  std::string events;
};

std::vector<Row> ReadCsv(const std::string& path) {
  std::vector<Row> rows;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "frame,time_s,work_us,late_us,standing,version,fresh,events");
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::vector<std::string> cell(8);
    for (std::string& text : cell) std::getline(cells, text, ',');
    rows.push_back({std::stoull(cell[0]), std::stod(cell[1]), std::stod(cell[2]),
                    std::stoi(cell[4]), std::stoull(cell[5]), cell[6] == "1", cell[7]});
  }
  return rows;
}

double MeanStanding(const std::vector<Row>& rows, size_t from, size_t to) {
  return std::accumulate(rows.begin() + static_cast<ptrdiff_t>(from),
                         rows.begin() + static_cast<ptrdiff_t>(to), 0.0,
                         [](double sum, const Row& row) { return sum + row.standing; }) /
         static_cast<double>(to - from);
}

TEST(Hello, PrintsWhatTheModelAnswers) {
  const Outcome sum = RunProgram(std::string(kHello) + " samples/checkpoints/hello/sum.pt");
  EXPECT_EQ(sum.exit_code, 0) << sum.output;
  EXPECT_NE(sum.output.find("3 and 4 give 7\n"), std::string::npos) << sum.output;

  const Outcome difference =
      RunProgram(std::string(kHello) + " samples/checkpoints/hello/difference.pt");
  EXPECT_NE(difference.output.find("3 and 4 give -1\n"), std::string::npos) << difference.output;
}

TEST(Hello, SaysWhatIsWrongWithAMissingModel) {
  const Outcome outcome = RunProgram(std::string(kHello) + " no/such/model.pt");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.output.find("no/such/model.pt"), std::string::npos) << outcome.output;
}

TEST(HotSwap, SeesTheNewVersionTakeOver) {
  const Outcome outcome = RunProgram(std::string(kHotSwap) + " samples/checkpoints/hello");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output;
  EXPECT_NE(outcome.output.find("version 1  3 and 1 give 4\n"), std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find("version 2"), std::string::npos) << outcome.output;
}

TEST(CartpoleSwarm, StandsBetterWithEachCheckpointAndRefusesTheTornOne) {
  const std::string csv = testing::TempDir() + "/frames.csv";
  const Outcome outcome =
      RunProgram(std::string(kSwarm) + " --headless --unpaced --seconds 20 --csv " + csv);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.output;

  const std::vector<Row> rows = ReadCsv(csv);
  ASSERT_EQ(rows.size(), 20u * 60u);
  std::string events;
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].frame, i);
    EXPECT_GT(rows[i].work_us, 0);
    EXPECT_GE(rows[i].standing, 0);
    EXPECT_LE(rows[i].standing, 256);
    EXPECT_EQ(rows[i].fresh, i > 0);  // unpaced: every frame waits for its forces
    if (i > 0) {
      EXPECT_GE(rows[i].version, rows[i - 1].version);
    }
    if (!rows[i].events.empty()) events += rows[i].events + ";";
  }
  const auto last = std::to_string(rows.back().version);
  EXPECT_EQ(events,
            "serve novice 1;deliver better.pt;serve better 2;deliver expert-torn.pt;"
            "refuse expert-torn.pt;deliver expert.pt;serve expert " +
                last + ";");

  const double novice = MeanStanding(rows, 60, 300);
  const double better = MeanStanding(rows, 420, 600);
  const double expert = MeanStanding(rows, 1020, 1200);
  EXPECT_LT(novice, 110);
  EXPECT_GT(better, novice + 40);
  EXPECT_GT(expert, better + 40);
  EXPECT_GT(expert, 240);
}

TEST(CartpoleSwarm, RefusesOptionsItDoesNotKnow) {
  EXPECT_EQ(RunProgram(std::string(kSwarm) + " --aggents 3").exit_code, 2);
  EXPECT_EQ(RunProgram(std::string(kSwarm) + " --agents 0").exit_code, 2);
  EXPECT_EQ(RunProgram(std::string(kSwarm) + " --seconds").exit_code, 2);
  EXPECT_EQ(RunProgram(std::string(kSwarm) + " --help").exit_code, 0);
}

}  // namespace
