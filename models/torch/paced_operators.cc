#include "models/torch/paced_operators.h"

#include <ATen/record_function.h>

#include <memory>

namespace graft::models {
namespace {

std::unique_ptr<at::ObserverContext> AtOperator(const at::RecordFunction& /*call*/) {
  PacingPoint();
  return nullptr;
}

}  // namespace

uint64_t PacedOperators::AddCallback() {
  return at::addThreadLocalCallback(
      at::RecordFunctionCallback(&AtOperator).scopes({at::RecordScope::FUNCTION}));
}

void PacedOperators::RemoveCallback(uint64_t callback) { at::removeCallback(callback); }

}  // namespace graft::models
