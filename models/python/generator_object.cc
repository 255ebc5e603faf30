#include "models/python/generator_object.h"

#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "models/python/interpreter.h"

namespace graft::models::python {

GeneratorObject::GeneratorObject(Evaluator& ev, FunctionObject* function, CallArgs& args)
    : function_(function), frame_(std::make_unique<Frame>()) {
  ev.heap().Charge(ev, sizeof(Frame));
  ev.interpreter().BindArguments(*function, args, frame_.get());
}

std::optional<Value> GeneratorObject::GetAttr(Evaluator& ev, absl::string_view name) {
  if (name == "send" || name == "throw") {
    ev.RaiseNotSupported(name == "send" ? "generator.send" : "generator.throw");
  }
  if (name == "close") {
    return ev.Native("close", [this](Evaluator&, CallArgs&) {
      frame_ = nullptr;
      next_ = items_.size();
      error_ = std::nullopt;
      return Value();
    });
  }
  return std::nullopt;
}

std::optional<Value> GeneratorObject::Next(Evaluator& ev) {
  if (running_) ev.Raise(ErrorKind::kValueError, "generator already executing");
  if (frame_ != nullptr) {
    const std::unique_ptr<Frame> frame = std::move(frame_);
    frame->yields = &items_;
    running_ = true;
    try {
      ev.interpreter().Run(*function_, frame.get());
    } catch (Raised& raised) {
      error_ = std::move(raised);
    } catch (...) {
      running_ = false;
      throw;
    }
    running_ = false;
  }
  if (next_ < items_.size()) return items_[next_++];
  if (!error_.has_value()) return std::nullopt;
  Raised raised = *std::move(error_);
  error_ = std::nullopt;
  throw raised;
}

}  // namespace graft::models::python
