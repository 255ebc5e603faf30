#include "models/python/exceptions.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/native_args.h"
#include "models/python/objects.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

struct Definition {
  absl::string_view name;
  absl::string_view base;
};

// docs.python.org/3/library/exceptions.html, "Exception hierarchy"; a base stands before what
// derives from it.
constexpr Definition kDefinitions[] = {
    {"SystemExit", "BaseException"},
    {"KeyboardInterrupt", "BaseException"},
    {"GeneratorExit", "BaseException"},
    {"Exception", "BaseException"},
    {"StopIteration", "Exception"},
    {"StopAsyncIteration", "Exception"},
    {"ArithmeticError", "Exception"},
    {"FloatingPointError", "ArithmeticError"},
    {"OverflowError", "ArithmeticError"},
    {"ZeroDivisionError", "ArithmeticError"},
    {"AssertionError", "Exception"},
    {"AttributeError", "Exception"},
    {"BufferError", "Exception"},
    {"EOFError", "Exception"},
    {"ImportError", "Exception"},
    {"ModuleNotFoundError", "ImportError"},
    {"LookupError", "Exception"},
    {"IndexError", "LookupError"},
    {"KeyError", "LookupError"},
    {"MemoryError", "Exception"},
    {"NameError", "Exception"},
    {"UnboundLocalError", "NameError"},
    {"OSError", "Exception"},
    {"BlockingIOError", "OSError"},
    {"ChildProcessError", "OSError"},
    {"ConnectionError", "OSError"},
    {"BrokenPipeError", "ConnectionError"},
    {"ConnectionAbortedError", "ConnectionError"},
    {"ConnectionRefusedError", "ConnectionError"},
    {"ConnectionResetError", "ConnectionError"},
    {"FileExistsError", "OSError"},
    {"FileNotFoundError", "OSError"},
    {"InterruptedError", "OSError"},
    {"IsADirectoryError", "OSError"},
    {"NotADirectoryError", "OSError"},
    {"PermissionError", "OSError"},
    {"ProcessLookupError", "OSError"},
    {"TimeoutError", "OSError"},
    {"ReferenceError", "Exception"},
    {"RuntimeError", "Exception"},
    {"NotImplementedError", "RuntimeError"},
    {"RecursionError", "RuntimeError"},
    {"SyntaxError", "Exception"},
    {"IndentationError", "SyntaxError"},
    {"TabError", "IndentationError"},
    {"SystemError", "Exception"},
    {"TypeError", "Exception"},
    {"ValueError", "Exception"},
    {"UnicodeError", "ValueError"},
    {"UnicodeDecodeError", "UnicodeError"},
    {"UnicodeEncodeError", "UnicodeError"},
    {"UnicodeTranslateError", "UnicodeError"},
    {"Warning", "Exception"},
    {"DeprecationWarning", "Warning"},
    {"PendingDeprecationWarning", "Warning"},
    {"RuntimeWarning", "Warning"},
    {"SyntaxWarning", "Warning"},
    {"UserWarning", "Warning"},
    {"FutureWarning", "Warning"},
    {"ImportWarning", "Warning"},
    {"UnicodeWarning", "Warning"},
    {"BytesWarning", "Warning"},
    {"ResourceWarning", "Warning"},
    {"EncodingWarning", "Warning"},
};

constexpr std::pair<ErrorKind, absl::string_view> kKinds[] = {
    {ErrorKind::kTypeError, "TypeError"},
    {ErrorKind::kValueError, "ValueError"},
    {ErrorKind::kAttributeError, "AttributeError"},
    {ErrorKind::kIndexError, "IndexError"},
    {ErrorKind::kKeyError, "KeyError"},
    {ErrorKind::kNameError, "NameError"},
    {ErrorKind::kImportError, "ImportError"},
    {ErrorKind::kModuleNotFoundError, "ModuleNotFoundError"},
    {ErrorKind::kRuntimeError, "RuntimeError"},
    {ErrorKind::kAssertionError, "AssertionError"},
    {ErrorKind::kNotImplementedError, "NotImplementedError"},
    {ErrorKind::kOverflowError, "OverflowError"},
    {ErrorKind::kZeroDivisionError, "ZeroDivisionError"},
    {ErrorKind::kStopIteration, "StopIteration"},
    {ErrorKind::kGeneratorExit, "GeneratorExit"},
    {ErrorKind::kRecursionError, "RecursionError"},
    {ErrorKind::kMemoryError, "MemoryError"},
};

// e.args, whatever __init__ made of it.
std::vector<Value> ArgsOf(Value exception) {
  const auto* instance = exception.As<InstanceObject>();
  if (instance == nullptr) return {};
  const std::optional<Value> args = instance->FindOwn("args");
  if (!args.has_value()) return {};
  const auto* tuple = args->As<TupleObject>();
  return tuple == nullptr ? std::vector<Value>{} : tuple->items;
}

Value Make(Evaluator& ev, ClassObject* cls, CallArgs& args) {
  auto* exception = ev.heap().New<InstanceObject>(ev, cls);
  exception->SetOwn("args", ev.Tuple(args.args));
  return exception;
}

Value Init(Evaluator& ev, CallArgs& args) {
  auto& self = Self<InstanceObject>(ev, args, "BaseException.__init__");
  self.SetOwn("args", ev.Tuple(args.args));
  return {};
}

Value Str(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "BaseException.__str__");
  const std::vector<Value> items = ArgsOf(self);
  if (items.empty()) return ev.Str("");
  if (items.size() == 1) return ev.Str(ev.ToStr(items[0]));
  return ev.Str(ev.Repr(ev.Tuple(items)));
}

// The key is shown as it would be written, so that an empty or blank one is seen.
Value KeyErrorStr(Evaluator& ev, CallArgs& args) {
  const std::vector<Value> items = args.args.empty() ? std::vector<Value>{} : ArgsOf(args.args[0]);
  return items.size() == 1 ? ev.Str(ev.Repr(items[0])) : Str(ev, args).object();
}

Value Repr(Evaluator& ev, CallArgs& args) {
  const Value self = SelfValue(ev, args, "BaseException.__repr__");
  std::string text(ev.TypeName(self));
  text += '(';
  const std::vector<Value> items = ArgsOf(self);
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += ", ";
    text += ev.Repr(items[i]);
  }
  return ev.Str(text + ')');
}

Value WithTraceback(Evaluator& ev, CallArgs& args) {
  return SelfValue(ev, args, "BaseException.with_traceback");
}

Value AddNote(Evaluator& ev, CallArgs& args) {
  const NativeArgs a(ev, "add_note", args, {"", "note"}, 2);
  const std::string note = ev.ToText(a[1], "note must be a str");
  auto* self = a[0].As<InstanceObject>();
  if (self == nullptr) return {};
  std::optional<Value> notes = self->FindOwn("__notes__");
  if (!notes.has_value()) {
    notes = ev.List({});
    self->SetOwn("__notes__", *notes);
  }
  if (auto* list = notes->As<ListObject>()) list->Append(ev, ev.Str(note));
  return {};
}

void DefineClass(Evaluator& ev, absl::string_view name, ClassObject* base) {
  ClassObject* cls = ev.NewClass(name, {base});
  cls->module = "builtins";
  ev.builtins()[std::string(name)] = cls;
}

}  // namespace

bool IsError(Evaluator& ev, Value exception, ErrorKind kind) {
  return ev.TypeOf(exception)->DerivesFrom(ev.ErrorClass(kind));
}

void RaiseUnboundLocal(Evaluator& ev, absl::string_view message) {
  // Not by way of builtins(), which a program may have changed.
  ClassObject* name_error = ev.ErrorClass(ErrorKind::kNameError);
  ClassObject* cls = ev.builtins()["UnboundLocalError"].As<ClassObject>();
  ev.RaiseException(ev.NewException(cls != nullptr ? cls : name_error, message));
}

void DefineExceptions(Evaluator& ev) {
  absl::flat_hash_map<std::string, Value>& builtins = ev.builtins();
  Evaluator::Classes& classes = ev.mutable_classes();
  DefineClass(ev, "BaseException", classes.object);
  classes.base_exception = builtins["BaseException"].As<ClassObject>();
  classes.base_exception->make = Make;
  for (const char* name : {"__cause__", "__context__", "__traceback__"}) {
    classes.base_exception->SetOwn(name, Value());
  }
  ev.AddMethod(classes.base_exception, "__init__", Init);
  ev.AddMethod(classes.base_exception, "__str__", Str);
  ev.AddMethod(classes.base_exception, "__repr__", Repr);
  ev.AddMethod(classes.base_exception, "with_traceback", WithTraceback);
  ev.AddMethod(classes.base_exception, "add_note", AddNote);
  for (const Definition& definition : kDefinitions) {
    DefineClass(ev, definition.name, builtins[std::string(definition.base)].As<ClassObject>());
  }
  classes.exception = builtins["Exception"].As<ClassObject>();
  builtins["IOError"] = builtins["OSError"];
  builtins["EnvironmentError"] = builtins["OSError"];
  ev.AddMethod(builtins["KeyError"].As<ClassObject>(), "__str__", KeyErrorStr);
  builtins["ImportError"].As<ClassObject>()->SetOwn("name", Value());
  const auto value = [](Evaluator& caller, CallArgs& args) {
    const std::vector<Value> items = ArgsOf(SelfValue(caller, args, "StopIteration.value"));
    return items.empty() ? Value() : items[0];
  };
  builtins["StopIteration"].As<ClassObject>()->SetOwn(
      "value", ev.heap().New<PropertyObject>(ev, ev.Native("value", value), Value()));
  for (const auto& [kind, name] : kKinds) {
    ev.SetErrorClass(kind, builtins[std::string(name)].As<ClassObject>());
  }
  // Has no name that a program could catch it by.
  ev.SetErrorClass(ErrorKind::kNotSupported,
                   ev.NewClass("NotSupportedError", {classes.base_exception}));
}

}  // namespace graft::models::python
