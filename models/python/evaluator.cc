#include "models/python/evaluator.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/exceptions.h"
#include "models/python/frame.h"
#include "models/python/interpreter.h"
#include "models/python/traceback.h"

namespace graft::models::python {
namespace {

// Steps between two looks at `cancelled`.
constexpr int64_t kStepsBetweenChecks = 20'000;

}  // namespace

Evaluator::Evaluator(EvaluatorOptions options)
    : options_(std::move(options)),
      heap_(options_.limits.memory_bytes),
      interpreter_(std::make_unique<Interpreter>(*this)),
      steps_left_(options_.limits.steps),
      next_check_(options_.limits.steps - kStepsBetweenChecks) {
  DefineScalars(*this);
  DefineText(*this);
  DefineBytes(*this);
  DefineSequences(*this);
  DefineMappings(*this);
  DefineCallables(*this);
  DefineExceptions(*this);
  DefineBuiltinFunctions(*this);
  DefineStandardModules(*this);
}

Evaluator::~Evaluator() = default;

// --- Bounds
// ---------------------------------------------------------------------------------------

void Evaluator::CheckBounds() {
  if (steps_left_ < 0) {
    Stop(absl::StatusCode::kResourceExhausted,
         absl::StrCat("the program takes more than ", options_.limits.steps,
                      " steps, which is the bound for evaluating a model's source: a loop without "
                      "end?"));
  }
  next_check_ = std::max<int64_t>(0, steps_left_ - kStepsBetweenChecks);
  if (options_.cancelled != nullptr && options_.cancelled()) {
    Stop(absl::StatusCode::kCancelled, "cancelled");
  }
}

void Evaluator::CheckStack() {
  const auto* here = static_cast<const char*>(__builtin_frame_address(0));
  if (stack_base_ == nullptr || here > stack_base_) return;
  if (static_cast<size_t>(stack_base_ - here) <= options_.limits.stack_bytes) return;
  Stop(absl::StatusCode::kResourceExhausted,
       "RecursionError: calls and expressions within each other take more stack than there is: a "
       "function that calls itself without end?");
}

void Evaluator::Stop(absl::StatusCode code, absl::string_view message) {
  throw Stopped{absl::Status(code, DescribeTrace(Trace(), message, interpreter_->loader()))};
}

bool Evaluator::either_answer_will_do() const {
  return interpreter_->top() != nullptr && interpreter_->top()->either_answer_will_do;
}

bool Evaluator::asserting() const {
  return interpreter_->top() != nullptr && interpreter_->top()->asserting;
}

absl::Status Evaluator::Guard(absl::FunctionRef<void()> body) {
  const char* const outer = stack_base_;
  if (outer == nullptr) stack_base_ = static_cast<const char*>(__builtin_frame_address(0));
  absl::Status status;
  try {
    body();
  } catch (const Raised& raised) {
    status = Describe(raised);
  } catch (const Stopped& stopped) {
    status = stopped.status;
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError("no memory left while evaluating a model's source");
  }
  stack_base_ = outer;
  return status;
}

absl::Status Evaluator::Describe(const Raised& raised) {
  // What the exception's own __str__ raises must not get out of here.
  std::string message;
  bool supported = true;
  try {
    supported = !TypeOf(raised.exception)->DerivesFrom(ErrorClass(ErrorKind::kNotSupported));
    message = DescribeException(*this, raised.exception);
  } catch (const Raised&) {
    message = absl::StrCat(TypeName(raised.exception), ": (its __str__ raises an error)");
  } catch (const Stopped& stopped) {
    message = absl::StrCat(TypeName(raised.exception), ": (", stopped.status.message(), ")");
  }
  return {supported ? absl::StatusCode::kInvalidArgument : absl::StatusCode::kUnimplemented,
          DescribeTrace(raised.trace, message, interpreter_->loader())};
}

// --- Errors
// ---------------------------------------------------------------------------------------

void Evaluator::Raise(ErrorKind kind, absl::string_view message) {
  RaiseException(NewException(ErrorClass(kind), message));
}

void Evaluator::RaiseNotSupported(absl::string_view what, absl::string_view instead) {
  Raise(ErrorKind::kNotSupported, instead.empty()
                                      ? absl::StrCat(what, " is not supported")
                                      : absl::StrCat(what, " is not supported: ", instead));
}

void Evaluator::RaiseException(Value exception) { throw Raised{exception, Trace()}; }

ClassObject* Evaluator::ErrorClass(ErrorKind kind) { return error_classes_.at(kind); }
void Evaluator::SetErrorClass(ErrorKind kind, ClassObject* cls) { error_classes_[kind] = cls; }

Value Evaluator::NewException(ClassObject* cls, absl::string_view message) {
  std::vector<Value> args;
  if (!message.empty()) args.emplace_back(Str(message));
  auto* exception = heap_.New<InstanceObject>(*this, cls);
  exception->SetOwn("args", Tuple(std::move(args)));
  return exception;
}

std::vector<TraceEntry> Evaluator::Trace() const {
  std::vector<TraceEntry> trace;
  for (const Frame* frame = interpreter_->top(); frame != nullptr; frame = frame->back) {
    trace.push_back({frame->file == nullptr ? nullptr : *frame->file,
                     frame->at == nullptr ? SourceRange{} : *frame->at, FrameName(*frame)});
    // A comprehension stands within what it is part of, and says more exactly where.
    while (frame->comprehension && frame->back != nullptr &&
           frame->back->function == frame->function) {
      frame = frame->back;
    }
  }
  return trace;
}

void Evaluator::Print(absl::string_view text) {
  if (options_.print != nullptr) options_.print(text);
}

void Evaluator::Note(absl::string_view text) {
  // A loop may pass over the same thing many times.
  constexpr size_t kMostNotes = 100;
  if (notes_.size() >= kMostNotes) return;
  if (std::find(notes_.begin(), notes_.end(), text) == notes_.end()) notes_.emplace_back(text);
}

// --- Programs
// -------------------------------------------------------------------------------------

ModuleObject* Evaluator::ImportModule(absl::string_view dotted) {
  return interpreter_->loader().Import(dotted);
}

Value Evaluator::Evaluate(const Expr& expression, ModuleObject* module, const SourceFile& source) {
  return interpreter_->Evaluate(expression, module, std::make_shared<const SourceFile>(source));
}

void Evaluator::DefineModule(absl::string_view dotted,
                             std::function<void(Evaluator&, ModuleObject*)> fill) {
  interpreter_->loader().Define(dotted, std::move(fill));
}

// --- Making values
// --------------------------------------------------------------------------------

StrObject* Evaluator::Str(absl::string_view text) {
  heap_.Charge(*this, text.size());
  return heap_.New<StrObject>(*this, std::string(text));
}

ListObject* Evaluator::List(std::vector<Value> items) {
  heap_.Charge(*this, items.size() * sizeof(Value));
  return heap_.New<ListObject>(*this, std::move(items));
}

TupleObject* Evaluator::Tuple(std::vector<Value> items) {
  heap_.Charge(*this, items.size() * sizeof(Value));
  return heap_.New<TupleObject>(*this, classes_.tuple, std::move(items));
}

DictObject* Evaluator::Dict() { return heap_.New<DictObject>(*this, classes_.dict); }

NativeFunction* Evaluator::Native(absl::string_view name, NativeFunction::Body body) {
  return heap_.New<NativeFunction>(*this, std::string(name), std::move(body));
}

void Evaluator::AddMethod(ClassObject* cls, absl::string_view name, NativeFunction::Body body) {
  NativeFunction* method = Native(name, std::move(body));
  method->is_method = true;
  cls->SetOwn(name, method);
}

}  // namespace graft::models::python
