#include "models/python/builtin_iterators.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "models/python/dict_view.h"
#include "models/python/generator_object.h"
#include "models/python/native_args.h"
#include "models/python/native_iterator.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

std::vector<IteratorObject*> Iterators(Evaluator& ev, const std::vector<Value>& iterables) {
  std::vector<IteratorObject*> iterators;
  iterators.reserve(iterables.size());
  for (const Value& iterable : iterables) iterators.push_back(ev.Iter(iterable));
  return iterators;
}

Value Enumerate(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "enumerate", args, {"iterable", "start"}, 1);
  IteratorObject* items = ev.Iter(a[0]);
  int64_t index = a.Has(1) ? ev.ToInt(a[1], "start") : 0;
  return NewIterator(ev, [items, index](Evaluator& caller) mutable -> std::optional<Value> {
    const std::optional<Value> item = items->Next(caller);
    if (!item.has_value()) return std::nullopt;
    return caller.Tuple({Value::Int(index++), *item});
  });
}

Value Filter(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "filter", args, {"", ""}, 2);
  const Value test = a[0];
  IteratorObject* items = ev.Iter(a[1]);
  return NewIterator(ev, [test, items](Evaluator& caller) -> std::optional<Value> {
    while (const std::optional<Value> item = items->Next(caller)) {
      caller.Step();
      if (caller.Truth(test.IsNone() ? *item : caller.Call(test, {*item}))) return item;
    }
    return std::nullopt;
  });
}

Value Iter(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "iter", args, {"", ""}, 1);
  if (!a.Has(1)) return ev.Iter(a[0]);
  // Calls until the sentinel comes.
  const Value function = a[0];
  const Value sentinel = a[1];
  return NewIterator(ev, [function, sentinel](Evaluator& caller) -> std::optional<Value> {
    const Value item = caller.Call(function, std::vector<Value>());
    if (caller.Equal(item, sentinel)) return std::nullopt;
    return item;
  });
}

Value Map(Evaluator& ev, CallArgs& args) {
  const Value function = SelfValue(ev, args, "map");
  if (args.args.empty()) {
    ev.Raise(ErrorKind::kTypeError, "map() must have at least two arguments.");
  }
  return MapOver(ev, function, args.args);
}

Value Next(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "next", args, {"", ""}, 1);
  std::optional<Value> item;
  if (auto* iterator = a[0].As<IteratorObject>()) {
    item = iterator->Next(ev);
  } else if (const std::optional<Value> next = ev.ClassMethod(a[0], "__next__")) {
    if (!a.Has(1)) return ev.Call(*next, std::vector<Value>());
    item = ev.Iter(a[0])->Next(ev);
  } else {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("'", ev.TypeName(a[0]), "' object is not an iterator"));
  }
  if (item.has_value()) return *item;
  if (!a.Has(1)) RaiseStopIteration(ev, a[0].As<IteratorObject>());
  return a[1];
}

Value Reversed(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "reversed", args, {""}, 1);
  if (const std::optional<Value> reversed = ev.ClassMethod(a[0], "__reversed__")) {
    return ev.Call(*reversed, std::vector<Value>());
  }
  const Value sequence = Underlying(a[0]);
  const bool iterates = sequence.As<DictObject>() != nullptr || sequence.As<DictView>() != nullptr;
  if (iterates) {
    return NewIterator(ev,
                       [items = ev.ToVector(sequence)](Evaluator&) mutable -> std::optional<Value> {
                         if (items.empty()) return std::nullopt;
                         const Value item = items.back();
                         items.pop_back();
                         return item;
                       });
  }
  if (sequence.As<SetObject>() != nullptr || sequence.As<IteratorObject>() != nullptr) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("'", ev.TypeName(sequence), "' object is not reversible"));
  }
  const Value subject = a[0];
  const int64_t length = ev.Length(subject);
  return NewIterator(ev, [subject, at = length](Evaluator& caller) mutable -> std::optional<Value> {
    if (at <= 0) return std::nullopt;
    return caller.GetItem(subject, Value::Int(--at));
  });
}

Value Zip(Evaluator& ev, CallArgs& args) {
  const bool strict = ev.Truth(args.Take("strict").value_or(Value::Bool(false)));
  if (!args.kwargs.empty()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("zip() got an unexpected keyword argument '", args.kwargs[0].name, "'"));
  }
  return NewIterator(
      ev,
      [iterators = Iterators(ev, args.args), strict](Evaluator& caller) -> std::optional<Value> {
        std::vector<Value> row;
        for (size_t i = 0; i < iterators.size(); ++i) {
          const std::optional<Value> item = iterators[i]->Next(caller);
          if (item.has_value()) {
            row.push_back(*item);
            continue;
          }
          if (!strict) return std::nullopt;
          if (i > 0) {
            caller.Raise(ErrorKind::kValueError,
                         absl::StrCat("zip() argument ", i + 1, " is shorter than argument",
                                      i > 1 ? "s 1-" : " ", i));
          }
          for (size_t k = 1; k < iterators.size(); ++k) {
            if (!iterators[k]->Next(caller).has_value()) continue;
            caller.Raise(ErrorKind::kValueError,
                         absl::StrCat("zip() argument ", k + 1, " is longer than argument",
                                      k > 1 ? "s 1-" : " ", k));
          }
          return std::nullopt;
        }
        if (row.empty()) return std::nullopt;
        return caller.Tuple(std::move(row));
      });
}

}  // namespace

IteratorObject* MapOver(Evaluator& ev, Value function, const std::vector<Value>& iterables) {
  return NewIterator(
      ev,
      [function, iterators = Iterators(ev, iterables)](Evaluator& caller) -> std::optional<Value> {
        std::vector<Value> row;
        for (IteratorObject* items : iterators) {
          const std::optional<Value> item = items->Next(caller);
          if (!item.has_value()) return std::nullopt;
          row.push_back(*item);
        }
        return caller.Call(function, std::move(row));
      });
}

void DefineBuiltinIterators(Evaluator& ev) {
  const auto add = [&ev](absl::string_view name, NativeFunction::Body body) {
    ev.builtins()[name] = ev.Native(name, std::move(body));
  };
  add("enumerate", Enumerate);
  add("filter", Filter);
  add("iter", Iter);
  add("map", Map);
  add("next", Next);
  add("reversed", Reversed);
  add("zip", Zip);
}

}  // namespace graft::models::python
