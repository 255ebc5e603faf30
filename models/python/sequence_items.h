// What tuples and lists have in common: subscripts, slices, comparison, repetition, search.
//
//   const std::vector<Value> part = SliceItems(ev, items, slice->Resolve(ev, Size(items)));
//
// Items may change while an item's __eq__ or __repr__ runs: positions are checked at every step.
//
// Threads, ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_SEQUENCE_ITEMS_H_
#define GRAFT_MODELS_PYTHON_SEQUENCE_ITEMS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

// `key` as a position within `length`, negative ones from the end. Raises TypeError when it is no
// integer, IndexError ("list index out of range") when it is outside.
int64_t ResolveIndex(Evaluator& ev, Value key, int64_t length, absl::string_view type);

std::vector<Value> SliceItems(Evaluator& ev, const std::vector<Value>& items,
                              const SliceObject::Indices& indices);

// items * count, charged before it is made.
std::vector<Value> RepeatItems(Evaluator& ev, const std::vector<Value>& items, int64_t count);

std::vector<Value> ConcatItems(Evaluator& ev, const std::vector<Value>& left,
                               const std::vector<Value>& right);

// Lexicographic, as Python compares sequences.
Value CompareItems(Evaluator& ev, CompareOp op, const Object* self, const std::vector<Value>& left,
                   const std::vector<Value>& right);

// The first position in [start, stop) whose item is or equals `item`.
std::optional<int64_t> FindItem(Evaluator& ev, const std::vector<Value>& items, Value item,
                                int64_t start, int64_t stop);

int64_t CountItem(Evaluator& ev, const std::vector<Value>& items, Value item);

// "1, 'a', None"
std::string JoinReprs(Evaluator& ev, const std::vector<Value>& items);

// list.index(x, start, stop), of both types.
Value IndexMethod(Evaluator& ev, const std::vector<Value>& items, CallArgs& args,
                  absl::string_view type);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_SEQUENCE_ITEMS_H_
