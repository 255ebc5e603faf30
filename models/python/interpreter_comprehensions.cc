// Comprehensions and generator expressions: scopes of their own, whose elements come one by one.
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "models/python/evaluator.h"
#include "models/python/generator_object.h"
#include "models/python/interpreter.h"

namespace graft::models::python {
namespace {

class GeneratorExpression final : public GeneratorObject {
 public:
  explicit GeneratorExpression(const ComprehensionExpr& expression) : expression_(expression) {}

  std::optional<Value> Send(Evaluator& ev, Value) override {
    if (running_) ev.Raise(ErrorKind::kValueError, "generator already executing");
    if (ended_) return std::nullopt;
    running_ = true;
    ended_ = true;  // but for an item
    const absl::Cleanup done = [this] { running_ = false; };
    try {
      std::optional<Value> item = ev.interpreter().NextElement(expression_, &frame, &iterators);
      ended_ = !item.has_value();
      return item;
    } catch (const Raised& raised) {
      Leave(ev, raised);
    }
  }

  std::optional<Value> Throw(Evaluator& ev, Raised raised) override {
    if (running_) ev.Raise(ErrorKind::kValueError, "generator already executing");
    ended_ = true;
    throw Raised(std::move(raised));
  }

  Frame frame;
  std::vector<IteratorObject*> iterators;

 private:
  const ComprehensionExpr& expression_;
  bool running_ = false;
  bool ended_ = false;
};

}  // namespace

void Interpreter::PrepareComprehension(Frame& outer, const ComprehensionExpr& e, Frame* inner) {
  inner->file = outer.file;
  inner->module = outer.module;
  inner->function = outer.function;
  inner->owner = outer.owner;
  inner->layout = &e.layout;
  inner->comprehension = true;
  inner->at = &e.range;
  inner->slots.assign(e.layout.slots.size(), CellObject::Unbound());
  for (size_t i = 0; i < e.layout.own_cells; ++i) {
    inner->cells.push_back(ev_.heap_.New<CellObject>(ev_));
  }
  for (const int32_t cell : e.layout.captured) inner->cells.push_back(outer.cells[cell]);
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
std::optional<Value> Interpreter::NextElement(const ComprehensionExpr& e, Frame* frame,
                                              std::vector<IteratorObject*>* iterators) {
  const FrameScope scope(&top_, frame);
  Frame& f = *frame;
  while (!iterators->empty()) {
    const ComprehensionFor& clause = e.clauses[iterators->size() - 1];
    f.at = &clause.iterable->range;
    const std::optional<Value> item = iterators->back()->Next(ev_);
    if (!item.has_value()) {
      iterators->pop_back();
      continue;
    }
    ev_.Step();
    f.at = &clause.target->range;
    Assign(f, *clause.target, *item);
    bool wanted = true;
    for (const ExprPtr& condition : clause.conditions) {
      const Value test = Eval(f, *condition);
      f.at = &condition->range;
      wanted = ev_.Truth(test);
      if (!wanted) break;
    }
    if (!wanted) continue;
    if (iterators->size() == e.clauses.size()) return Eval(f, *e.element);
    const Expr& inner = *e.clauses[iterators->size()].iterable;
    const Value iterable = Eval(f, inner);
    f.at = &inner.range;
    iterators->push_back(ev_.Iter(iterable));
  }
  return std::nullopt;
}

// NOLINTNEXTLINE(misc-no-recursion): see Eval.
Value Interpreter::EvalComprehension(Frame& f, const ComprehensionExpr& e) {
  for (const ComprehensionFor& clause : e.clauses) {
    f.at = &e.range;
    if (clause.is_async) ev_.RaiseNotSupported("an async comprehension");
  }
  const Value iterable = Eval(f, *e.clauses[0].iterable);
  f.at = &e.clauses[0].iterable->range;
  IteratorObject* first = ev_.Iter(iterable);
  f.at = &e.range;
  if (e.type == ComprehensionExpr::Type::kGenerator) {
    auto* generator = ev_.heap_.New<GeneratorExpression>(ev_, e);
    PrepareComprehension(f, e, &generator->frame);
    generator->iterators.push_back(first);
    return generator;
  }
  Frame inner;
  PrepareComprehension(f, e, &inner);
  std::vector<IteratorObject*> iterators = {first};
  if (e.type == ComprehensionExpr::Type::kList) {
    ListObject* list = ev_.List({});
    while (const std::optional<Value> item = NextElement(e, &inner, &iterators)) {
      list->Append(ev_, *item);
    }
    return list;
  }
  DictObject* dict = ev_.Dict();
  while (const std::optional<Value> key = NextElement(e, &inner, &iterators)) {
    Value value;
    if (e.value != nullptr) {
      const FrameScope scope(&top_, &inner);
      value = Eval(inner, *e.value);
    }
    dict->Set(ev_, *key, value);
  }
  if (e.type == ComprehensionExpr::Type::kDict) return dict;
  return ev_.heap_.New<SetObject>(ev_, ev_.classes_.set, dict);
}

}  // namespace graft::models::python
