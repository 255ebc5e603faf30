#include "models/python/operator_names.h"

#include <cstddef>

#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {
namespace {

struct BinaryNames {
  absl::string_view symbol, left, reflected, in_place;
};

// In the order of BinaryOp.
constexpr BinaryNames kBinary[] = {
    {"+", "__add__", "__radd__", "__iadd__"},
    {"-", "__sub__", "__rsub__", "__isub__"},
    {"*", "__mul__", "__rmul__", "__imul__"},
    {"@", "__matmul__", "__rmatmul__", "__imatmul__"},
    {"/", "__truediv__", "__rtruediv__", "__itruediv__"},
    {"//", "__floordiv__", "__rfloordiv__", "__ifloordiv__"},
    {"%", "__mod__", "__rmod__", "__imod__"},
    {"**", "__pow__", "__rpow__", "__ipow__"},
    {"<<", "__lshift__", "__rlshift__", "__ilshift__"},
    {">>", "__rshift__", "__rrshift__", "__irshift__"},
    {"&", "__and__", "__rand__", "__iand__"},
    {"|", "__or__", "__ror__", "__ior__"},
    {"^", "__xor__", "__rxor__", "__ixor__"},
};

struct Names {
  absl::string_view symbol, method;
};

// In the order of UnaryOp, and of CompareOp.
constexpr Names kUnary[] = {{"not", ""}, {"-", "__neg__"}, {"+", "__pos__"}, {"~", "__invert__"}};
constexpr Names kCompare[] = {{"==", "__eq__"}, {"!=", "__ne__"}, {"<", "__lt__"}, {"<=", "__le__"},
                              {">", "__gt__"},  {">=", "__ge__"}, {"is", ""},      {"is not", ""},
                              {"in", ""},       {"not in", ""}};

const BinaryNames& Of(BinaryOp op) { return kBinary[static_cast<size_t>(op)]; }
const Names& Of(UnaryOp op) { return kUnary[static_cast<size_t>(op)]; }
const Names& Of(CompareOp op) { return kCompare[static_cast<size_t>(op)]; }

}  // namespace

absl::string_view OperatorSymbol(BinaryOp op) { return Of(op).symbol; }
absl::string_view OperatorSymbol(UnaryOp op) { return Of(op).symbol; }
absl::string_view OperatorSymbol(CompareOp op) { return Of(op).symbol; }

absl::string_view MethodOf(BinaryOp op, Operand operand) {
  switch (operand) {
    case Operand::kLeft:
      return Of(op).left;
    case Operand::kReflected:
      return Of(op).reflected;
    case Operand::kInPlace:
      return Of(op).in_place;
  }
  return "";
}

absl::string_view MethodOf(UnaryOp op) { return Of(op).method; }
absl::string_view MethodOf(CompareOp op) { return Of(op).method; }

CompareOp Swapped(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessEq:
      return CompareOp::kGreaterEq;
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterEq:
      return CompareOp::kLessEq;
    default:
      return op;
  }
}

}  // namespace graft::models::python
