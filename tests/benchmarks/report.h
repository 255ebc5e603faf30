// The table that a benchmark prints last: what was measured, beside what it is meant to be.
//
//   Report report("Frame path", {"path", "p50", "ratio", "goal"});
//   report.Add({"run()", "14.1 us", "1.02", "<= 1.05"});
//   report.Print();
//
// Threads: one at a time.
#ifndef GRAFT_TESTS_BENCHMARKS_REPORT_H_
#define GRAFT_TESTS_BENCHMARKS_REPORT_H_

#include <string>
#include <vector>

namespace graft::benchmarks {

class Report {
 public:
  Report(std::string title, std::vector<std::string> columns);

  // @pre as many cells as columns.
  void Add(std::vector<std::string> cells);
  // On standard output, columns aligned; nothing when there are no rows.
  void Print() const;

 private:
  std::string title_;
  std::vector<std::vector<std::string>> rows_;  // the first: the columns' names
};

// "1.04".
std::string RatioText(double ratio);
// "12.3 ms".
std::string MillisecondsText(double milliseconds);

// The upper one of an even number. @pre values are not empty.
double Median(std::vector<double> values);
// What one way took, in parts of what another took in the same round. @pre as many of each.
double MedianRatio(const std::vector<double>& values, const std::vector<double>& bases);

// "AMD EPYC, 2 CPUs, load 0.3": where and in what company the numbers were taken.
std::string MachineText();

}  // namespace graft::benchmarks

#endif  // GRAFT_TESTS_BENCHMARKS_REPORT_H_
