// The built-in object types of the language: text, containers, functions, classes, modules.
//
//   ListObject* list = evaluator.List({Value::Int(1), Value::Int(2)});
//   evaluator.SetItem(dict, evaluator.Str("lr"), Value::Float(1e-3));
//
// Threads, ownership: as value.h says.
#ifndef GRAFT_MODELS_PYTHON_OBJECTS_H_
#define GRAFT_MODELS_PYTHON_OBJECTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/value.h"

namespace graft::models::python {

// --- Text ---------------------------------------------------------------------------------------

// UTF-8. Indexing and len() count code points.
class StrObject final : public Object {
 public:
  explicit StrObject(std::string t) : text(std::move(t)) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::string Str(Evaluator&) override { return text; }
  std::optional<size_t> Hash(Evaluator& ev) override;

  const std::string text;
};

class BytesObject final : public Object {
 public:
  explicit BytesObject(std::string b) : bytes(std::move(b)) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator& ev) override;

  const std::string bytes;
};

// --- Sequences ----------------------------------------------------------------------------------

// Immutable. `cls` is tuple, or a class derived from it (torch.Size, a named tuple).
class TupleObject final : public Object {
 public:
  TupleObject(ClassObject* c, std::vector<Value> i) : cls(c), items(std::move(i)) {}
  ClassObject* Class(Evaluator&) const override { return cls; }
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // named fields
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator& ev) override;

  ClassObject* const cls;
  const std::vector<Value> items;
  std::shared_ptr<const std::vector<std::string>> fields;  // of named tuples; else null
};

class ListObject final : public Object {
 public:
  explicit ListObject(std::vector<Value> i) : items(std::move(i)) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> InPlace(Evaluator& ev, BinaryOp op, Value other) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  void SetItem(Evaluator& ev, Value key, Value value) override;
  void DelItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator&) override { return std::nullopt; }

  void Append(Evaluator& ev, Value item);  // counts the memory

  std::vector<Value> items;
};

class RangeObject final : public Object {
 public:
  RangeObject(int64_t a, int64_t b, int64_t s) : start(a), stop(b), step(s) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator& ev) override;

  const int64_t start, stop, step;  // step is not 0
};

class SliceObject final : public Object {
 public:
  SliceObject(Value a, Value b, Value s) : start(a), stop(b), step(s) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  std::string Repr(Evaluator& ev) override;

  // As Python's slice.indices(length).
  struct Indices {
    int64_t start = 0, stop = 0, step = 1, count = 0;
  };
  Indices Resolve(Evaluator& ev, int64_t length) const;

  const Value start, stop, step;
};

// --- Mappings and sets --------------------------------------------------------------------------

// Insertion-ordered, as Python's. `cls` is dict, OrderedDict, defaultdict or a class from natives.
class DictObject final : public Object {
 public:
  explicit DictObject(ClassObject* c) : cls(c) {}
  ClassObject* Class(Evaluator&) const override { return cls; }
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> InPlace(Evaluator& ev, BinaryOp op, Value other) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  void SetItem(Evaluator& ev, Value key, Value value) override;
  void DelItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;  // over keys
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator&) override { return std::nullopt; }

  // For natives. Keys that are unhashable raise TypeError.
  std::optional<Value> Find(Evaluator& ev, Value key) const;
  std::optional<Value> Find(absl::string_view key) const;  // a str key
  void Set(Evaluator& ev, Value key, Value value);
  void Set(Evaluator& ev, absl::string_view key, Value value);
  bool Erase(Evaluator& ev, Value key);
  void Clear();
  // Makes the key's entry the last one, or the first one. False: there is none.
  bool MoveToEnd(Evaluator& ev, Value key, bool last);
  // In order; a snapshot.
  std::vector<std::pair<Value, Value>> Items() const;
  size_t size() const { return live_; }

  ClassObject* const cls;
  Value default_factory;  // of defaultdict

 private:
  struct Entry {
    Value key, value;
    size_t hash = 0;
    bool live = false;
  };
  // The entry's position, or -1. Without `ev`, keys that only a program can compare are passed by.
  int64_t Locate(Evaluator* ev, Value key, size_t hash) const;
  // Leaves a hole; moves no other entry.
  void EraseAt(size_t position);
  void CloseHoles();

  friend class DictIterator;
  std::vector<Entry> entries_;  // erased ones stay as holes until it is worth closing them
  // hash -> entry. Salted: which keys share a bucket is nothing that a program can know.
  std::unordered_multimap<size_t, size_t, absl::Hash<size_t>> index_;
  size_t live_ = 0;
};

// set and frozenset; ordered by insertion, so that evaluation is deterministic.
class SetObject final : public Object {
 public:
  SetObject(ClassObject* c, DictObject* k) : cls(c), keys(k) {}
  ClassObject* Class(Evaluator&) const override { return cls; }
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> InPlace(Evaluator& ev, BinaryOp op, Value other) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator& ev) override;  // of frozenset

  ClassObject* const cls;
  DictObject* const keys;  // each to None
};

// --- Functions ----------------------------------------------------------------------------------

// A function of natives: builtins, methods of built-in types, torch's.
class NativeFunction final : public Object {
 public:
  using Body = std::function<Value(Evaluator& ev, CallArgs& args)>;
  NativeFunction(std::string n, Body b) : name(std::move(n)), body(std::move(b)) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // __name__
  Value Call(Evaluator& ev, CallArgs& args) override { return body(ev, args); }
  std::string Repr(Evaluator& ev) override;

  const std::string name;
  const Body body;
  bool is_method = false;  // by AddMethod: takes the instance first, in classes of sources too
};

// A function bound to its first argument.
class MethodObject final : public Object {
 public:
  MethodObject(Value f, Value s) : function(f), self(s) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // __self__, ...
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  std::optional<size_t> Hash(Evaluator& ev) override;
  Value Call(Evaluator& ev, CallArgs& args) override;
  std::string Repr(Evaluator& ev) override;

  const Value function;
  const Value self;
};

// staticmethod, classmethod, property.
class StaticMethodObject final : public Object {
 public:
  explicit StaticMethodObject(Value f) : function(f) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // __func__
  Value Call(Evaluator& ev, CallArgs& args) override;

  const Value function;
};
class ClassMethodObject final : public Object {
 public:
  explicit ClassMethodObject(Value f) : function(f) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // __func__

  const Value function;
};
class PropertyObject final : public Object {
 public:
  PropertyObject(Value g, Value s, Value d = {}, Value text = {})
      : getter(g), setter(s), deleter(d), doc(text) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;  // setter

  const Value getter;
  const Value setter;   // None: read-only
  const Value deleter;  // None: cannot be deleted
  const Value doc;      // None: the getter's
};

// --- Classes and instances ----------------------------------------------------------------------

// A class of the source or of natives. Attributes are found along `mro` (C3 order, itself first).
class ClassObject final : public Object {
 public:
  // Makes an instance before __init__ runs. `cls` may be derived from the class that has it. When
  // it is absent along the MRO, an InstanceObject is made. `args` are the constructor's; natives
  // that take them here have no __init__.
  using New = std::function<Value(Evaluator& ev, ClassObject* cls, CallArgs& args)>;
  // Called for every class derived from this one, when its body has run (Enum, NamedTuple).
  using OnSubclass = std::function<void(Evaluator& ev, ClassObject* cls)>;

  ClassObject(std::string n, std::vector<ClassObject*> b)
      : name(std::move(n)), bases(std::move(b)) {}
  ClassObject* Class(Evaluator& ev) const override;  // the metaclass
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  bool SetAttr(Evaluator& ev, absl::string_view name, Value value) override;
  bool DelAttr(Evaluator& ev, absl::string_view name) override;
  Value Call(Evaluator& ev, CallArgs& args) override;
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> Unary(Evaluator& ev, UnaryOp op) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  std::optional<size_t> Hash(Evaluator& ev) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  void SetItem(Evaluator& ev, Value key, Value value) override;
  void DelItem(Evaluator& ev, Value key) override;
  Value GetItem(Evaluator& ev, Value key) override;  // List[int]: the class itself
  IteratorObject* Iter(Evaluator& ev) override;      // of Enum: its members
  std::optional<int64_t> Length(Evaluator& ev) override;
  bool Truth(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;

  // As a call does where no metaclass has a __call__: __new__ and __init__.
  Value Instantiate(Evaluator& ev, CallArgs& args);
  // Without what a metaclass says to it.
  std::string PlainRepr() const;

  // Along the MRO; not bound.
  std::optional<Value> Lookup(absl::string_view attribute) const;
  struct Attribute {
    Value value;
    ClassObject* owner = nullptr;  // the class that has it
  };
  std::optional<Attribute> LookupWithOwner(absl::string_view attribute) const;
  bool DerivesFrom(const ClassObject* other) const;

  std::string name;
  std::vector<ClassObject*> bases;
  std::vector<ClassObject*> mro;
  ClassObject* metaclass = nullptr;      // null: type
  bool has_dict = true;                  // false: instances have what __slots__ name, and no more
  std::vector<ClassObject*> subclasses;  // those that have it among their bases
  std::vector<std::pair<std::string, Value>> attributes;  // own, in order; see Find and Set
  std::string module;                                     // __module__
  std::shared_ptr<const SourceFile> source;               // null: of natives
  SourceRange range;                                      // of its definition
  New make;
  OnSubclass on_subclass;
  Value enum_members;     // of Enum classes: a dict name -> member; else None
  bool finished = false;  // its body has run, and FinishClass

  std::optional<Value> FindOwn(absl::string_view attribute) const;
  void SetOwn(absl::string_view attribute, Value value);
  bool EraseOwn(absl::string_view attribute);
  void ClearOwn();
  // Whether it, or a class that it derives from, has a __getattribute__ other than object's.
  bool InterceptsAttributes() const;

 private:
  absl::flat_hash_map<std::string, size_t> index_;  // into attributes
  bool intercepts_ = false;                         // has a __getattribute__ of its own
};

// An instance of a class of the source. Operations look for the class's dunder methods, and then
// go to `payload`, the value of the built-in type that the class derives from (dict, list, str
// ...).
class InstanceObject : public Object {
 public:
  explicit InstanceObject(ClassObject* c) : cls(c) {}
  ClassObject* Class(Evaluator&) const override { return cls; }
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  bool SetAttr(Evaluator& ev, absl::string_view name, Value value) override;
  bool DelAttr(Evaluator& ev, absl::string_view name) override;
  Value Call(Evaluator& ev, CallArgs& args) override;
  std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected) override;
  std::optional<Value> InPlace(Evaluator& ev, BinaryOp op, Value other) override;
  std::optional<Value> Unary(Evaluator& ev, UnaryOp op) override;
  std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other) override;
  Value GetItem(Evaluator& ev, Value key) override;
  void SetItem(Evaluator& ev, Value key, Value value) override;
  void DelItem(Evaluator& ev, Value key) override;
  std::optional<bool> Contains(Evaluator& ev, Value item) override;
  std::optional<int64_t> Length(Evaluator& ev) override;
  bool Truth(Evaluator& ev) override;
  IteratorObject* Iter(Evaluator& ev) override;
  std::optional<int64_t> Index(Evaluator& ev) override;
  std::string Repr(Evaluator& ev) override;
  std::string Str(Evaluator& ev) override;
  std::optional<size_t> Hash(Evaluator& ev) override;

  // x.__dict__: without properties, __setattr__ or __getattr__.
  std::optional<Value> FindOwn(absl::string_view attribute) const;
  void SetOwn(absl::string_view attribute, Value value);
  bool EraseOwn(absl::string_view attribute);

  ClassObject* cls;
  std::vector<std::pair<std::string, Value>> attributes;  // in order of assignment
  Value payload;                                          // None: none
};

// --- Modules ------------------------------------------------------------------------------------

// A module: of a source file, whose top-level statements run when a name they bind is first asked
// for, or of natives.
class ModuleObject final : public Object {
 public:
  // Attributes that are made when asked for.
  using Dynamic = std::function<std::optional<Value>(Evaluator& ev, absl::string_view name)>;

  explicit ModuleObject(std::string n) : name(std::move(n)) {}
  ClassObject* Class(Evaluator& ev) const override;
  std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name) override;
  bool SetAttr(Evaluator& ev, absl::string_view name, Value value) override;
  bool DelAttr(Evaluator& ev, absl::string_view name) override;
  std::string Repr(Evaluator& ev) override;

  const std::string name;  // dotted
  absl::flat_hash_map<std::string, Value> globals;
  Dynamic dynamic;  // may be null
  bool is_package = false;
  bool is_library = false;                     // part of Graft
  std::shared_ptr<const ParsedModule> parsed;  // null: of natives

  // A top-level statement; of an import, one of the names it binds.
  struct Unit {
    const Stmt* statement = nullptr;
    int32_t alias = -1;
    bool optional = false;  // changes what was imported: passed over where that fails
    bool done = false;      // has run, or is running
  };
  std::vector<Unit> units;
  // Name -> the units that bind or change it, in order.
  absl::flat_hash_map<std::string, std::vector<size_t>> binders;
  std::vector<size_t> star_imports;  // from x import *, asked when nothing else binds a name
  // The unit being run: what it asks for is as it was then, without what later units do.
  size_t running = kNoUnit;
  // Imports below `if TYPE_CHECKING`: where the names of a module come from that makes them itself
  // when they are asked for.
  std::vector<const ImportFromStmt*> hints;
  absl::flat_hash_set<std::string> not_starred;  // names that no star import gives
  // Names that an import in a block should have bound, and why it could not.
  absl::flat_hash_map<std::string, std::string> missing;
  // Units, of this and of other modules, that store something in what a name is: registries.
  struct Registration {
    ModuleObject* module = nullptr;
    size_t unit = 0;
  };
  absl::flat_hash_map<std::string, std::vector<Registration>> registrations;
  bool registering = false;  // while they run
  static constexpr size_t kNoUnit = ~size_t{0};
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_OBJECTS_H_
