// What it costs to look for one text in another: the search is a plain one, which compares nearly
// all of the part at nearly every place of texts that are made for it.
//
//   StepForSearch(ev, text.size(), part.size());   // before text.find(part)
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_TEXT_SEARCH_H_
#define GRAFT_MODELS_PYTHON_TEXT_SEARCH_H_

#include <cstddef>
#include <cstdint>

#include "models/python/evaluator.h"

namespace graft::models::python {

inline void StepForSearch(Evaluator& ev, size_t text, size_t part) {
  constexpr size_t kBytesPerStep = 64;       // of one pass
  constexpr size_t kComparedPerStep = 4096;  // by memcmp
  const size_t places = part > text ? 0 : text - part;
  ev.Step(static_cast<int64_t>(1 + text / kBytesPerStep + places * part / kComparedPerStep));
}

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_TEXT_SEARCH_H_
