// def, class and lambda.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_creation.h"
#include "models/python/docstring.h"
#include "models/python/evaluator.h"
#include "models/python/exceptions.h"
#include "models/python/interpreter.h"

namespace graft::models::python {
namespace {

// "Net." before what is defined in class Net, "f.<locals>." before what is in a function.
std::string Qualifier(const Frame& f) {
  if (f.body_of != nullptr) {
    const std::optional<Value> name = f.body_of->FindOwn("__qualname__");
    const auto* text = name.has_value() ? name->As<StrObject>() : nullptr;
    return absl::StrCat(text == nullptr ? f.body_of->name : text->text, ".");
  }
  if (f.function != nullptr) return absl::StrCat(f.function->qualname, ".<locals>.");
  return "";
}

// class Net(Generic[T], Base[T]): typing leaves Generic out where a base that follows derives from
// it, so that an order of the classes exists.
void DropRepeatedMarker(std::vector<ClassObject*>* bases) {
  for (size_t i = 0; i < bases->size(); ++i) {
    const ClassObject* base = (*bases)[i];
    if (base->name != "Generic" || base->module != "typing") continue;
    if (std::any_of(bases->begin() + static_cast<ptrdiff_t>(i) + 1, bases->end(),
                    [base](const ClassObject* next) { return next->DerivesFrom(base); })) {
      bases->erase(bases->begin() + static_cast<ptrdiff_t>(i));
      return;
    }
  }
}

// Without object, which stands in the place of none.
std::vector<Value> WrittenBases(Evaluator& ev, const ClassObject& cls) {
  if (cls.bases.size() == 1 && cls.bases[0] == ev.classes().object) return {};
  return {cls.bases.begin(), cls.bases.end()};
}

}  // namespace

void Interpreter::CaptureCells(Frame& f, const ScopeLayout& layout,
                               absl::FunctionRef<void(CellObject*)> add) {
  for (const int32_t cell : layout.captured) add(f.cells[cell]);
}

FunctionObject* Interpreter::MakeFunction(Frame& f, absl::string_view name,
                                          const Parameters& parameters, const ScopeLayout& layout) {
  std::vector<Value> defaults;
  for (const Parameter& p : parameters.positional) {
    if (p.default_value != nullptr) defaults.push_back(Eval(f, *p.default_value));
  }
  std::vector<std::optional<Value>> keyword_defaults;
  for (const Parameter& p : parameters.keyword_only) {
    keyword_defaults.emplace_back();
    if (p.default_value != nullptr) keyword_defaults.back() = Eval(f, *p.default_value);
  }
  auto* function = ev_.heap_.New<FunctionObject>(ev_);
  function->name = std::string(name);
  function->qualname = absl::StrCat(Qualifier(f), name);
  function->parameters = &parameters;
  function->layout = &layout;
  function->module = f.module;
  function->file = *f.file;
  function->defaults = std::move(defaults);
  function->keyword_defaults = std::move(keyword_defaults);
  function->owner = f.owner;
  CaptureCells(f, layout, [function](CellObject* cell) { function->closure.push_back(cell); });
  return function;
}

Value Interpreter::MakeLambda(Frame& f, const LambdaExpr& e) {
  FunctionObject* function = MakeFunction(f, "<lambda>", e.parameters, e.layout);
  function->lambda = &e;
  return function;
}

void Interpreter::DefineFunction(Frame& f, const FunctionDefStmt& s) {
  FunctionObject* function = MakeFunction(f, s.name, s.parameters, s.layout);
  function->definition = &s;
  Value value = Decorate(f, s.decorators, function, s.name);
  if (f.body_of != nullptr && value.Is(function)) {
    if (s.name == "__new__") value = ev_.heap_.New<StaticMethodObject>(ev_, function);
    if (s.name == "__init_subclass__" || s.name == "__class_getitem__") {
      value = ev_.heap_.New<ClassMethodObject>(ev_, function);
    }
  }
  StoreName(f, s.name, s.binding, value);
}

// Decorators in model files hardly ever change anything (docstrings, registries, compilers): one
// that cannot be had is left out.
Value Interpreter::Decorate(Frame& f, const std::vector<ExprPtr>& decorators, Value value,
                            absl::string_view what) {
  for (size_t i = decorators.size(); i-- > 0;) {
    const Expr& decorator = *decorators[i];
    bool evaluated = false;
    try {
      const Value callee = Eval(f, decorator);
      evaluated = true;
      f.at = &decorator.range;
      value = ev_.Call(callee, {value});
    } catch (const Raised& raised) {
      const bool absent =
          IsError(ev_, raised.exception, ErrorKind::kNotSupported) ||
          IsError(ev_, raised.exception, ErrorKind::kImportError) ||
          (!evaluated && (IsError(ev_, raised.exception, ErrorKind::kNameError) ||
                          IsError(ev_, raised.exception, ErrorKind::kAttributeError)));
      if (!absent) throw;
      ev_.Note(absl::StrCat((*f.file)->Place(decorator.range), ": the decorator of ", what,
                            " is left out: ", ev_.ToStr(raised.exception)));
    }
  }
  return value;
}

// The one that a class statement names. False: one that cannot be had; it is passed over, as a
// decorator is.
bool Interpreter::EvalMetaclass(Frame& f, const ClassDefStmt& s, Value* metaclass) {
  for (const KeywordArg& keyword : s.keywords) {
    if (keyword.name != "metaclass") continue;
    try {
      *metaclass = Eval(f, *keyword.value);
    } catch (const Raised& raised) {
      if (!IsError(ev_, raised.exception, ErrorKind::kNotSupported) &&
          !IsError(ev_, raised.exception, ErrorKind::kImportError)) {
        throw;
      }
      ev_.Note(absl::StrCat((*f.file)->Place(keyword.value->range), ": the metaclass of ", s.name,
                            " is left out: ", ev_.ToStr(raised.exception)));
      return false;
    }
  }
  return true;
}

std::vector<ClassObject*> Interpreter::EvalBases(Frame& f, const ClassDefStmt& s) {
  std::vector<ClassObject*> bases;
  for (const Value& base : EvalElements(f, s.bases)) {
    auto* cls = base.As<ClassObject>();
    if (cls == nullptr) {
      f.at = &s.range;
      ev_.Raise(ErrorKind::kTypeError, absl::StrCat("a base of class ", s.name, " is a ",
                                                    ev_.TypeName(base), ", not a class"));
    }
    bases.push_back(cls);
  }
  DropRepeatedMarker(&bases);
  if (bases.empty()) bases.push_back(ev_.classes_.object);
  return bases;
}

std::vector<Keyword> Interpreter::EvalClassKeywords(Frame& f, const ClassDefStmt& s,
                                                    Value* metaclass) {
  std::vector<Keyword> keywords;
  for (const KeywordArg& keyword : s.keywords) {
    if (keyword.name == "metaclass") continue;
    CallArgs args;
    const Value value = Eval(f, *keyword.value);
    if (keyword.name.empty()) {
      SpreadKeywords(value, Value(), &args);
      if (const std::optional<Value> given = args.Take("metaclass")) *metaclass = *given;
    } else {
      args.kwargs.push_back({keyword.name, value});
    }
    keywords.insert(keywords.end(), args.kwargs.begin(), args.kwargs.end());
  }
  return keywords;
}

void Interpreter::RunClassBody(Frame& f, const ClassDefStmt& s, ClassObject* cls) {
  const Depth depth(this);
  ev_.CheckStack();
  Frame body;
  body.file = f.file;
  body.module = f.module;
  body.function = f.function;
  body.body_of = cls;
  body.owner = cls;
  body.layout = &s.layout;
  CaptureCells(f, s.layout, [&body](CellObject* cell) { body.cells.push_back(cell); });
  const FrameScope scope(&top_, &body);
  Exec(body, s.body);
}

void Interpreter::DefineClass(Frame& f, const ClassDefStmt& s) {
  std::vector<ClassObject*> bases = EvalBases(f, s);
  Value given;
  const bool has_metaclass = EvalMetaclass(f, s, &given);
  std::vector<Keyword> keywords = EvalClassKeywords(f, s, &given);
  if (!has_metaclass) keywords.clear();  // they were its
  f.at = &s.range;
  // The metaclass; or, of a callable that is no class, what makes the class.
  Value maker = given;
  if (auto* metaclass = given.As<ClassObject>(); given.IsNone() || metaclass != nullptr) {
    metaclass = MetaclassOf(ev_, metaclass, bases);
    maker = metaclass == nullptr ? Value() : Value(metaclass);
  }
  ClassObject* cls = ev_.NewClass(s.name, std::move(bases));
  cls->module = f.module->name;
  cls->source = *f.file;
  cls->range = s.range;
  const std::string qualifier = Qualifier(f);
  if (!qualifier.empty()) cls->SetOwn("__qualname__", ev_.Str(absl::StrCat(qualifier, s.name)));
  if (const Value doc = DocOf(ev_, s.body); !doc.IsNone()) cls->SetOwn("__doc__", doc);
  if (!maker.IsNone()) PrepareNamespace(maker, cls, keywords);
  RunClassBody(f, s, cls);
  f.at = &s.range;
  Value made = cls;
  if (maker.IsNone()) {
    FinishClass(ev_, cls, std::move(keywords));
  } else {
    DictObject* names = ev_.Dict();
    names->Set(ev_, "__module__", ev_.Str(cls->module));
    if (!cls->FindOwn("__qualname__").has_value()) {
      names->Set(ev_, "__qualname__", ev_.Str(cls->name));
    }
    for (const auto& [name, value] : cls->attributes) names->Set(ev_, name, value);
    names->Set(ev_, kClassCell, cls);
    CallArgs args{{ev_.Str(s.name), ev_.Tuple(WrittenBases(ev_, *cls)), names},
                  std::move(keywords)};
    made = ev_.Call(maker, std::move(args));
  }
  StoreName(f, s.name, s.binding, Decorate(f, s.decorators, made, s.name));
}

// What metaclass.__prepare__ puts into the namespace before the body runs.
void Interpreter::PrepareNamespace(Value metaclass, ClassObject* cls,
                                   const std::vector<Keyword>& keywords) {
  const auto* meta = metaclass.As<ClassObject>();
  if (meta == nullptr) return;
  const std::optional<ClassObject::Attribute> prepare = meta->LookupWithOwner("__prepare__");
  if (!prepare.has_value() || prepare->owner == ev_.classes_.type) return;
  const Value names =
      ev_.Call(ev_.GetAttr(metaclass, "__prepare__"),
               CallArgs{{ev_.Str(cls->name), ev_.Tuple(WrittenBases(ev_, *cls))}, keywords});
  const auto* dict = names.As<DictObject>();
  if (dict == nullptr) {
    ev_.RaiseNotSupported("a __prepare__ that gives something else than a dict");
  }
  for (const auto& [name, value] : dict->Items()) {
    cls->SetOwn(ev_.ToText(name, "a name of the namespace"), value);
  }
}

}  // namespace graft::models::python
