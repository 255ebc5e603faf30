// Named tuples, both ways: collections.namedtuple("P", "x y") and class P(typing.NamedTuple).
#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "models/python/class_creation.h"
#include "models/python/container_types.h"
#include "models/python/evaluator.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/standard_modules.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

using Fields = std::shared_ptr<const std::vector<std::string>>;

// P(1, y=2): by position, by name, from the defaults.
Value Construct(Evaluator& ev, ClassObject* cls, const Fields& fields, const DictObject& defaults,
                const CallArgs& args) {
  if (args.args.size() > fields->size()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(cls->name, ".__new__() takes ", fields->size() + 1,
                          " positional arguments but ", args.args.size() + 1, " were given"));
  }
  std::vector<std::optional<Value>> items(args.args.begin(), args.args.end());
  items.resize(fields->size());
  ev.Step(1 + static_cast<int64_t>((1 + args.kwargs.size()) * fields->size() / 16));
  for (const Keyword& keyword : args.kwargs) {
    const auto at = std::find(fields->begin(), fields->end(), keyword.name) - fields->begin();
    if (at == static_cast<ptrdiff_t>(fields->size()) || items[at].has_value()) {
      ev.Raise(ErrorKind::kTypeError, absl::StrCat(cls->name, ".__new__() got ",
                                                   at == static_cast<ptrdiff_t>(fields->size())
                                                       ? "an unexpected keyword argument '"
                                                       : "multiple values for argument '",
                                                   keyword.name, "'"));
    }
    items[at] = keyword.value;
  }
  std::vector<Value> row;
  std::vector<std::string> missing;
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i].has_value()) items[i] = defaults.Find((*fields)[i]);
    if (!items[i].has_value()) missing.push_back(absl::StrCat("'", (*fields)[i], "'"));
    row.push_back(items[i].value_or(Value()));
  }
  if (!missing.empty()) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat(cls->name, ".__new__() missing ", missing.size(),
                          " required positional argument", missing.size() > 1 ? "s" : "", ": ",
                          absl::StrJoin(missing, " and ")));
  }
  return NewTuple(ev, cls, fields, std::move(row));
}

// P.__new__: makes rows as object.__new__ does, and has the defaults as a function has its own:
// before namedtuple() took any, sources assigned them here.
class RowMaker final : public Object {
 public:
  RowMaker(Fields fields, DictObject* defaults) : fields_(std::move(fields)), defaults_(defaults) {}
  ClassObject* Class(Evaluator& ev) const override { return ev.classes().function; }
  std::string Repr(Evaluator&) override { return "<function __new__>"; }

  Value Call(Evaluator& ev, CallArgs& args) override {
    auto* cls = SelfValue(ev, args, "namedtuple.__new__").As<ClassObject>();
    if (cls == nullptr) {
      ev.Raise(ErrorKind::kTypeError, "namedtuple.__new__(X): X is not a type object");
    }
    return MakeInstance(ev, cls, args);
  }

  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override {
    if (name == "__name__") return ev.Str("__new__");
    if (name != "__defaults__") return std::nullopt;
    std::vector<Value> values;
    for (const auto& [field, value] : defaults_->Items()) values.push_back(value);
    return values.empty() ? Value() : Value(ev.Tuple(std::move(values)));
  }

  // Of the last fields, as of a function's last parameters.
  bool SetAttr(Evaluator& ev, absl::string_view name, Value value) override {
    if (name != "__defaults__") return false;
    const std::vector<Value> values = value.IsNone() ? std::vector<Value>() : ev.ToVector(value);
    if (values.size() > fields_->size()) {
      ev.Raise(ErrorKind::kTypeError, "Got more default values than field names");
    }
    defaults_->Clear();
    const size_t first = fields_->size() - values.size();
    for (size_t i = 0; i < values.size(); ++i) {
      defaults_->Set(ev, (*fields_)[first + i], values[i]);
    }
    return true;
  }

 private:
  const Fields fields_;
  DictObject* const defaults_;
};

TupleObject& Row(Evaluator& ev, CallArgs& args, absl::string_view method) {
  return Self<TupleObject>(ev, args, method);
}

Value AsDict(Evaluator& ev, CallArgs& args) {
  const TupleObject& self = Row(ev, args, "_asdict");
  DictObject* dict = ev.Dict();
  for (size_t i = 0; self.fields != nullptr && i < self.fields->size(); ++i) {
    dict->Set(ev, (*self.fields)[i], self.items[i]);
  }
  return dict;
}

Value Replace(Evaluator& ev, CallArgs& args) {
  ClassObject* cls = args.args.empty() ? nullptr : ev.TypeOf(args.args[0]);
  const TupleObject& self = Row(ev, args, "_replace");
  std::vector<Value> items = self.items;
  ev.Step(1 + static_cast<int64_t>((1 + args.kwargs.size()) * items.size() / 16));
  for (size_t i = 0; self.fields != nullptr && i < self.fields->size(); ++i) {
    if (const std::optional<Value> value = args.Take((*self.fields)[i])) items[i] = *value;
  }
  if (!args.kwargs.empty()) {
    ev.Raise(ErrorKind::kValueError,
             absl::StrCat("Got unexpected field names: ['", args.kwargs[0].name, "']"));
  }
  return NewTuple(ev, cls, self.fields, std::move(items));
}

// Makes `cls`, derived from tuple, a class of rows with these fields.
void SetFields(Evaluator& ev, ClassObject* cls, std::vector<std::string> names,
               DictObject* defaults) {
  const auto fields = std::make_shared<const std::vector<std::string>>(std::move(names));
  cls->make = [fields, defaults](Evaluator& caller, ClassObject* derived, CallArgs& args) {
    return Construct(caller, derived, fields, *defaults, args);
  };
  std::vector<Value> texts;
  for (size_t i = 0; i < fields->size(); ++i) {
    const std::string& field = (*fields)[i];
    texts.emplace_back(ev.Str(field));
    // In place of the default that a class body assigns.
    const auto get = [i, field](Evaluator& caller, CallArgs& args) {
      const TupleObject& row = Row(caller, args, field);
      return i < row.items.size() ? row.items[i] : Value();
    };
    cls->SetOwn(field, ev.heap().New<PropertyObject>(ev, ev.Native(field, get), Value()));
  }
  const Value field_names = ev.Tuple(std::move(texts));
  cls->SetOwn("_fields", field_names);
  cls->SetOwn("__match_args__", field_names);
  DictObject* as_declared = ev.Dict();
  for (const auto& [field, value] : defaults->Items()) as_declared->Set(ev, field, value);
  cls->SetOwn("_field_defaults", as_declared);
  cls->SetOwn("__new__",
              ev.heap().New<StaticMethodObject>(ev, ev.heap().New<RowMaker>(ev, fields, defaults)));
  ev.AddMethod(cls, "_asdict", AsDict);
  ev.AddMethod(cls, "_replace", Replace);
  const auto make = [fields](Evaluator& caller, CallArgs& args) -> Value {
    const NativeArgs a(caller, "_make", args, {"", ""}, 2);
    auto* row_class = a[0].As<ClassObject>();
    if (row_class == nullptr) caller.Raise(ErrorKind::kTypeError, "_make() needs a class");
    std::vector<Value> items = caller.ToVector(a[1]);
    if (items.size() != fields->size()) {
      caller.Raise(ErrorKind::kTypeError,
                   absl::StrCat("Expected ", fields->size(), " arguments, got ", items.size()));
    }
    return NewTuple(caller, row_class, fields, std::move(items));
  };
  cls->SetOwn("_make", ev.heap().New<ClassMethodObject>(ev, ev.Native("_make", make)));
}

// "x y", "x, y", or an iterable of names.
std::vector<std::string> FieldNames(Evaluator& ev, Value names) {
  if (const auto* text = Underlying<StrObject>(names)) {
    return absl::StrSplit(absl::StrReplaceAll(text->text, {{",", " "}}), ' ', absl::SkipEmpty());
  }
  std::vector<std::string> fields;
  for (const Value& name : ev.ToVector(names)) fields.push_back(ev.ToStr(name));
  return fields;
}

// The class form: fields are what the body annotates, their defaults what it assigns.
void ReadAnnotations(Evaluator& ev, ClassObject* base, ClassObject* cls) {
  if (std::find(cls->bases.begin(), cls->bases.end(), base) == cls->bases.end()) return;
  std::vector<std::string> fields;
  DictObject* defaults = ev.Dict();
  const std::optional<Value> annotations = cls->FindOwn("__annotations__");
  const auto* names = annotations.has_value() ? annotations->As<DictObject>() : nullptr;
  if (names != nullptr) {
    for (const auto& [name, annotation] : names->Items()) {
      fields.push_back(ev.ToText(name, "field name"));
      const std::optional<Value> value = cls->FindOwn(fields.back());
      if (value.has_value()) defaults->Set(ev, name, *value);
    }
  }
  SetFields(ev, cls, std::move(fields), defaults);
}

}  // namespace

Value NamedTupleFunction(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "namedtuple", args,
                     {"typename", "field_names", "rename", "defaults", "module"}, 2);
  std::vector<std::string> fields = FieldNames(ev, a[1]);
  DictObject* defaults = ev.Dict();
  if (!a[3].IsNone()) {
    const std::vector<Value> values = ev.ToVector(a[3]);
    if (values.size() > fields.size()) {
      ev.Raise(ErrorKind::kTypeError, "Got more default values than field names");
    }
    const size_t first = fields.size() - values.size();
    for (size_t i = 0; i < values.size(); ++i) defaults->Set(ev, fields[first + i], values[i]);
  }
  ClassObject* cls = ev.NewClass(ev.ToText(a[0], "typename"), {ev.classes().tuple});
  SetFields(ev, cls, std::move(fields), defaults);
  return cls;
}

ClassObject* NamedTupleBase(Evaluator& ev) {
  ClassObject* base = ev.NewClass("NamedTuple", {ev.classes().tuple});
  // NamedTuple("P", [("x", int), ("y", int)])
  base->make = [](Evaluator& caller, ClassObject*, CallArgs& args) -> Value {
    const NativeArgs a(caller, "NamedTuple", args, {"typename", "fields"}, 2);
    std::vector<std::string> fields;
    for (const Value& pair : caller.ToVector(a[1])) {
      fields.push_back(caller.ToText(caller.GetItem(pair, Value::Int(0)), "field name"));
    }
    ClassObject* cls = caller.NewClass(caller.ToText(a[0], "typename"), {caller.classes().tuple});
    SetFields(caller, cls, std::move(fields), caller.Dict());
    return cls;
  };
  base->on_subclass = [base](Evaluator& caller, ClassObject* cls) {
    ReadAnnotations(caller, base, cls);
  };
  return base;
}

}  // namespace graft::models::python
