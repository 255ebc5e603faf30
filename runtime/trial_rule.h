// When a version on trial takes over, and when it is rejected.
//
//   TrialVerdict verdict = JudgeTrial(rule, report.Read(), elapsed_ns);
//
// Threads: values; a free function without state.
#ifndef GRAFT_RUNTIME_TRIAL_RULE_H_
#define GRAFT_RUNTIME_TRIAL_RULE_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/trial_report.h"

namespace graft::runtime {

struct TrialRule {
  bool enabled = false;
  // Share of each group's agents, its first ones, that the candidate serves; 0: it serves none and
  // is only compared (shadow).
  double fraction = 0;
  int64_t duration_ns = 10'000'000'000;  // at least so long,
  uint64_t rows = 1000;                  // and over at least so many rows
  double max_difference = 0;             // of any value from the serving version's; 0: any
};

struct TrialVerdict {
  enum class Kind : uint8_t { kGoesOn, kTakesOver, kRejected };
  Kind kind = Kind::kGoesOn;
  std::string reason;  // of kRejected
};

inline TrialVerdict JudgeTrial(const TrialRule& rule, const TrialReport::Figures& figures,
                               int64_t elapsed_ns) {
  using Kind = TrialVerdict::Kind;
  if (figures.failed_rows != 0) {
    return {Kind::kRejected, absl::StrCat("on trial it failed: ", figures.failure)};
  }
  if (figures.not_finite != 0) {
    return {Kind::kRejected, absl::StrCat("on trial it answered ", figures.not_finite,
                                          " values that are infinite or NaN")};
  }
  if (rule.max_difference > 0 && figures.max_difference > rule.max_difference) {
    return {Kind::kRejected, absl::StrCat("on trial a value differed by ", figures.max_difference,
                                          " from the serving version's; at most ",
                                          rule.max_difference, " was allowed")};
  }
  if (elapsed_ns < rule.duration_ns || figures.rows < rule.rows) return {};
  return {Kind::kTakesOver, ""};
}

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_TRIAL_RULE_H_
