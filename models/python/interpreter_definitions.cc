// def, class and lambda.
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

void Interpreter::DefineClass(Frame& f, const ClassDefStmt& s) {
  std::vector<ClassObject*> bases;
  for (const Value& base : [&] { return EvalElements(f, s.bases); }()) {
    auto* cls = base.As<ClassObject>();
    if (cls == nullptr) {
      f.at = &s.range;
      ev_.Raise(ErrorKind::kTypeError, absl::StrCat("a base of class ", s.name, " is a ",
                                                    ev_.TypeName(base), ", not a class"));
    }
    bases.push_back(cls);
  }
  if (bases.empty()) bases.push_back(ev_.classes_.object);
  std::vector<Keyword> keywords;
  for (const KeywordArg& keyword : s.keywords) {
    // Metaclasses are passed over: those of abstract classes and registries change no model.
    if (keyword.name == "metaclass") continue;
    CallArgs args;
    const Value value = Eval(f, *keyword.value);
    if (keyword.name.empty()) {
      SpreadKeywords(value, Value(), &args);
      std::erase_if(args.kwargs, [](const Keyword& k) { return k.name == "metaclass"; });
    } else {
      args.kwargs.push_back({keyword.name, value});
    }
    keywords.insert(keywords.end(), args.kwargs.begin(), args.kwargs.end());
  }
  f.at = &s.range;
  ClassObject* cls = ev_.NewClass(s.name, std::move(bases));
  cls->module = f.module->name;
  cls->source = *f.file;
  cls->range = s.range;
  const std::string qualifier = Qualifier(f);
  if (!qualifier.empty()) cls->SetOwn("__qualname__", ev_.Str(absl::StrCat(qualifier, s.name)));
  if (const Value doc = DocOf(ev_, s.body); !doc.IsNone()) cls->SetOwn("__doc__", doc);
  {
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
    body.at = &s.range;
    FinishClass(ev_, cls, std::move(keywords));
  }
  StoreName(f, s.name, s.binding, Decorate(f, s.decorators, cls, s.name));
}

}  // namespace graft::models::python
