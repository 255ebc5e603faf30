#include "models/python/class_creation.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
#include "models/python/interpreter.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

// Natives walk the MRO for each attribute; no real hierarchy comes near this.
constexpr size_t kMostAncestors = 200;

bool InTail(const std::vector<std::vector<ClassObject*>>& sequences, const ClassObject* cls) {
  return std::any_of(sequences.begin(), sequences.end(), [cls](const auto& sequence) {
    return sequence.size() > 1 &&
           std::find(sequence.begin() + 1, sequence.end(), cls) != sequence.end();
  });
}

}  // namespace

std::vector<ClassObject*> Linearise(Evaluator& ev, ClassObject* cls) {
  if (cls->bases.size() > kMostAncestors) {
    ev.Raise(ErrorKind::kTypeError, absl::StrCat("class ", cls->name, " has ", cls->bases.size(),
                                                 " bases; at most ", kMostAncestors));
  }
  std::vector<ClassObject*> mro = {cls};
  std::vector<std::vector<ClassObject*>> sequences;
  for (size_t i = 0; i < cls->bases.size(); ++i) {
    ClassObject* base = cls->bases[i];
    if (std::find(cls->bases.begin(), cls->bases.begin() + i, base) != cls->bases.begin() + i) {
      ev.Raise(ErrorKind::kTypeError, absl::StrCat("duplicate base class ", base->name));
    }
    sequences.push_back(base->mro);
  }
  sequences.push_back(cls->bases);
  while (true) {
    sequences.erase(std::remove_if(sequences.begin(), sequences.end(),
                                   [](const auto& sequence) { return sequence.empty(); }),
                    sequences.end());
    if (sequences.empty()) break;
    ClassObject* next = nullptr;
    for (const auto& sequence : sequences) {
      ev.Step(static_cast<int64_t>(sequences.size()));
      if (InTail(sequences, sequence.front())) continue;
      next = sequence.front();
      break;
    }
    if (next == nullptr || mro.size() >= kMostAncestors) {
      ev.Raise(ErrorKind::kTypeError,
               absl::StrCat(
                   "Cannot create a consistent method resolution\norder (MRO) for bases ",
                   absl::StrJoin(cls->bases, ", ", [](std::string* text, const ClassObject* base) {
                     absl::StrAppend(text, base->name);
                   })));
    }
    mro.push_back(next);
    for (auto& sequence : sequences) {
      if (sequence.front() == next) sequence.erase(sequence.begin());
    }
  }
  ev.heap().Charge(ev, mro.size() * sizeof(ClassObject*));
  return mro;
}

ClassObject* Evaluator::NewClass(absl::string_view name, std::vector<ClassObject*> bases) {
  heap_.Charge(*this, name.size() + bases.size() * sizeof(ClassObject*));
  auto* cls = heap_.New<ClassObject>(*this, std::string(name), std::move(bases));
  cls->mro = Linearise(*this, cls);
  if (classes_.type != nullptr) cls->metaclass = MetaclassOf(*this, nullptr, cls->bases);
  return cls;
}

ClassObject* MetaclassOf(Evaluator& ev, ClassObject* explicit_one,
                         const std::vector<ClassObject*>& bases) {
  const ClassObject* type = ev.classes().type;
  ClassObject* winner = explicit_one == type ? nullptr : explicit_one;
  for (const ClassObject* base : bases) {
    ClassObject* other = base->metaclass;
    if (other == nullptr || (winner != nullptr && winner->DerivesFrom(other))) continue;
    if (winner != nullptr && !other->DerivesFrom(winner)) {
      ev.Raise(ErrorKind::kTypeError,
               "metaclass conflict: the metaclass of a derived class must be a (non-strict) "
               "subclass of the metaclasses of all its bases");
    }
    winner = other;
  }
  return winner;
}

ClassObject* MakeClass(Evaluator& ev, ClassObject* metaclass, absl::string_view name,
                       std::vector<ClassObject*> bases, DictObject* names,
                       std::vector<Keyword> keywords) {
  if (bases.empty()) bases.push_back(ev.classes().object);
  ClassObject* winner = MetaclassOf(ev, metaclass, bases);
  ClassObject* cls = nullptr;
  if (const std::optional<Value> cell = names->Find(kClassCell)) {
    names->Erase(ev, ev.Str(kClassCell));
    cls = cell->As<ClassObject>();
  }
  if (cls != nullptr && !cls->finished) {
    cls->ClearOwn();
    cls->name = std::string(name);
    cls->bases = std::move(bases);
    cls->mro = Linearise(ev, cls);
  } else {
    cls = ev.NewClass(name, std::move(bases));
    // A class of the source that asks for it: its attributes may be set.
    if (const Frame* frame = ev.interpreter().top()) {
      cls->source = *frame->file;
      cls->module = frame->module->name;
      if (frame->at != nullptr) cls->range = *frame->at;
    }
  }
  cls->metaclass = winner;
  for (const auto& [key, value] : names->Items()) {
    const std::string attribute = ev.ToText(key, "attribute name must be string");
    ev.heap().Charge(ev, sizeof(cls->attributes[0]) + 2 * attribute.size());  // in the index, too
    cls->SetOwn(attribute, value);
  }
  if (const std::optional<Value> module = cls->FindOwn("__module__")) {
    if (const auto* text = module->As<StrObject>()) {
      ev.heap().Charge(ev, text->text.size());
      cls->module = text->text;
    }
  }
  FinishClass(ev, cls, std::move(keywords));
  return cls;
}

namespace {

// Whether instances of classes that derive from it have attributes of their own in any case.
bool HasDict(Evaluator& ev, const ClassObject* base) {
  if (base->source != nullptr) return base->has_dict;
  const Evaluator::Classes& c = ev.classes();
  const std::initializer_list<const ClassObject*> plain = {c.object, c.bool_, c.int_,      c.float_,
                                                           c.str,    c.bytes, c.tuple,     c.list,
                                                           c.dict,   c.set,   c.frozen_set};
  return std::find(plain.begin(), plain.end(), base) == plain.end();
}

// __slots__, where no base has a __dict__.
void TakeSlots(Evaluator& ev, ClassObject* cls) {
  const std::optional<Value> slots = cls->FindOwn("__slots__");
  if (!slots.has_value()) return;
  cls->has_dict = slots->As<StrObject>() == nullptr && ev.Contains(*slots, ev.Str("__dict__"));
  for (const ClassObject* base : cls->bases) cls->has_dict |= HasDict(ev, base);
}

}  // namespace

void FinishClass(Evaluator& ev, ClassObject* cls, std::vector<Keyword> keywords) {
  cls->finished = true;
  TakeSlots(ev, cls);
  // Now that its body has not failed.
  for (ClassObject* base : cls->bases) {
    ev.heap().Charge(ev, sizeof(ClassObject*));
    base->subclasses.push_back(cls);
  }
  const std::vector<std::pair<std::string, Value>> attributes = cls->attributes;
  for (const auto& [name, value] : attributes) {
    if (value.IsObject() && value.As<ClassObject>() == nullptr) {
      CallSpecial(ev, value, "__set_name__", {cls, ev.Str(name)});
    }
  }
  for (size_t i = cls->mro.size(); i-- > 1;) {
    if (cls->mro[i]->on_subclass != nullptr) cls->mro[i]->on_subclass(ev, cls);
  }
  for (size_t i = 1; i < cls->mro.size(); ++i) {
    ClassObject* base = cls->mro[i];
    const std::optional<Value> own = base->FindOwn("__init_subclass__");
    if (!own.has_value() || (base == ev.classes().object && keywords.empty())) continue;
    ev.Call(Bind(ev, {*own, base}, std::nullopt, cls), CallArgs{{}, std::move(keywords)});
    break;
  }
}

namespace {

// ABCMeta leaves the names of what a class still lacks in it: see stdlib/abc.py.
void RefuseAbstract(Evaluator& ev, const ClassObject* cls) {
  const std::optional<Value> lacking = cls->FindOwn("__abstractmethods__");
  if (!lacking.has_value()) return;
  std::vector<std::string> names;
  for (const Value& name : ev.ToVector(*lacking)) names.push_back(ev.ToStr(name));
  if (names.empty()) return;
  std::sort(names.begin(), names.end());
  ev.Raise(ErrorKind::kTypeError,
           absl::StrCat("Can't instantiate abstract class ", cls->name, " with abstract method",
                        names.size() == 1 ? " " : "s ", absl::StrJoin(names, ", ")));
}

}  // namespace

Value MakeInstance(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  for (ClassObject* base : cls->mro) {
    if (base->make != nullptr) return base->make(ev, cls, args);
  }
  if (cls->metaclass != nullptr) RefuseAbstract(ev, cls);
  return ev.heap().New<InstanceObject>(ev, cls);
}

}  // namespace graft::models::python
