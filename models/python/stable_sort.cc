#include "models/python/stable_sort.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/python/evaluator.h"

namespace graft::models::python {
namespace {

struct Keyed {
  Value key;
  Value item;
};

bool Less(Evaluator& ev, const Keyed& a, const Keyed& b) {
  ev.Step();
  return ev.Truth(ev.Compare(CompareOp::kLess, a.key, b.key));
}

// Merges from[begin, middle) and from[middle, end) into `to`.
void Merge(Evaluator& ev, const std::vector<Keyed>& from, std::vector<Keyed>& to, size_t begin,
           size_t middle, size_t end) {
  size_t left = begin;
  size_t right = middle;
  for (size_t at = begin; at < end; ++at) {
    const bool take_right = left == middle || (right < end && Less(ev, from[right], from[left]));
    to[at] = from[take_right ? right++ : left++];
  }
}

}  // namespace

std::vector<Value> StableSort(Evaluator& ev, std::vector<Value> items, Value key, bool reverse) {
  ev.heap().Charge(ev, items.size() * 2 * sizeof(Keyed));
  std::vector<Keyed> keyed;
  keyed.reserve(items.size());
  for (const Value& item : items) {
    ev.Step();
    keyed.push_back({key.IsNone() ? item : ev.Call(key, {item}), item});
  }
  // Equal items keep their order when reversed, too.
  if (reverse) std::reverse(keyed.begin(), keyed.end());
  std::vector<Keyed> merged(keyed.size());
  for (size_t width = 1; width < keyed.size(); width *= 2) {
    for (size_t begin = 0; begin < keyed.size(); begin += 2 * width) {
      Merge(ev, keyed, merged, begin, std::min(begin + width, keyed.size()),
            std::min(begin + 2 * width, keyed.size()));
    }
    std::swap(keyed, merged);
  }
  if (reverse) std::reverse(keyed.begin(), keyed.end());
  std::transform(keyed.begin(), keyed.end(), items.begin(),
                 [](const Keyed& entry) { return entry.item; });
  return items;
}

}  // namespace graft::models::python
