// Python's arithmetic of int, float and bool: floor division and modulo round down, `/` gives a
// float, and what an int of 64 bits cannot hold raises OverflowError.
//
//   NumberBinary(ev, BinaryOp::kFloorDiv, Value::Int(-7), Value::Int(2));   // -4
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_NUMBER_ARITHMETIC_H_
#define GRAFT_MODELS_PYTHON_NUMBER_ARITHMETIC_H_

#include <optional>

#include "models/python/ast.h"
#include "models/python/value.h"

namespace graft::models::python {

inline bool IsNumber(Value v) { return v.IsInt() || v.IsFloat() || v.IsBool(); }

// nullopt: Python does not have it for these (1.5 << 2). @pre both are numbers.
std::optional<Value> NumberBinary(Evaluator& ev, BinaryOp op, Value left, Value right);
std::optional<Value> NumberUnary(Evaluator& ev, UnaryOp op, Value operand);
// Of kEq to kGreaterEq.
bool NumberCompare(CompareOp op, Value left, Value right);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_NUMBER_ARITHMETIC_H_
