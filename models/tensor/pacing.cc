#include "models/tensor/pacing.h"

namespace graft::models {
namespace {

thread_local PacingHook* current = nullptr;

}  // namespace

PacingHook* CurrentPacing() { return current; }

PacedScope::PacedScope(PacingHook* hook) : outer_(current) { current = hook; }

PacedScope::~PacedScope() { current = outer_; }

}  // namespace graft::models
