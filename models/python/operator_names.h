// The operators of Python as they are written, and the methods of classes that they call.
//
//   OperatorSymbol(BinaryOp::kFloorDiv);                  // "//"
//   MethodOf(BinaryOp::kFloorDiv, Operand::kReflected);   // "__rfloordiv__"
//
// Threads: free functions without state.
#ifndef GRAFT_MODELS_PYTHON_OPERATOR_NAMES_H_
#define GRAFT_MODELS_PYTHON_OPERATOR_NAMES_H_

#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {

enum class Operand : uint8_t { kLeft, kReflected, kInPlace };

absl::string_view OperatorSymbol(BinaryOp op);
absl::string_view OperatorSymbol(UnaryOp op);
absl::string_view OperatorSymbol(CompareOp op);

absl::string_view MethodOf(BinaryOp op, Operand operand);
absl::string_view MethodOf(UnaryOp op);    // not kNot
absl::string_view MethodOf(CompareOp op);  // kEq to kGreaterEq

// b OP a for a op b: < for >, itself for ==.
CompareOp Swapped(CompareOp op);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_OPERATOR_NAMES_H_
