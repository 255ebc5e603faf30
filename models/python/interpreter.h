// Walks the syntax tree: statements, expressions, calls of functions, bodies of classes.
//
//   Value result = evaluator.interpreter().CallFunction(*function, args);
//
// Threads, ownership: value.h. An Evaluator has one.
#ifndef GRAFT_MODELS_PYTHON_INTERPRETER_H_
#define GRAFT_MODELS_PYTHON_INTERPRETER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "models/python/ast.h"
#include "models/python/evaluator.h"
#include "models/python/frame.h"
#include "models/python/function_object.h"
#include "models/python/module_loader.h"
#include "models/python/objects.h"
#include "models/python/value.h"

namespace graft::models::python {

class Interpreter {
 public:
  explicit Interpreter(Evaluator& ev) : ev_(ev), loader_(ev, *this) {}
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  ModuleLoader& loader() { return loader_; }
  // What is being run; null: nothing of a source.
  Frame* top() const { return top_; }

  Value Evaluate(const Expr& expression, ModuleObject* module,
                 const std::shared_ptr<const SourceFile>& file);
  Value CallFunction(FunctionObject& function, CallArgs& args);
  // Binds the arguments by Python's rules; raises its TypeErrors.
  void BindArguments(const FunctionObject& function, CallArgs& args, Frame* frame);
  // Makes the frame, in which the arguments are bound, one of the function.
  void PrepareFrame(FunctionObject& function, Frame* frame);

  // A top-level statement, or one name of an import.
  void RunUnit(ModuleObject* module, const ModuleObject::Unit& unit);

  // The next element of a generator expression, whose frame and iterators (one for each clause that
  // is under way) are kept between calls.
  std::optional<Value> NextElement(const ComprehensionExpr& expression, Frame* frame,
                                   std::vector<IteratorObject*>* iterators);

  // super() without arguments: the class around the function that is run, and its first argument.
  struct Receiver {
    ClassObject* owner = nullptr;
    Value self;
  };
  Receiver CurrentReceiver();
  // locals().
  DictObject* Locals();

 private:
  friend class Evaluator;
  friend class ResumableBody;

  enum class Flow : uint8_t { kNormal, kBreak, kContinue, kReturn };

  // --- interpreter_expressions.cc
  Value Eval(Frame& f, const Expr& e);
  Value EvalConstant(const ConstantExpr& e);
  Value EvalCall(Frame& f, const CallExpr& e);
  void EvalArguments(Frame& f, const CallExpr& e, Value callee, CallArgs* args);
  void SpreadKeywords(Value mapping, Value callee, CallArgs* args);
  Value EvalBool(Frame& f, const BoolExpr& e);
  Value EvalCompare(Frame& f, const CompareExpr& e);
  Value EvalSubscript(Frame& f, const SubscriptExpr& e);
  Value EvalSlice(Frame& f, const SliceExpr& e);
  std::vector<Value> EvalElements(Frame& f, const std::vector<ExprPtr>& elements);
  Value EvalSet(Frame& f, const SetExpr& e);
  Value EvalDict(Frame& f, const DictExpr& e);
  Value EvalJoinedStr(Frame& f, const JoinedStrExpr& e);
  void FormatPart(Frame& f, const FormattedValueExpr& e, std::string* text);
  [[noreturn]] void RaiseYield(Frame& f, const YieldExpr& e);
  Value LoadName(Frame& f, const std::string& name, Binding binding);
  Value LoadGlobal(Frame& f, const std::string& name);
  void StoreName(Frame& f, const std::string& name, Binding binding, Value value);
  void DeleteName(Frame& f, const std::string& name, Binding binding);
  [[noreturn]] void RaiseUnbound(const std::string& name, bool free);

  // --- interpreter_comprehensions.cc
  Value EvalComprehension(Frame& f, const ComprehensionExpr& e);
  void PrepareComprehension(Frame& outer, const ComprehensionExpr& e, Frame* inner);

  // --- interpreter_statements.cc
  bool EvalTest(Frame& f, const IfStmt& branch);
  Flow Exec(Frame& f, const Body& body);
  Flow Exec(Frame& f, const Stmt& s);
  Flow ExecFor(Frame& f, const ForStmt& s);
  Flow ExecWhile(Frame& f, const WhileStmt& s);
  Flow ExecTry(Frame& f, const TryStmt& s);
  Flow ExecHandlers(Frame& f, const TryStmt& s);
  Flow ExecHandler(Frame& f, const ExceptHandler& handler, Raised& raised);
  bool Handles(Frame& f, const ExceptHandler& handler, const Raised& raised);
  Flow ExecWith(Frame& f, const WithStmt& s, size_t item);
  struct Entered {
    Value value;  // of __enter__
    Value exit;   // __exit__, bound
  };
  Entered EnterContext(Frame& f, const WithItem& with);
  // Calls __exit__; whether what was raised (null: nothing) is dropped.
  bool ExitContext(Frame& f, const WithItem& with, Value exit, const Raised* raised);
  [[noreturn]] void ExecRaise(Frame& f, const RaiseStmt& s);
  void ExecAssert(Frame& f, const AssertStmt& s);
  void ExecAugAssign(Frame& f, const AugAssignStmt& s);
  void ExecAnnAssign(Frame& f, const AnnAssignStmt& s);
  void ExecImport(Frame& f, const ImportStmt& s);
  void ImportName(Frame& f, const ImportAlias& alias, bool lenient);
  void ExecImportFrom(Frame& f, const ImportFromStmt& s);
  void ImportNameFrom(Frame& f, const ImportFromStmt& s, const ImportAlias& alias);
  void ImportLeniently(Frame& f, const std::string& bound, absl::FunctionRef<void()> import);
  void Assign(Frame& f, const Expr& target, Value value);
  void Unpack(Frame& f, const Expr& target, const std::vector<ExprPtr>& targets, Value value);
  void Delete(Frame& f, const Expr& target);
  Value AsException(Value value);

  // --- interpreter_match.cc
  // The block of the case that the subject matches, whose names are bound; null: there is none.
  const Body* SelectCase(Frame& f, const MatchStmt& s);
  struct Captured {
    const std::string* name = nullptr;
    Binding binding = {};
    Value value;
  };
  bool Matches(Frame& f, const Pattern& pattern, Value subject, std::vector<Captured>* captured);
  bool MatchesValue(Frame& f, const ValuePattern& pattern, Value subject);
  bool MatchesSequence(Frame& f, const SequencePattern& pattern, Value subject,
                       std::vector<Captured>* captured);
  bool MatchesMapping(Frame& f, const MappingPattern& pattern, Value subject,
                      std::vector<Captured>* captured);
  bool MatchesClass(Frame& f, const ClassPattern& pattern, Value subject,
                    std::vector<Captured>* captured);
  bool IsOfAbstract(Value subject, absl::string_view name);

  // --- interpreter_definitions.cc
  void DefineFunction(Frame& f, const FunctionDefStmt& s);
  void DefineClass(Frame& f, const ClassDefStmt& s);
  bool EvalMetaclass(Frame& f, const ClassDefStmt& s, Value* metaclass);
  std::vector<ClassObject*> EvalBases(Frame& f, const ClassDefStmt& s);
  // Without `metaclass`, which a **mapping may hold.
  std::vector<Keyword> EvalClassKeywords(Frame& f, const ClassDefStmt& s, Value* metaclass);
  void PrepareNamespace(Value metaclass, ClassObject* cls, const std::vector<Keyword>& keywords);
  void RunClassBody(Frame& f, const ClassDefStmt& s, ClassObject* cls);
  FunctionObject* MakeFunction(Frame& f, absl::string_view name, const Parameters& parameters,
                               const ScopeLayout& layout);
  Value MakeLambda(Frame& f, const LambdaExpr& e);
  Value Decorate(Frame& f, const std::vector<ExprPtr>& decorators, Value value,
                 absl::string_view what);
  void CaptureCells(Frame& f, const ScopeLayout& layout, absl::FunctionRef<void(CellObject*)> add);

  // One call within another, as long as it lives.
  class Depth {
   public:
    explicit Depth(Interpreter* interpreter);
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    int& depth_;
  };

  Evaluator& ev_;
  ModuleLoader loader_;
  Frame* top_ = nullptr;
  int depth_ = 0;
  const Raised* handling_ = nullptr;  // the exception of the innermost except clause
  absl::flat_hash_map<const ConstantExpr*, Value> constants_;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_INTERPRETER_H_
