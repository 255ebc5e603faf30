// A Python value, and the protocol of objects: what the evaluator computes with.
//
//   Value n = Value::Int(3);
//   Value s = evaluator.Str("layer1");
//   if (auto* list = value.As<ListObject>()) Use(list->items);
//
// None, bool, int, float, ... and NotImplemented live in the value itself; everything else is an
// Object on the evaluator's Heap. Integers are 64 bits: what does not fit raises OverflowError.
//
// Errors inside the evaluator, and in natives that it calls, are C++ exceptions of type Raised
// (evaluator.h), as in Python; they never leave Evaluator::Guard.
//
// Threads: an evaluator and all its values belong to one thread at a time.
// Ownership: the Heap owns every object until the evaluator ends; values are plain pointers into
// it, copied freely, and cycles need no care. Memory is bounded, so nothing needs collecting.
#ifndef GRAFT_MODELS_PYTHON_VALUE_H_
#define GRAFT_MODELS_PYTHON_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/ast.h"

namespace graft::models::python {

class ClassObject;
class Evaluator;
class IteratorObject;
class Object;

class Value {
 public:
  enum class Kind : uint8_t { kNone, kBool, kInt, kFloat, kEllipsis, kNotImplemented, kObject };

  constexpr Value() = default;  // None
  // NOLINTNEXTLINE(google-explicit-constructor): an object is a value.
  Value(Object* object) : kind_(Kind::kObject), object_(object) {}

  static Value None() { return {}; }
  static Value Bool(bool v) { return Value(Kind::kBool, v ? 1 : 0); }
  static Value Int(int64_t v) { return Value(Kind::kInt, v); }
  static Value Float(double v) {
    Value value;
    value.kind_ = Kind::kFloat;
    value.float_ = v;
    return value;
  }
  static Value Ellipsis() { return Value(Kind::kEllipsis, 0); }
  static Value NotImplemented() { return Value(Kind::kNotImplemented, 0); }

  Kind kind() const { return kind_; }
  bool IsNone() const { return kind_ == Kind::kNone; }
  bool IsBool() const { return kind_ == Kind::kBool; }
  bool IsInt() const { return kind_ == Kind::kInt; }
  bool IsFloat() const { return kind_ == Kind::kFloat; }
  bool IsEllipsis() const { return kind_ == Kind::kEllipsis; }
  bool IsNotImplemented() const { return kind_ == Kind::kNotImplemented; }
  bool IsObject() const { return kind_ == Kind::kObject; }

  bool AsBool() const { return int_ != 0; }   // @pre IsBool()
  int64_t AsInt() const { return int_; }      // @pre IsInt() or IsBool()
  double AsFloat() const { return float_; }   // @pre IsFloat()
  Object* object() const { return object_; }  // @pre IsObject()

  // The object as a T, or nullptr.
  template <typename T>
  T* As() const;

  // Python's `is`.
  bool Is(const Value& other) const {
    if (kind_ != other.kind_) return false;
    return kind_ == Kind::kFloat ? float_ == other.float_ : int_ == other.int_;
  }

 private:
  Value(Kind kind, int64_t v) : kind_(kind), int_(v) {}

  Kind kind_ = Kind::kNone;
  union {
    int64_t int_ = 0;
    double float_;
    Object* object_;
  };
};

struct Keyword {
  std::string name;
  Value value;
};

struct CallArgs {
  std::vector<Value> args = {};
  std::vector<Keyword> kwargs = {};

  // Takes the keyword out, or returns nullopt.
  std::optional<Value> Take(absl::string_view name);
};

// Anything that is not a scalar. The default of each operation raises what Python raises:
// TypeError, AttributeError. The evaluator calls these for every object alike; natives call
// Evaluator's functions instead, which also look at scalars and at dunder methods of classes.
class Object {
 public:
  Object() = default;
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  virtual ~Object() = default;

  // type(x): what isinstance asks. Its name is in error messages.
  virtual ClassObject* Class(Evaluator& ev) const = 0;

  // x.name; nullopt: there is none (the evaluator then asks the class, and raises AttributeError).
  // Called before the methods of Class() are looked at.
  virtual std::optional<Value> GetAttr(Evaluator& ev, absl::string_view name);
  // False: cannot be set.
  virtual bool SetAttr(Evaluator& ev, absl::string_view name, Value value);
  virtual bool DelAttr(Evaluator& ev, absl::string_view name);

  virtual Value Call(Evaluator& ev, CallArgs& args);

  // x op other, or other op x when `reflected`; nullopt: not for these operands.
  virtual std::optional<Value> Binary(Evaluator& ev, BinaryOp op, Value other, bool reflected);
  // x op= other in place; nullopt: use Binary.
  virtual std::optional<Value> InPlace(Evaluator& ev, BinaryOp op, Value other);
  virtual std::optional<Value> Unary(Evaluator& ev, UnaryOp op);  // not kNot
  // Of kEq, kNotEq, kLess, ... kGreaterEq. May return something else than a bool (tensors).
  virtual std::optional<Value> Compare(Evaluator& ev, CompareOp op, Value other);

  virtual Value GetItem(Evaluator& ev, Value key);
  virtual void SetItem(Evaluator& ev, Value key, Value value);
  virtual void DelItem(Evaluator& ev, Value key);
  virtual std::optional<bool> Contains(Evaluator& ev, Value item);  // nullopt: iterate

  virtual std::optional<int64_t> Length(Evaluator& ev);  // nullopt: has no len()
  virtual bool Truth(Evaluator& ev);                     // default: Length() != 0, else true
  virtual IteratorObject* Iter(Evaluator& ev);           // nullptr: not iterable
  // As an integer, for subscripts, range() and the like; nullopt: is none.
  virtual std::optional<int64_t> Index(Evaluator& ev);

  virtual std::string Repr(Evaluator& ev);
  virtual std::string Str(Evaluator& ev) { return Repr(ev); }
  // Deep equality as Python's == gives it, for objects whose Compare is not overridden.
  // nullopt: unhashable.
  virtual std::optional<size_t> Hash(Evaluator& ev);
};

template <typename T>
T* Value::As() const {
  if (!IsObject()) return nullptr;
  if constexpr (std::is_final_v<T>) {
    // One image holds all of the evaluator, so that types are equal when their addresses are: ten
    // times as fast as a cast, and evaluation does little else.
    return &typeid(*object_) == &typeid(T) ? static_cast<T*>(object_) : nullptr;
  } else {
    return dynamic_cast<T*>(object_);
  }
}

// iter(x): gives one item after the other.
class IteratorObject : public Object {
 public:
  virtual std::optional<Value> Next(Evaluator& ev) = 0;  // nullopt: no more
  ClassObject* Class(Evaluator& ev) const override;
  IteratorObject* Iter(Evaluator&) override { return this; }
};

// Owns the objects, and counts what they cost.
class Heap {
 public:
  explicit Heap(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Raises MemoryError (by way of Charge) when the bound is reached.
  template <typename T, typename... Args>
  T* New(Evaluator& ev, Args&&... args) {
    Charge(ev, sizeof(T) + sizeof(std::unique_ptr<Object>));
    auto owned = std::make_unique<T>(std::forward<Args>(args)...);
    T* object = owned.get();
    objects_.push_back(std::move(owned));
    return object;
  }

  // Counts memory that an object takes beyond its own size (elements, characters), before it is
  // taken. It is never given back: the bound is on all that one evaluation makes.
  void Charge(Evaluator& ev, size_t bytes);

  size_t used_bytes() const { return used_bytes_; }

 private:
  const size_t max_bytes_;
  size_t used_bytes_ = 0;
  std::vector<std::unique_ptr<Object>> objects_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_VALUE_H_
