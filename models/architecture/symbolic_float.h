// A number with a fraction that depends on the number of agents: x.shape[0] / 4.
//
//   b = int(windows.shape[0] / (h * w / 7 / 7))    # an int again, as Swin's windows are merged
//   x / float(x.shape[0])                          # recorded: the graph computes it in each call
//
// It is an integer times a ratio, from which int() makes an integer again; elsewhere it stands
// where the ratio is 1. Other arithmetic is refused. What comes out equal for any number of agents
// is an ordinary float.
//
// Threads: one evaluator's. Ownership: the evaluator's heap. Includes LibTorch.
#ifndef GRAFT_MODELS_ARCHITECTURE_SYMBOLIC_FLOAT_H_
#define GRAFT_MODELS_ARCHITECTURE_SYMBOLIC_FLOAT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "models/architecture/symbolic_int.h"
#include "models/python/evaluator.h"

namespace graft::models::architecture {

class SymbolicFloat final : public python::Object {
 public:
  // What Python computes, for the numbers of agents that SymbolicInt::Points are for.
  using Points = std::array<double, std::tuple_size_v<SymbolicInt::Points>>;
  struct Ratio {
    int64_t over = 1;
    int64_t under = 1;
  };

  SymbolicFloat(SymbolicInt* whole, Ratio ratio, const Points& at)
      : whole_(whole), ratio_(ratio), at_(at) {}

  // The integer that it is; null: there is a ratio, too.
  SymbolicInt* whole() const { return ratio_.over == ratio_.under ? whole_ : nullptr; }
  // int(x): rounded towards 0. Raises where the graph could not compute that in integers.
  python::Value ToInt(python::Evaluator& ev) const;

  python::ClassObject* Class(python::Evaluator& ev) const override { return ev.classes().float_; }
  std::optional<python::Value> Binary(python::Evaluator& ev, python::BinaryOp op,
                                      python::Value other, bool reflected) override;
  std::optional<python::Value> Compare(python::Evaluator& ev, python::CompareOp op,
                                       python::Value other) override;
  bool Truth(python::Evaluator& ev) override;
  std::optional<int64_t> Index(python::Evaluator& ev) override;
  std::string Repr(python::Evaluator& ev) override;

 private:
  SymbolicInt* const whole_;
  const Ratio ratio_;
  const Points at_;
};

// float(x), and x * other or x / other where one of the two is a float or it is a division.
// nullopt: `other` is no number.
python::Value MakeFloat(python::Evaluator& ev, SymbolicInt* whole);
std::optional<python::Value> ScaleToFloat(python::Evaluator& ev, SymbolicInt* whole,
                                          python::BinaryOp op, python::Value other, bool reflected);

// For what has no meaning for a float of the number of agents.
[[noreturn]] void RaiseFloatOfAgents(python::Evaluator& ev);

}  // namespace graft::models::architecture

#endif  // GRAFT_MODELS_ARCHITECTURE_SYMBOLIC_FLOAT_H_
