#include "models/architecture/pickled_objects.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "models/file/printable_name.h"

namespace graft::models::architecture {
namespace {

using python::ClassObject;
using python::ErrorKind;
using python::Evaluator;
using python::InstanceObject;
using python::Value;

constexpr int kMaxDepth = 500;
// Of a dotted name: each is looked for as a module of its own.
constexpr size_t kMaxLevels = 16;

// Stands for an object whose class is not there.
class UnavailableObject final : public python::Object {
 public:
  UnavailableObject(std::string label, std::string name)
      : label_(std::move(label)), name_(std::move(name)) {}

  ClassObject* Class(Evaluator& ev) const override { return ev.classes().object; }
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view) override { Refuse(ev); }
  Value Call(Evaluator& ev, python::CallArgs&) override { Refuse(ev); }
  std::string Repr(Evaluator&) override { return absl::StrCat("<unavailable ", name_, ">"); }

 private:
  [[noreturn]] void Refuse(Evaluator& ev) const {
    ev.RaiseNotSupported(
        absl::StrCat("the class ", name_, " of ", label_, ", whose source is not given,"),
        "name the file that defines it in \"architecture\", or its directory in \"source_roots\"");
  }

  const std::string label_;  // of the file
  const std::string name_;
};

}  // namespace

PickledObjects::PickledObjects(Evaluator& ev, const TorchFile& file, PickledObjectsOptions options)
    : ev_(ev), file_(file), values_(file.values()), options_(std::move(options)) {}

Value PickledObjects::Make(ValueId id) {
  if (const auto known = made_.find(id); known != made_.end()) return known->second;
  if (depth_ >= kMaxDepth) {
    ev_.Raise(ErrorKind::kRecursionError,
              absl::StrCat("the file's objects are nested deeper than ", kMaxDepth, " levels"));
  }
  ev_.Step();
  ++depth_;
  const Value value = MakeNew(id);
  --depth_;
  made_.insert_or_assign(id, value);
  return value;
}

std::vector<Value> PickledObjects::MakeAll(absl::Span<const ValueId> ids) {
  std::vector<Value> made;
  made.reserve(ids.size());
  for (const ValueId id : ids) made.push_back(Make(id));
  return made;
}

Value PickledObjects::MakeNew(ValueId id) {
  const PickleValue& value = values_[id];
  if (const TorchTensor* tensor = file_.objects().TensorAt(id)) return options_.tensor(*tensor);
  switch (value.kind) {
    case PickleKind::kNone:
      return Value::None();
    case PickleKind::kBool:
      return Value::Bool(value.integer != 0);
    case PickleKind::kInt:
      return Value::Int(value.integer);
    case PickleKind::kFloat:
      return Value::Float(value.number);
    case PickleKind::kString:
      return ev_.Str(value.text);
    case PickleKind::kTuple:
      return ev_.Tuple(MakeAll(values_.items(value)));
    case PickleKind::kList: {
      // Known before its items: a list may hold itself.
      python::ListObject* list = ev_.List({});
      made_.insert_or_assign(id, Value(list));
      for (const ValueId item : values_.items(value)) list->Append(ev_, Make(item));
      return list;
    }
    case PickleKind::kDict:
      return MakeDict(id, value);
    case PickleKind::kSet:
    case PickleKind::kFrozenSet: {
      ClassObject* cls =
          value.kind == PickleKind::kSet ? ev_.classes().set : ev_.classes().frozen_set;
      return ev_.Call(cls, {ev_.List(MakeAll(values_.items(value)))});
    }
    case PickleKind::kGlobal:
      return MakeGlobal(value.text);
    case PickleKind::kObject:
      return MakeObject(id, value);
    case PickleKind::kBytes:
      ev_.heap().Charge(ev_, value.text.size());
      return ev_.heap().New<python::BytesObject>(ev_, std::string(value.text));
    case PickleKind::kBigInt:
    case PickleKind::kPersistent:
      break;
  }
  return Unavailable(PickleRepr(values_, id));
}

Value PickledObjects::MakeDict(ValueId id, const PickleValue& value) {
  ClassObject* cls = value.text == "OrderedDict"   ? ev_.classes().ordered_dict
                     : value.text == "defaultdict" ? ev_.classes().default_dict
                                                   : ev_.classes().dict;
  auto* dict = ev_.heap().New<python::DictObject>(ev_, cls);
  made_.insert_or_assign(id, Value(dict));
  for (const auto& [key, item] : values_.Entries(value)) dict->Set(ev_, Make(key), Make(item));
  return dict;
}

Value PickledObjects::MakeGlobal(absl::string_view name) {
  if (options_.find_own) {
    if (const std::optional<Value> own = options_.find_own(name)) return *own;
  }
  const std::vector<std::string> levels = absl::StrSplit(name, '.');
  // Python 2's name, which older files have.
  if (levels.size() == 2 && (levels[0] == "builtins" || levels[0] == "__builtin__")) {
    const auto found = ev_.builtins().find(levels[1]);
    return found != ev_.builtins().end() ? found->second : Unavailable(name);
  }
  if (levels.size() > kMaxLevels) return Unavailable(name);
  // "torch._C._nn.gelu": what is a module, and what a name in one, the text does not tell.
  for (size_t modules = levels.size() - 1; modules > 0; --modules) {
    try {
      Value value = ev_.ImportModule(absl::StrJoin(levels.begin(), levels.begin() + modules, "."));
      for (size_t i = modules; i < levels.size(); ++i) value = ev_.GetAttr(value, levels[i]);
      return value;
    } catch (const python::Raised&) {
      // No such module or name; where it is used, that is said.
    }
  }
  return Unavailable(name);
}

Value PickledObjects::MakeObject(ValueId id, const PickleValue& value) {
  const PickleObject& object = values_.object(value);
  const absl::string_view class_name = values_.ClassName(value);
  const Value callee = Make(object.callee);
  auto* cls = callee.As<ClassObject>();
  if (cls == nullptr) {
    if (callee.As<UnavailableObject>() != nullptr) return callee;
    // A call of a function: torch.device, getattr, functools.partial ...
    const PickleValue& arguments = values_[object.arguments];
    return ev_.Call(callee, MakeAll(values_.items(arguments)));
  }
  const PickleValue& arguments = values_[object.arguments];
  const bool built_in = cls->source == nullptr;
  if (built_in || values_[object.state].kind != PickleKind::kDict) {
    // Values of natives, enumerations, named tuples: small things that their arguments make.
    if (!values_.items(arguments).empty() || built_in) {
      return ev_.Call(callee, MakeAll(values_.items(arguments)));
    }
  }
  auto* instance = ev_.heap().New<InstanceObject>(ev_, cls);
  made_.insert_or_assign(id, Value(instance));
  if (cls->DerivesFrom(ev_.classes().dict)) {
    auto* payload = ev_.heap().New<python::DictObject>(ev_, ev_.classes().dict);
    const absl::Span<const ValueId> items = values_.items(value);
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      payload->Set(ev_, Make(items[i]), Make(items[i + 1]));
    }
    instance->payload = payload;
  } else if (cls->DerivesFrom(ev_.classes().list)) {
    instance->payload = ev_.List(MakeAll(values_.items(value)));
  }
  if (values_[object.state].kind == PickleKind::kDict) {
    SetState(instance, object.state);
  } else if (values_[object.state].kind != PickleKind::kNone) {
    return Unavailable(class_name);
  }
  return instance;
}

void PickledObjects::SetState(InstanceObject* instance, ValueId state) {
  for (const auto& [key, item] : values_.Entries(values_[state])) {
    if (values_[key].kind != PickleKind::kString) continue;
    instance->SetOwn(values_[key].text, Make(item));
  }
}

Value PickledObjects::Unavailable(absl::string_view name) {
  unavailable_.push_back(PrintableName(name));
  return ev_.heap().New<UnavailableObject>(ev_, options_.label, unavailable_.back());
}

}  // namespace graft::models::architecture
