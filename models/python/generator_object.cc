#include "models/python/generator_object.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "models/python/exceptions.h"
#include "models/python/frame.h"
#include "models/python/interpreter.h"
#include "models/python/native_args.h"
#include "models/python/resumable_body.h"
#include "models/python/underlying.h"

namespace graft::models::python {
namespace {

class FunctionGenerator final : public GeneratorObject {
 public:
  FunctionGenerator(Evaluator& ev, FunctionObject& function, CallArgs& args)
      : body_(*function.definition, frame_) {
    ev.interpreter().BindArguments(function, args, &frame_);
    ev.interpreter().PrepareFrame(function, &frame_);
    ev.heap().Charge(ev, frame_.slots.size() * sizeof(Value));
  }

  std::optional<Value> Send(Evaluator& ev, Value sent) override {
    if (!ended_ && !running_ && !sent.IsNone() && !body_.waits()) {
      ev.Raise(ErrorKind::kTypeError, "can't send non-None value to a just-started generator");
    }
    return Run(ev, {.sent = sent});
  }

  std::optional<Value> Throw(Evaluator& ev, Raised raised) override {
    if (!running_ && !body_.waits()) {
      ended_ = true;
      throw Raised(std::move(raised));
    }
    return Run(ev, {.raised = std::move(raised)});
  }

 private:
  std::optional<Value> Run(Evaluator& ev, ResumableBody::Signal signal) {
    if (running_) ev.Raise(ErrorKind::kValueError, "generator already executing");
    if (ended_) return std::nullopt;
    if (frame_.function->definition->is_async) {
      ev.RaiseNotSupported("an async generator", "write it without async and await");
    }
    running_ = true;
    ended_ = true;  // but for an item
    const absl::Cleanup done = [this] { running_ = false; };
    try {
      const std::optional<Value> item = body_.Resume(ev, std::move(signal));
      ended_ = !item.has_value();
      if (ended_) result_ = frame_.result;
      return item;
    } catch (const Raised& raised) {
      Leave(ev, raised);
    }
  }

  Frame frame_;
  ResumableBody body_;
  bool running_ = false;
  bool ended_ = false;
};

GeneratorObject& SelfGenerator(Evaluator& ev, CallArgs& args, absl::string_view method) {
  const Value self = SelfValue(ev, args, method);
  auto* generator = self.As<GeneratorObject>();
  if (generator == nullptr) {
    ev.Raise(ErrorKind::kTypeError,
             absl::StrCat("descriptor '", method, "' requires a 'generator'"));
  }
  return *generator;
}

Value SendMethod(Evaluator& ev, CallArgs& args) {
  GeneratorObject& self = SelfGenerator(ev, args, "send");
  const NativeArgs a(ev, "generator.send", args, {""}, 1);
  if (const std::optional<Value> item = self.Send(ev, a[0])) return *item;
  RaiseStopIteration(ev, &self);
}

// throw(exception), or throw(type, value, traceback) as it was once.
Value ThrowMethod(Evaluator& ev, CallArgs& args) {
  GeneratorObject& self = SelfGenerator(ev, args, "throw");
  const NativeArgs a(ev, "generator.throw", args, {"", "", ""}, 1);
  Value exception = a[0];
  if (const auto* cls = exception.As<ClassObject>();
      cls != nullptr && cls->DerivesFrom(ev.classes().base_exception)) {
    if (a[1].IsNone()) {
      exception = ev.Call(exception, std::vector<Value>());
    } else {
      exception = ev.IsInstance(a[1], exception) ? a[1] : ev.Call(exception, {a[1]});
    }
  } else if (!ev.TypeOf(exception)->DerivesFrom(ev.classes().base_exception)) {
    ev.Raise(ErrorKind::kTypeError,
             "exceptions must be classes or instances deriving from BaseException");
  }
  if (const std::optional<Value> item = self.Throw(ev, {exception, ev.Trace()})) return *item;
  RaiseStopIteration(ev, &self);
}

Value CloseMethod(Evaluator& ev, CallArgs& args) {
  SelfGenerator(ev, args, "close").Close(ev);
  return {};
}

}  // namespace

ClassObject* GeneratorObject::Class(Evaluator& ev) const { return ev.classes().generator; }

void GeneratorObject::Leave(Evaluator& ev, const Raised& raised) {
  if (!IsError(ev, raised.exception, ErrorKind::kStopIteration)) throw Raised(raised);
  const Value error =
      ev.NewException(ev.ErrorClass(ErrorKind::kRuntimeError), "generator raised StopIteration");
  error.As<InstanceObject>()->SetOwn("__cause__", raised.exception);
  throw Raised{error, raised.trace};
}

void GeneratorObject::Close(Evaluator& ev) {
  ClassObject* const exit = ev.ErrorClass(ErrorKind::kGeneratorExit);
  std::optional<Value> item;
  try {
    item = Throw(ev, {ev.NewException(exit, ""), ev.Trace()});
  } catch (const Raised& raised) {
    if (!IsError(ev, raised.exception, ErrorKind::kGeneratorExit)) throw;
  }
  if (item.has_value()) ev.Raise(ErrorKind::kRuntimeError, "generator ignored GeneratorExit");
}

GeneratorObject* NewGenerator(Evaluator& ev, FunctionObject& function, CallArgs& args) {
  return ev.heap().New<FunctionGenerator>(ev, ev, function, args);
}

void RaiseStopIteration(Evaluator& ev, IteratorObject* ended) {
  auto* generator = dynamic_cast<GeneratorObject*>(ended);
  const Value result = generator == nullptr ? Value() : generator->TakeResult();
  if (result.IsNone()) ev.Raise(ErrorKind::kStopIteration, "");
  ev.RaiseException(ev.Call(ev.ErrorClass(ErrorKind::kStopIteration), {result}));
}

void DefineGenerator(Evaluator& ev) {
  ClassObject* cls = ev.mutable_classes().generator =
      ev.NewClass("generator", {ev.classes().iterator});
  ev.AddMethod(cls, "send", SendMethod);
  ev.AddMethod(cls, "throw", ThrowMethod);
  ev.AddMethod(cls, "close", CloseMethod);
}

}  // namespace graft::models::python
