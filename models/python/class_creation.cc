#include "models/python/class_creation.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/class_lookup.h"
#include "models/python/evaluator.h"
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
      if (InTail(sequences, sequence.front())) continue;
      next = sequence.front();
      break;
    }
    if (next == nullptr || mro.size() >= kMostAncestors) {
      ev.Raise(ErrorKind::kTypeError,
               absl::StrCat("Cannot create a consistent method resolution order (MRO) for the "
                            "bases of ",
                            cls->name));
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
  auto* cls = heap_.New<ClassObject>(*this, std::string(name), std::move(bases));
  cls->mro = Linearise(*this, cls);
  return cls;
}

void FinishClass(Evaluator& ev, ClassObject* cls, std::vector<Keyword> keywords) {
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
    if (!own.has_value() || base == ev.classes().object) continue;
    ev.Call(Bind(ev, {*own, base}, std::nullopt, cls), CallArgs{{}, std::move(keywords)});
    break;
  }
}

Value MakeInstance(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  for (ClassObject* base : cls->mro) {
    if (base->make != nullptr) return base->make(ev, cls, args);
  }
  return ev.heap().New<InstanceObject>(ev, cls);
}

}  // namespace graft::models::python
