// The match statement.
#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/instance_dict.h"
#include "models/python/interpreter.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

// None, True and False are compared by identity.
bool IsSingleton(const Expr& e) {
  if (e.kind != ExprKind::kConstant) return false;
  const ConstantExpr::Type type = static_cast<const ConstantExpr&>(e).type;
  return type == ConstantExpr::Type::kNone || type == ConstantExpr::Type::kTrue ||
         type == ConstantExpr::Type::kFalse;
}

// int(x) binds the subject itself, of the built-in classes that have no __match_args__.
bool MatchesItself(const Evaluator::Classes& classes, const ClassObject& cls) {
  const std::initializer_list<const ClassObject*> own = {
      classes.bool_, classes.bytes, classes.dict, classes.float_, classes.frozen_set,
      classes.int_,  classes.list,  classes.set,  classes.str,    classes.tuple};
  return std::any_of(own.begin(), own.end(),
                     [&cls](const ClassObject* one) { return cls.DerivesFrom(one); });
}

}  // namespace

const Body* Interpreter::SelectCase(Frame& f, const MatchStmt& s) {
  const Value subject = Eval(f, *s.subject);
  for (const MatchCase& one : s.cases) {
    f.at = &one.range;
    std::vector<Captured> captured;
    if (!Matches(f, *one.pattern, subject, &captured)) continue;
    for (const Captured& c : captured) StoreName(f, *c.name, c.binding, c.value);
    if (one.guard != nullptr) {
      const Value guard = Eval(f, *one.guard);
      f.at = &one.guard->range;
      if (!ev_.Truth(guard)) continue;
    }
    return &one.body;
  }
  return nullptr;
}

// NOLINTNEXTLINE(misc-no-recursion): the parser bounds the depth of patterns.
bool Interpreter::Matches(Frame& f, const Pattern& pattern, Value subject,
                          std::vector<Captured>* captured) {
  ev_.Step();
  f.at = &pattern.range;
  switch (pattern.kind) {
    case PatternKind::kValue:
      return MatchesValue(f, static_cast<const ValuePattern&>(pattern), subject);
    case PatternKind::kCapture: {
      const auto& capture = static_cast<const CapturePattern&>(pattern);
      if (capture.pattern != nullptr && !Matches(f, *capture.pattern, subject, captured)) {
        return false;
      }
      if (!capture.name.empty()) captured->push_back({&capture.name, capture.binding, subject});
      return true;
    }
    case PatternKind::kSequence:
      return MatchesSequence(f, static_cast<const SequencePattern&>(pattern), subject, captured);
    case PatternKind::kMapping:
      return MatchesMapping(f, static_cast<const MappingPattern&>(pattern), subject, captured);
    case PatternKind::kClass:
      return MatchesClass(f, static_cast<const ClassPattern&>(pattern), subject, captured);
    case PatternKind::kOr: {
      const size_t before = captured->size();
      for (const PatternPtr& one : static_cast<const OrPattern&>(pattern).alternatives) {
        if (Matches(f, *one, subject, captured)) return true;
        captured->resize(before);
      }
      return false;
    }
    case PatternKind::kStar:
      break;  // stands in sequences only
  }
  return false;
}

bool Interpreter::MatchesValue(Frame& f, const ValuePattern& pattern, Value subject) {
  const Value value = Eval(f, *pattern.value);
  f.at = &pattern.range;
  if (IsSingleton(*pattern.value)) return subject.Is(value);
  return ev_.Equal(subject, value);
}

bool Interpreter::IsOfAbstract(Value subject, absl::string_view name) {
  return ev_.IsInstance(subject, ev_.GetAttr(ev_.ImportModule("collections.abc"), name));
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
bool Interpreter::MatchesSequence(Frame& f, const SequencePattern& pattern, Value subject,
                                  std::vector<Captured>* captured) {
  const Value plain = Underlying(subject);
  if (plain.As<StrObject>() != nullptr || plain.As<BytesObject>() != nullptr) return false;
  if (plain.As<TupleObject>() == nullptr && plain.As<ListObject>() == nullptr &&
      !IsOfAbstract(subject, "Sequence")) {
    return false;
  }
  const auto length = static_cast<size_t>(ev_.Length(subject));
  size_t star = pattern.elements.size();
  for (size_t i = 0; i < pattern.elements.size(); ++i) {
    if (pattern.elements[i]->kind == PatternKind::kStar) star = i;
  }
  const bool starred = star < pattern.elements.size();
  const size_t least = pattern.elements.size() - (starred ? 1 : 0);
  if (starred ? length < least : length != least) return false;
  const std::vector<Value> items = ev_.ToVector(subject);
  if (items.size() != length) {
    ev_.Raise(ErrorKind::kValueError,
              absl::StrCat("a sequence of length ", length, " gives ", items.size(), " items"));
  }
  const size_t rest = length - least;
  for (size_t i = 0; i < pattern.elements.size(); ++i) {
    if (i == star) {
      const auto& name = static_cast<const StarPattern&>(*pattern.elements[i]);
      if (name.name.empty()) continue;
      const auto begin = items.begin() + static_cast<ptrdiff_t>(star);
      captured->push_back(
          {&name.name, name.binding, ev_.List({begin, begin + static_cast<ptrdiff_t>(rest)})});
      continue;
    }
    const Value item = items[starred && i > star ? i - 1 + rest : i];
    if (!Matches(f, *pattern.elements[i], item, captured)) return false;
  }
  return true;
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
bool Interpreter::MatchesMapping(Frame& f, const MappingPattern& pattern, Value subject,
                                 std::vector<Captured>* captured) {
  const auto* dict = Underlying<DictObject>(subject);
  if (dict == nullptr && subject.As<InstanceDict>() == nullptr &&
      !IsOfAbstract(subject, "Mapping")) {
    return false;
  }
  if (!pattern.keys.empty() && static_cast<size_t>(ev_.Length(subject)) < pattern.keys.size()) {
    return false;
  }
  std::vector<Value> keys;
  for (const ExprPtr& key : pattern.keys) {
    keys.push_back(Eval(f, *key));
    f.at = &key->range;
    ev_.Step(static_cast<int64_t>(keys.size()));
    for (size_t i = 0; i + 1 < keys.size(); ++i) {
      if (!ev_.Equal(keys[i], keys.back())) continue;
      ev_.Raise(ErrorKind::kValueError,
                absl::StrCat("mapping pattern checks duplicate key (", ev_.Repr(keys.back()), ")"));
    }
  }
  // get() adds nothing to a defaultdict.
  const Value absent = ev_.List({});
  std::vector<Value> values;
  for (const Value& key : keys) {
    values.push_back(ev_.CallMethod(subject, "get", {key, absent}));
    if (values.back().Is(absent)) return false;
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (!Matches(f, *pattern.values[i], values[i], captured)) return false;
  }
  if (!pattern.rest.empty()) {
    f.at = &pattern.range;
    const Value rest = ev_.Call(ev_.classes_.dict, {subject});
    for (const Value& key : keys) ev_.DelItem(rest, key);
    captured->push_back({&pattern.rest, pattern.rest_binding, rest});
  }
  return true;
}

// NOLINTNEXTLINE(misc-no-recursion): see above.
bool Interpreter::MatchesClass(Frame& f, const ClassPattern& pattern, Value subject,
                               std::vector<Captured>* captured) {
  const Value asked = Eval(f, *pattern.cls);
  f.at = &pattern.range;
  auto* cls = asked.As<ClassObject>();
  if (cls == nullptr) ev_.Raise(ErrorKind::kTypeError, "called match pattern must be a type");
  if (!ev_.IsInstance(subject, asked)) return false;
  std::vector<std::string> names;
  bool itself = false;
  if (!pattern.positional.empty()) {
    size_t most = 0;
    const std::optional<Value> args = ev_.TryGetAttr(asked, "__match_args__");
    if (args.has_value()) {
      const auto* tuple = args->As<TupleObject>();
      if (tuple == nullptr) {
        ev_.Raise(ErrorKind::kTypeError,
                  absl::StrCat(cls->name, ".__match_args__ must be a tuple (got ",
                               ev_.TypeName(*args), ")"));
      }
      most = tuple->items.size();
      for (size_t i = 0; i < std::min(most, pattern.positional.size()); ++i) {
        names.push_back(ev_.ToText(tuple->items[i], "__match_args__ elements must be strings"));
      }
    } else if (MatchesItself(ev_.classes_, *cls)) {
      itself = true;
      most = 1;
    }
    if (pattern.positional.size() > most) {
      ev_.Raise(ErrorKind::kTypeError,
                absl::StrCat(cls->name, "() accepts ", most, " positional sub-pattern",
                             most == 1 ? "" : "s", " (", pattern.positional.size(), " given)"));
    }
  }
  for (const auto& [name, value] : pattern.keywords) names.push_back(name);
  if (itself && !Matches(f, *pattern.positional[0], subject, captured)) return false;
  for (size_t i = 0; i < names.size(); ++i) {
    f.at = &pattern.range;
    ev_.Step(static_cast<int64_t>(1 + i / 16));
    if (std::find(names.begin(), names.begin() + static_cast<ptrdiff_t>(i), names[i]) !=
        names.begin() + static_cast<ptrdiff_t>(i)) {
      ev_.Raise(
          ErrorKind::kTypeError,
          absl::StrCat(cls->name, "() got multiple sub-patterns for attribute '", names[i], "'"));
    }
    const std::optional<Value> value = ev_.TryGetAttr(subject, names[i]);
    if (!value.has_value()) return false;
    const size_t by_position = itself ? 0 : pattern.positional.size();
    const Pattern& within =
        i < by_position ? *pattern.positional[i] : *pattern.keywords[i - by_position].second;
    if (!Matches(f, within, *value, captured)) return false;
  }
  return true;
}

}  // namespace graft::models::python
