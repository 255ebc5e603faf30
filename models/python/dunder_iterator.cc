#include "models/python/dunder_iterator.h"

#include <optional>

#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"

namespace graft::models::python {

std::optional<Value> DunderIterator::Next(Evaluator& ev) {
  ev.Step();
  try {
    return CallSpecial(ev, object_, "__next__", {});
  } catch (const Raised& raised) {
    if (!IsError(ev, raised.exception, ErrorKind::kStopIteration)) throw;
    return std::nullopt;
  }
}

std::optional<Value> ItemIterator::Next(Evaluator& ev) {
  if (ended_) return std::nullopt;
  ev.Step();
  try {
    return CallSpecial(ev, object_, "__getitem__", {Value::Int(next_++)});
  } catch (const Raised& raised) {
    if (!IsError(ev, raised.exception, ErrorKind::kIndexError)) throw;
    ended_ = true;
    return std::nullopt;
  }
}

}  // namespace graft::models::python
