// An integer that depends on the number of agents: x.shape[0], and what is computed from it.
//
//   b = x.shape[0]
//   x.view(b * 4, -1)         # recorded: the graph computes it in each call
//   if b > 0: ...             # true for any number of agents, so it is decided here
//   if b == 1: ...            # an error: both branches would be needed
//
// Its value is known for a few numbers of agents. What comes out equal for all is an ordinary int;
// a comparison must. Sizes of tensors must grow evenly with the agents (b * 4 + 1, not b // 2),
// because shapes are computed for two numbers of agents only, and taken to lie on a line through
// them.
//
// Threads: one evaluator's. Ownership: the evaluator's heap. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_SYMBOLIC_INT_H_
#define GRAFT_MODELS_ARCHITECTURE_SYMBOLIC_INT_H_

#include <torch/csrc/jit/ir/ir.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "models/python/evaluator.h"

namespace graft::models::architecture {

class Recorder;

class SymbolicInt final : public python::Object {
 public:
  // For 1, for each number of kTrialAgents, and for many agents.
  using Points = std::array<int64_t, 4>;

  SymbolicInt(Recorder* recorder, const Points& at, torch::jit::Value* value)
      : recorder_(recorder), at_(at), value_(value) {}

  const Points& at() const { return at_; }
  int64_t at_trial(size_t trial) const { return at_[1 + trial]; }
  // May be the size of a tensor.
  bool grows_evenly() const;
  torch::jit::Value* value() const { return value_; }
  Recorder& recorder() const { return *recorder_; }

  python::ClassObject* Class(python::Evaluator& ev) const override { return ev.classes().int_; }
  std::optional<python::Value> Binary(python::Evaluator& ev, python::BinaryOp op,
                                      python::Value other, bool reflected) override;
  std::optional<python::Value> Unary(python::Evaluator& ev, python::UnaryOp op) override;
  std::optional<python::Value> Compare(python::Evaluator& ev, python::CompareOp op,
                                       python::Value other) override;
  bool Truth(python::Evaluator& ev) override;
  std::optional<int64_t> Index(python::Evaluator& ev) override;
  std::string Repr(python::Evaluator& ev) override;

 private:
  // How many agents there are when it is `number`; nullopt: it never is, or nobody knows.
  std::optional<int64_t> AgentsFor(int64_t number) const;

  Recorder* const recorder_;
  const Points at_;
  torch::jit::Value* const value_;
};

// Whether a comparison holds, of what it is for each of the points. `only_agents`: the number for
// which it is different, where there is one. Raises where the points differ, but for an exception
// that the recorder allows.
python::Value DecideForAll(python::Evaluator& ev, Recorder& recorder,
                           const SymbolicInt::Points& holds,
                           std::optional<int64_t> only_agents = std::nullopt);

template <typename Number>
bool Holds(python::CompareOp op, Number a, Number b) {
  switch (op) {
    case python::CompareOp::kEq:
      return a == b;
    case python::CompareOp::kNotEq:
      return a != b;
    case python::CompareOp::kLess:
      return a < b;
    case python::CompareOp::kLessEq:
      return a <= b;
    case python::CompareOp::kGreater:
      return a > b;
    default:
      return a >= b;
  }
}

// Of a size that is `at` for kTrialAgents: an int when both are equal, else a SymbolicInt of
// `value`.
python::Value MakeInt(python::Evaluator& ev, Recorder& recorder, std::array<int64_t, 2> at,
                      torch::jit::Value* value);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_SYMBOLIC_INT_H_
