// The module itertools.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/native_iterator.h"
#include "models/python/objects.h"
#include "models/python/standard_modules.h"

namespace graft::models::python {
namespace {

using Item = std::optional<Value>;

// The items of one iterable after the other's.
Value ChainOf(Evaluator& ev, IteratorObject* iterables) {
  return NewIterator(ev,
                     [iterables, items = static_cast<IteratorObject*>(nullptr)](
                         Evaluator& caller) mutable -> Item {
                       while (true) {
                         caller.Step();
                         if (items != nullptr) {
                           if (const Item item = items->Next(caller)) return item;
                         }
                         const Item next = iterables->Next(caller);
                         if (!next.has_value()) return std::nullopt;
                         items = caller.Iter(*next);
                       }
                     });
}

Value Chain(Evaluator& ev, ClassObject*, CallArgs& args) {
  return ChainOf(ev, ev.Iter(ev.Tuple(std::move(args.args))));
}

Value Repeat(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "repeat", args, {"object", "times"}, 1);
  int64_t left = a.Has(1) ? std::max<int64_t>(ev.ToInt(a[1], "times"), 0) : -1;
  return NewIterator(ev, [item = a[0], left](Evaluator&) mutable -> Item {
    if (left == 0) return std::nullopt;
    if (left > 0) --left;
    return item;
  });
}

Value Count(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "count", args, {"start", "step"}, 0);
  const Value start = a.Has(0) ? a[0] : Value::Int(0);
  const Value step = a.Has(1) ? a[1] : Value::Int(1);
  return NewIterator(ev, [next = start, step](Evaluator& caller) mutable -> Item {
    const Value item = next;
    next = caller.Binary(BinaryOp::kAdd, next, step);
    return item;
  });
}

Value Cycle(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "cycle", args, {""}, 1);
  return NewIterator(ev, [items = ev.ToVector(a[0]), at = size_t{0}](Evaluator&) mutable -> Item {
    if (items.empty()) return std::nullopt;
    return items[at++ % items.size()];
  });
}

Value Islice(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "islice", args, {"", "", "", ""}, 2);
  const auto bound = [&](Value value, int64_t absent) {
    const int64_t n = value.IsNone() ? absent : ev.ToInt(value, "islice()");
    if (n < 0) {
      ev.Raise(ErrorKind::kValueError,
               "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
    }
    return n;
  };
  constexpr int64_t kForever = std::numeric_limits<int64_t>::max();
  const int64_t start = a.Has(2) ? bound(a[1], 0) : 0;
  const int64_t stop = bound(a.Has(2) ? a[2] : a[1], kForever);
  const int64_t step = std::max<int64_t>(bound(a[3], 1), 1);
  IteratorObject* items = ev.Iter(a[0]);
  return NewIterator(
      ev, [items, wanted = start, stop, step, at = int64_t{0}](Evaluator& caller) mutable -> Item {
        while (wanted < stop) {
          caller.Step();
          const Item item = items->Next(caller);
          if (!item.has_value()) break;
          if (at++ < wanted) continue;
          if (__builtin_add_overflow(wanted, step, &wanted)) wanted = stop;
          return item;
        }
        wanted = stop;
        return std::nullopt;
      });
}

// The tuples of positions, as an odometer counts; the last one turns fastest.
Value Product(Evaluator& ev, CallArgs& args) {
  const int64_t repeat = ev.ToInt(args.Take("repeat").value_or(Value::Int(1)), "repeat");
  std::vector<std::vector<Value>> pools;
  for (int64_t i = 0; i < repeat && !args.args.empty(); ++i) {
    for (const Value& iterable : args.args) {
      pools.push_back(ev.ToVector(iterable));
    }
  }
  const bool none = std::any_of(pools.begin(), pools.end(),
                                [](const std::vector<Value>& pool) { return pool.empty(); });
  return NewIterator(ev,
                     [pools, at = std::vector<size_t>(pools.size()),
                      done = none](Evaluator& caller) mutable -> Item {
                       if (done) return std::nullopt;
                       std::vector<Value> row;
                       for (size_t i = 0; i < pools.size(); ++i) row.push_back(pools[i][at[i]]);
                       size_t turned = pools.size();
                       while (turned > 0 && ++at[turned - 1] == pools[turned - 1].size())
                         at[--turned] = 0;
                       done = turned == 0;
                       return caller.Tuple(std::move(row));
                     });
}

std::vector<Value> Select(const std::vector<Value>& pool, const std::vector<size_t>& at,
                          size_t count) {
  std::vector<Value> row;
  for (size_t i = 0; i < count; ++i) row.push_back(pool[at[i]]);
  return row;
}

// combinations, and with `again` combinations_with_replacement.
Value Combinations(Evaluator& ev, CallArgs& args, absl::string_view name, bool again) {
  const NativeArgs a(ev, name, args, {"iterable", "r"}, 2);
  const std::vector<Value> pool = ev.ToVector(a[0]);
  const int64_t r = ev.ToInt(a[1], "r");
  if (r < 0) ev.Raise(ErrorKind::kValueError, "r must be non-negative");
  const auto n = static_cast<int64_t>(pool.size());
  const bool none = again ? n == 0 && r > 0 : r > n;
  std::vector<size_t> at;
  if (!none) {
    ev.heap().Charge(ev, r * sizeof(size_t));
    at.resize(r);
    if (!again) std::iota(at.begin(), at.end(), size_t{0});
  }
  return NewIterator(ev, [pool, at, again, done = none](Evaluator& caller) mutable -> Item {
    if (done) return std::nullopt;
    const size_t count = at.size();
    std::vector<Value> row = Select(pool, at, count);
    size_t i = count;
    while (i > 0 && at[i - 1] == (again ? pool.size() - 1 : pool.size() - count + i - 1)) --i;
    done = i == 0;
    if (!done) {
      ++at[i - 1];
      for (; i < count; ++i) at[i] = again ? at[i - 1] : at[i - 1] + 1;
    }
    return caller.Tuple(std::move(row));
  });
}

// In the order of CPython's: by position, not by value.
Value Permutations(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "permutations", args, {"iterable", "r"}, 1);
  const std::vector<Value> pool = ev.ToVector(a[0]);
  const int64_t n = static_cast<int64_t>(pool.size());
  const int64_t r = a[1].IsNone() ? n : ev.ToInt(a[1], "r");
  if (r < 0) ev.Raise(ErrorKind::kValueError, "r must be non-negative");
  std::vector<size_t> at(pool.size());
  std::iota(at.begin(), at.end(), size_t{0});
  return NewIterator(ev, [pool, at, r, done = r > n](Evaluator& caller) mutable -> Item {
    if (done) return std::nullopt;
    std::vector<Value> row = Select(pool, at, r);
    // The next arrangement of the first r: the rest is kept in ascending order.
    std::reverse(at.begin() + r, at.end());
    done = !std::next_permutation(at.begin(), at.end());
    return caller.Tuple(std::move(row));
  });
}

Value ZipLongest(Evaluator& ev, CallArgs& args) {
  const Value fill = args.Take("fillvalue").value_or(Value());
  std::vector<IteratorObject*> iterators;
  for (const Value& iterable : args.args) iterators.push_back(ev.Iter(iterable));
  return NewIterator(ev, [iterators, fill](Evaluator& caller) mutable -> Item {
    std::vector<Value> row;
    bool any = false;
    for (IteratorObject*& items : iterators) {
      const Item item = items == nullptr ? std::nullopt : items->Next(caller);
      if (!item.has_value()) items = nullptr;
      any = any || item.has_value();
      row.push_back(item.value_or(fill));
    }
    if (!any) return std::nullopt;
    return caller.Tuple(std::move(row));
  });
}

Value Accumulate(Evaluator& ev, CallArgs& args) {
  const Value initial = args.Take("initial").value_or(Value());
  const NativeArgs a(ev, "accumulate", args, {"iterable", "func"}, 1);
  IteratorObject* items = ev.Iter(a[0]);
  const Value function = a[1];
  Item total;
  if (!initial.IsNone()) total = initial;
  return NewIterator(ev, [items, function, total, first = true](Evaluator& caller) mutable -> Item {
    if (std::exchange(first, false) && total.has_value()) return total;
    const Item item = items->Next(caller);
    if (!item.has_value()) return std::nullopt;
    if (!total.has_value()) {
      total = item;
    } else if (function.IsNone()) {
      total = caller.Binary(BinaryOp::kAdd, *total, *item);
    } else {
      total = caller.Call(function, {*total, *item});
    }
    return total;
  });
}

Value Starmap(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "starmap", args, {"", ""}, 2);
  IteratorObject* rows = ev.Iter(a[1]);
  return NewIterator(ev, [function = a[0], rows](Evaluator& caller) -> Item {
    const Item row = rows->Next(caller);
    if (!row.has_value()) return std::nullopt;
    return caller.Call(function, caller.ToVector(*row));
  });
}

Value Pairwise(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "pairwise", args, {""}, 1);
  IteratorObject* items = ev.Iter(a[0]);
  return NewIterator(ev, [items, before = Item()](Evaluator& caller) mutable -> Item {
    if (!before.has_value()) before = items->Next(caller);
    const Item item = before.has_value() ? items->Next(caller) : std::nullopt;
    if (!item.has_value()) return std::nullopt;
    return caller.Tuple({*std::exchange(before, item), *item});
  });
}

// takewhile, dropwhile, filterfalse.
enum class While : uint8_t { kTake, kDrop, kFilterFalse };
Value Filtered(Evaluator& ev, CallArgs& args, absl::string_view name, While mode) {
  const NativeArgs a(ev, name, args, {"", ""}, 2);
  IteratorObject* items = ev.Iter(a[1]);
  return NewIterator(ev,
                     [test = a[0], items, mode, open = mode != While::kDrop,
                      done = false](Evaluator& caller) mutable -> Item {
                       while (!done) {
                         caller.Step();
                         const Item item = items->Next(caller);
                         if (!item.has_value()) break;
                         if (mode == While::kDrop && open) return item;
                         const bool holds =
                             caller.Truth(test.IsNone() ? *item : caller.Call(test, {*item}));
                         if (mode == While::kTake) {
                           if (holds) return item;
                           break;
                         }
                         if (holds) continue;
                         open = true;
                         return item;
                       }
                       done = true;
                       return std::nullopt;
                     });
}

Value Compress(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "compress", args, {"data", "selectors"}, 2);
  IteratorObject* items = ev.Iter(a[0]);
  IteratorObject* selectors = ev.Iter(a[1]);
  return NewIterator(ev, [items, selectors](Evaluator& caller) -> Item {
    while (true) {
      caller.Step();
      const Item item = items->Next(caller);
      const Item selector = item.has_value() ? selectors->Next(caller) : std::nullopt;
      if (!selector.has_value()) return std::nullopt;
      if (caller.Truth(*selector)) return item;
    }
  });
}

Value Tee(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "tee", args, {"", ""}, 1);
  const int64_t count = a.Has(1) ? ev.ToInt(a[1], "n") : 2;
  if (count < 0) ev.Raise(ErrorKind::kValueError, "n must be >= 0");
  IteratorObject* source = ev.Iter(a[0]);
  ListObject* seen = ev.List({});
  std::vector<Value> copies;
  for (int64_t i = 0; i < count; ++i) {
    copies.emplace_back(
        NewIterator(ev, [source, seen, at = size_t{0}](Evaluator& caller) mutable -> Item {
          if (at == seen->items.size()) {
            const Item item = source->Next(caller);
            if (!item.has_value()) return std::nullopt;
            seen->Append(caller, *item);
          }
          return seen->items[at++];
        }));
  }
  return ev.Tuple(std::move(copies));
}

// Groups are made as they are met: a group that is read late is still whole.
Value GroupBy(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "groupby", args, {"iterable", "key"}, 1);
  IteratorObject* items = ev.Iter(a[0]);
  const Value function = a[1];
  return NewIterator(ev,
                     [items, function, next = Item(), next_key = Value(),
                      begun = false](Evaluator& caller) mutable -> Item {
                       const auto advance = [&] {
                         caller.Step();
                         next = items->Next(caller);
                         if (next.has_value()) {
                           next_key = function.IsNone() ? *next : caller.Call(function, {*next});
                         }
                       };
                       if (!std::exchange(begun, true)) advance();
                       if (!next.has_value()) return std::nullopt;
                       const Value key = next_key;
                       ListObject* group = caller.List({});
                       do {
                         group->Append(caller, *next);
                         advance();
                       } while (next.has_value() && caller.Equal(next_key, key));
                       return caller.Tuple({key, caller.Iter(group)});
                     });
}

void AddSelecting(Evaluator& ev, ModuleObject* module) {
  const auto add = [&](absl::string_view name, NativeFunction::Body body) {
    module->globals[name] = ev.Native(name, std::move(body));
  };
  add("combinations", [](Evaluator& caller, CallArgs& args) {
    return Combinations(caller, args, "combinations", /*again=*/false);
  });
  add("combinations_with_replacement", [](Evaluator& caller, CallArgs& args) {
    return Combinations(caller, args, "combinations_with_replacement", /*again=*/true);
  });
  add("takewhile", [](Evaluator& caller, CallArgs& args) {
    return Filtered(caller, args, "takewhile", While::kTake);
  });
  add("dropwhile", [](Evaluator& caller, CallArgs& args) {
    return Filtered(caller, args, "dropwhile", While::kDrop);
  });
  add("filterfalse", [](Evaluator& caller, CallArgs& args) {
    return Filtered(caller, args, "filterfalse", While::kFilterFalse);
  });
}

}  // namespace

void DefineItertools(Evaluator& ev) {
  ev.DefineModule("itertools", [](Evaluator& caller, ModuleObject* module) {
    AddSelecting(caller, module);
    const std::pair<absl::string_view, Value (*)(Evaluator&, CallArgs&)> functions[] = {
        {"repeat", Repeat},         {"count", Count},
        {"cycle", Cycle},           {"islice", Islice},
        {"product", Product},       {"permutations", Permutations},
        {"starmap", Starmap},       {"zip_longest", ZipLongest},
        {"accumulate", Accumulate}, {"pairwise", Pairwise},
        {"compress", Compress},     {"tee", Tee},
        {"groupby", GroupBy},
    };
    for (const auto& [name, body] : functions) module->globals[name] = caller.Native(name, body);
    ClassObject* chain = caller.NewClass("chain", {caller.classes().iterator});
    chain->make = Chain;
    chain->SetOwn(
        "from_iterable",
        caller.heap().New<StaticMethodObject>(
            caller, caller.Native("chain.from_iterable", [](Evaluator& ev2, CallArgs& args) {
              const NativeArgs a(ev2, "from_iterable", args, {""}, 1);
              return ChainOf(ev2, ev2.Iter(a[0]));
            })));
    module->globals["chain"] = chain;
  });
}

}  // namespace graft::models::python
