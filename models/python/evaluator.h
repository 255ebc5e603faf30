// Evaluates a subset of Python, deterministically and without access to anything: the part that
// model files need to build their networks.
//
//   Evaluator evaluator({.sources = &sources});
//   absl::Status status = evaluator.Guard([&] {
//     ModuleObject* module = evaluator.ImportModule("net");
//     Value net = evaluator.Evaluate(*expression, module);      // Net(num_classes=10)
//   });
//
// There is no file, network, clock, process or random source in it: what a program can reach is
// what natives were given to it (DefineModule), and source files of the roots that the host names
// (SourceProvider). Steps, depth and memory are bounded. Top-level statements of a file run when a
// name that they bind is first used, so what a network does not need is never run: scripts below
// `if __name__ == "__main__"`, data sets, plots, imports that are not installed.
//
// Threads: one at a time. Ownership: value.h.
#ifndef GRAFT_MODELS_PYTHON_EVALUATOR_H_
#define GRAFT_MODELS_PYTHON_EVALUATOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

// Where imports find sources. Names are dotted: "torchvision.ops.misc".
class SourceProvider {
 public:
  struct Source {
    std::shared_ptr<const SourceFile> file;
    bool is_package = false;  // an __init__.py
    bool is_library = false;  // part of Graft: errors point at the user's source, not here
  };
  virtual ~SourceProvider() = default;
  // nullopt: there is no such module. Errors: of the file system, or what is found is too large.
  virtual absl::StatusOr<std::optional<Source>> Find(absl::string_view module) = 0;
};

// The built-in exceptions that natives raise. kNotSupported is ours: Python has it, this evaluator
// does not; `except Exception` does not catch it, so that a program cannot go on without knowing.
enum class ErrorKind : uint8_t {
  kTypeError,
  kValueError,
  kAttributeError,
  kIndexError,
  kKeyError,
  kNameError,
  kImportError,
  kModuleNotFoundError,
  kRuntimeError,
  kAssertionError,
  kNotImplementedError,
  kOverflowError,
  kZeroDivisionError,
  kStopIteration,
  kGeneratorExit,
  kRecursionError,
  kMemoryError,
  kNotSupported,
};

struct TraceEntry {
  std::shared_ptr<const SourceFile> file;  // null: natives
  SourceRange range;
  std::string function;
};

// A Python exception on its way up.
struct Raised {
  Value exception;                // an instance of BaseException
  std::vector<TraceEntry> trace;  // innermost first
};

// A bound was reached (steps, depth, memory) or the host asked to stop. Not to be caught by Python
// code: finally and except clauses do not run.
struct Stopped {
  absl::Status status;
};

struct EvaluatorLimits {
  int64_t steps = 50'000'000;        // nodes of the syntax tree
  int depth = 160;                   // calls within calls
  size_t memory_bytes = 512u << 20;  // of all objects ever made
  size_t stack_bytes = 3u << 20;     // of the C++ stack, from Guard on
};

struct EvaluatorOptions {
  SourceProvider* sources = nullptr;  // may be null; must outlive the evaluator
  EvaluatorLimits limits = {};
  std::function<bool()> cancelled = nullptr;               // polled now and then
  std::function<void(absl::string_view)> print = nullptr;  // print() and warnings; null: dropped
};

class Interpreter;
class ModuleLoader;

class Evaluator {
 public:
  explicit Evaluator(EvaluatorOptions options);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // Runs `body`, and turns what it raises into a status, with the innermost place of the user's
  // source, a caret and the calls that led there:
  //   net.py:12:19: ValueError: stride must be positive
  //       self.conv = Conv(3, 8, stride=0)
  //                   ^^^^^^^^^^^^^^^^^^^^
  //     called from net.py:30:9 in Net.__init__
  // kInvalidArgument; kUnimplemented for what is not supported; kResourceExhausted for bounds;
  // kCancelled. Everything below here must run inside a Guard.
  absl::Status Guard(absl::FunctionRef<void()> body);

  // --- Programs ---------------------------------------------------------------------------------
  // Finds, parses and prepares a module, or natives', and its parents. Raises ModuleNotFoundError.
  ModuleObject* ImportModule(absl::string_view dotted);
  // An expression in a module's namespace.
  Value Evaluate(const Expr& expression, ModuleObject* module, const SourceFile& source);
  // Natives: `fill` runs when the module is first imported, and sets its globals or `dynamic`.
  // Natives win over sources of the same name.
  void DefineModule(absl::string_view dotted, std::function<void(Evaluator&, ModuleObject*)> fill);

  // --- Making values ----------------------------------------------------------------------------
  StrObject* Str(absl::string_view text);
  ListObject* List(std::vector<Value> items);
  TupleObject* Tuple(std::vector<Value> items);
  DictObject* Dict();
  NativeFunction* Native(absl::string_view name, NativeFunction::Body body);
  // A class of natives; linearises its MRO.
  ClassObject* NewClass(absl::string_view name, std::vector<ClassObject*> bases);
  void AddMethod(ClassObject* cls, absl::string_view name, NativeFunction::Body body);
  Heap& heap() { return heap_; }

  // --- What Python's operators and built-in functions do ----------------------------------------
  Value GetAttr(Value object, absl::string_view name);
  std::optional<Value> TryGetAttr(Value object, absl::string_view name);  // nullopt: AttributeError
  void SetAttr(Value object, absl::string_view name, Value value);
  void DelAttr(Value object, absl::string_view name);
  // As `type(self).name(self, ...)`, bound; nullopt: the class has none. For dunder methods.
  std::optional<Value> ClassMethod(Value self, absl::string_view name);
  Value Call(Value callee, CallArgs args);
  Value Call(Value callee, std::vector<Value> args) {
    return Call(callee, CallArgs{std::move(args)});
  }
  Value CallMethod(Value object, absl::string_view name, std::vector<Value> args);
  Value Binary(BinaryOp op, Value left, Value right);
  Value InPlace(BinaryOp op, Value target, Value value);
  Value Unary(UnaryOp op, Value operand);
  Value Compare(CompareOp op, Value left, Value right);
  bool Equal(Value left, Value right);  // truth of ==
  bool Truth(Value value);
  Value GetItem(Value object, Value key);
  void SetItem(Value object, Value key, Value value);
  void DelItem(Value object, Value key);
  bool Contains(Value container, Value item);
  int64_t Length(Value object);
  IteratorObject* Iter(Value iterable);
  std::vector<Value> ToVector(Value iterable);  // counts the memory
  size_t Hash(Value value);
  std::string ToStr(Value value);
  std::string Repr(Value value);
  std::string Format(Value value, absl::string_view spec);  // format(value, spec)

  ClassObject* TypeOf(Value value);
  absl::string_view TypeName(Value value) { return TypeOf(value)->name; }
  // `classes`: a class, or a tuple of such; also int | None.
  bool IsInstance(Value value, Value classes);
  bool IsSubclass(ClassObject* cls, Value classes);

  // Conversions for natives. They raise TypeError with `what` in its text.
  int64_t ToInt(Value value, absl::string_view what);       // int, bool, and whatever has an index
  double ToFloat(Value value, absl::string_view what);      // int, bool, float
  std::string ToText(Value value, absl::string_view what);  // str only

  // --- Errors -----------------------------------------------------------------------------------
  [[noreturn]] void Raise(ErrorKind kind, absl::string_view message);
  // "... is not supported" with what to write instead, at the place being evaluated.
  [[noreturn]] void RaiseNotSupported(absl::string_view what, absl::string_view instead = "");
  [[noreturn]] void RaiseException(Value exception);
  // A bound was reached: ends everything, with the place being evaluated.
  [[noreturn]] void Stop(absl::StatusCode code, absl::string_view message);
  ClassObject* ErrorClass(ErrorKind kind);
  void SetErrorClass(ErrorKind kind, ClassObject* cls);
  // An instance of `cls`, an exception class, as cls(message) makes it without running __init__.
  Value NewException(ClassObject* cls, absl::string_view message);
  // The place being evaluated, innermost first, and of all calls around it.
  std::vector<TraceEntry> Trace() const;
  // Counts a step, looks at the bounds and at `cancelled`. Natives with loops of their own call it.
  void Step(int64_t steps = 1) {
    steps_left_ -= steps;
    if (steps_left_ < next_check_) CheckBounds();
  }
  int64_t steps() const { return options_.limits.steps - steps_left_; }  // taken so far
  void Print(absl::string_view text);
  // Something that was passed over, which whoever looks for a wrong result will want to know.
  void Note(absl::string_view text);
  const std::vector<std::string>& notes() const { return notes_; }
  Interpreter& interpreter() { return *interpreter_; }
  // The containers that natives are within: repr, ==, hash and copies of lists in lists. See
  // nesting.h.
  std::vector<const Object*>& nesting() { return nesting_; }

  // --- Built-in classes -------------------------------------------------------------------------
  struct Classes {
    ClassObject* object = nullptr;
    ClassObject* type = nullptr;
    ClassObject* none_type = nullptr;
    ClassObject* bool_ = nullptr;
    ClassObject* int_ = nullptr;
    ClassObject* float_ = nullptr;
    ClassObject* str = nullptr;
    ClassObject* bytes = nullptr;
    ClassObject* tuple = nullptr;
    ClassObject* list = nullptr;
    ClassObject* dict = nullptr;
    ClassObject* ordered_dict = nullptr;
    ClassObject* default_dict = nullptr;
    ClassObject* dict_keys = nullptr;
    ClassObject* dict_values = nullptr;
    ClassObject* dict_items = nullptr;
    ClassObject* set = nullptr;
    ClassObject* frozen_set = nullptr;
    ClassObject* range = nullptr;
    ClassObject* slice = nullptr;
    ClassObject* iterator = nullptr;
    ClassObject* generator = nullptr;
    ClassObject* function = nullptr;
    ClassObject* builtin_function = nullptr;
    ClassObject* globals = nullptr;  // of globals(): a kind of dict
    ClassObject* method = nullptr;
    ClassObject* module = nullptr;
    ClassObject* property = nullptr;
    ClassObject* static_method = nullptr;
    ClassObject* class_method = nullptr;
    ClassObject* super = nullptr;
    ClassObject* instance_dict = nullptr;
    ClassObject* ellipsis = nullptr;
    ClassObject* not_implemented = nullptr;
    ClassObject* base_exception = nullptr;
    ClassObject* exception = nullptr;
  };
  const Classes& classes() const { return classes_; }
  Classes& mutable_classes() { return classes_; }  // for the files that define them
  // True while the test of an `if` is evaluated whose branch leaves every value as it is: either
  // answer will do.
  bool either_answer_will_do() const;
  // True while the test of an `assert` is evaluated.
  bool asserting() const;
  // Names every program has: len, range, ValueError ...
  absl::flat_hash_map<std::string, Value>& builtins() { return builtins_; }

 private:
  friend class Interpreter;
  friend class ModuleLoader;
  friend class ResumableBody;

  // The slow part of Step.
  void CheckBounds();
  // Raises when the C++ stack is nearly used up.
  void CheckStack();
  absl::Status Describe(const Raised& raised);

  EvaluatorOptions options_;
  Heap heap_;
  Classes classes_;
  std::unique_ptr<Interpreter> interpreter_;
  absl::flat_hash_map<std::string, Value> builtins_;
  absl::flat_hash_map<ErrorKind, ClassObject*> error_classes_;
  std::vector<std::string> notes_;
  int64_t steps_left_ = 0;
  int64_t next_check_ = 0;            // steps_left_ below which CheckBounds is due
  const char* stack_base_ = nullptr;  // within Guard
  std::vector<const Object*> nesting_;
};

// What the constructor calls, each in a file of its own: they fill classes() and builtins(), and
// define the modules of the standard library that model files use.
void DefineScalars(Evaluator& ev);  // object, type, None, bool, int, float
void DefineText(Evaluator& ev);     // str
void DefineBytes(Evaluator& ev);
void DefineSequences(Evaluator& ev);  // tuple, list, range, slice
void DefineMappings(Evaluator& ev);   // dict, OrderedDict, defaultdict, set, frozenset
void DefineCallables(
    Evaluator& ev);  // functions, methods, property, staticmethod, classmethod, super
void DefineExceptions(Evaluator& ev);        // BaseException and all below
void DefineBuiltinFunctions(Evaluator& ev);  // len, range, zip, isinstance, getattr, print ...
void DefineStandardModules(Evaluator& ev);   // math, functools, collections, itertools, typing ...

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_EVALUATOR_H_
