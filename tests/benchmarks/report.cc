#include "tests/benchmarks/report.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>
#include <utility>

namespace graft::benchmarks {

Report::Report(std::string title, std::vector<std::string> columns) : title_(std::move(title)) {
  rows_.push_back(std::move(columns));
}

void Report::Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

void Report::Print() const {
  if (rows_.size() < 2) return;
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::printf("\n%s\n", title_.c_str());
  for (size_t r = 0; r < rows_.size(); ++r) {
    std::string line = "|";
    std::string rule = "|";
    for (size_t i = 0; i < rows_[r].size(); ++i) {
      std::string cell = rows_[r][i];
      cell.resize(widths[i], ' ');
      line += " " + cell + " |";
      rule += std::string(widths[i] + 2, '-') + "|";
    }
    std::printf("%s\n", line.c_str());
    if (r == 0) std::printf("%s\n", rule.c_str());
  }
  std::fflush(stdout);
}

std::string RatioText(double ratio) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", ratio);
  return text;
}

std::string MillisecondsText(double milliseconds) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", milliseconds);
  return text;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double MedianRatio(const std::vector<double>& values, const std::vector<double>& bases) {
  std::vector<double> ratios;
  for (size_t i = 0; i < values.size(); ++i) ratios.push_back(values[i] / bases[i]);
  return Median(std::move(ratios));
}

std::string MachineText() {
  std::string model = "unknown CPU";
  std::ifstream cpuinfo("/proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);) {
    const size_t colon = line.find(": ");
    if (line.rfind("model name", 0) != 0 || colon == std::string::npos) continue;
    model = line.substr(colon + 2);
    break;
  }
  double load = 0.0;
  getloadavg(&load, 1);
  char text[256];
  std::snprintf(text, sizeof text, "%s, %u CPUs, load %.1f", model.c_str(),
                std::thread::hardware_concurrency(), load);
  return text;
}

}  // namespace graft::benchmarks
