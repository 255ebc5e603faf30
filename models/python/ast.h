// The syntax tree of a Python source: what the parser makes and the evaluator walks.
//
// Names and meanings are those of Python's own `ast` module (docs.python.org/3/library/ast.html,
// grammar 3.12), so far as the subset goes. A node knows its place in the source.
//
// The parser's last act is ResolveScopes (scopes.h): each name knows where its variable lives.
//
// Threads: immutable once parsed; any thread.
// Ownership: a ParsedModule owns its tree; nodes point at no text but their own.
#ifndef GRAFT_MODELS_PYTHON_AST_H_
#define GRAFT_MODELS_PYTHON_AST_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/python/source_file.h"

namespace graft::models::python {

struct Expr;
struct Stmt;
using ExprPtr = std::unique_ptr<Expr>;
using StmtPtr = std::unique_ptr<Stmt>;
using Body = std::vector<StmtPtr>;

// Where the variable of a name lives; set by ResolveScopes.
struct Binding {
  enum class Where : uint8_t {
    kGlobal,          // among the module's names, else the built-in ones
    kSlot,            // a variable of the function being run
    kCell,            // the same, shared with functions within or around it
    kClass,           // in the body of a class: its attributes, else as kGlobal
    kClassCell,       // in the body of a class: its attributes, else as kCell
    kEnclosingClass,  // __class__ within a method
  };
  Where where = Where::kGlobal;
  int32_t index = 0;  // of the slot or cell
};

// The variables of a function, lambda, comprehension or class body; set by ResolveScopes.
struct ScopeLayout {
  // Names, for errors and locals(). Parameters come first: positional, keyword-only, *, **.
  std::vector<std::string> slots;
  std::vector<std::string> cells;  // its own, then those captured
  size_t own_cells = 0;
  std::vector<int32_t> captured;  // for each captured cell: which one of the scope around
  // Parameters that functions within use: moved from their slot to a cell on entry.
  struct SharedParameter {
    int32_t slot = 0;
    int32_t cell = 0;
  };
  std::vector<SharedParameter> shared_parameters;
};

enum class UnaryOp : uint8_t { kNot, kNegative, kPositive, kInvert };
enum class BinaryOp : uint8_t {
  kAdd,
  kSub,
  kMul,
  kMatMul,
  kDiv,
  kFloorDiv,
  kMod,
  kPow,
  kLeftShift,
  kRightShift,
  kBitAnd,
  kBitOr,
  kBitXor,
};
enum class CompareOp : uint8_t {
  kEq,
  kNotEq,
  kLess,
  kLessEq,
  kGreater,
  kGreaterEq,
  kIs,
  kIsNot,
  kIn,
  kNotIn,
};

enum class ExprKind : uint8_t {
  kConstant,
  kName,
  kAttribute,
  kSubscript,
  kSlice,
  kCall,
  kUnary,
  kBinary,
  kBool,
  kCompare,
  kConditional,
  kLambda,
  kList,
  kTuple,
  kSet,
  kDict,
  kComprehension,
  kJoinedStr,
  kFormattedValue,
  kStarred,
  kNamed,
  kYield,
  kYieldFrom,
  kAwait,
};

struct Expr {
  explicit Expr(ExprKind k) : kind(k) {}
  virtual ~Expr() = default;
  const ExprKind kind;
  // Expressions on the longest way down from here, this one counted. Trees are bounded in depth
  // (kMaxTreeDepth in parser.h), so that they may be walked and destroyed recursively.
  uint16_t height = 1;
  SourceRange range;  // as in Python's ast: parentheses around an expression are not part of it
};

struct ConstantExpr final : Expr {
  enum class Type : uint8_t {
    kNone,
    kTrue,
    kFalse,
    kEllipsis,
    kInt,
    kBigInt,  // beyond 64 bits: refused where it is reached
    kFloat,
    kImaginary,
    kStr,
    kBytes
  };
  ConstantExpr() : Expr(ExprKind::kConstant) {}
  Type type = Type::kNone;
  int64_t int_value = 0;
  double float_value = 0;  // also of kImaginary
  // kStr (UTF-8, escapes resolved but for \N{...}, adjacent literals joined), kBytes; of kBigInt
  // the literal as written.
  std::string text;
};

struct NameExpr final : Expr {
  NameExpr() : Expr(ExprKind::kName) {}
  std::string name;
  Binding binding;
};

struct AttributeExpr final : Expr {
  AttributeExpr() : Expr(ExprKind::kAttribute) {}
  ExprPtr object;
  std::string name;
  SourceRange name_range;
};

// x[index]; several indices are a TupleExpr.
struct SubscriptExpr final : Expr {
  SubscriptExpr() : Expr(ExprKind::kSubscript) {}
  ExprPtr object;
  ExprPtr index;
};

// lower:upper:step within a subscript; absent parts are null.
struct SliceExpr final : Expr {
  SliceExpr() : Expr(ExprKind::kSlice) {}
  ExprPtr lower, upper, step;
};

struct KeywordArg {
  std::string name;  // "": **value
  ExprPtr value;
  SourceRange range;
};

struct CallExpr final : Expr {
  CallExpr() : Expr(ExprKind::kCall) {}
  ExprPtr callee;
  std::vector<ExprPtr> args;  // StarredExpr for *args
  std::vector<KeywordArg> keywords;
};

struct UnaryExpr final : Expr {
  UnaryExpr() : Expr(ExprKind::kUnary) {}
  UnaryOp op = UnaryOp::kNot;
  ExprPtr operand;
};

struct BinaryExpr final : Expr {
  BinaryExpr() : Expr(ExprKind::kBinary) {}
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr left, right;
};

// and, or: two values or more.
struct BoolExpr final : Expr {
  BoolExpr() : Expr(ExprKind::kBool) {}
  bool is_and = true;
  std::vector<ExprPtr> values;
};

// a < b <= c: one operator fewer than operands.
struct CompareExpr final : Expr {
  CompareExpr() : Expr(ExprKind::kCompare) {}
  std::vector<ExprPtr> operands;
  std::vector<CompareOp> ops;
};

struct ConditionalExpr final : Expr {
  ConditionalExpr() : Expr(ExprKind::kConditional) {}
  ExprPtr test, then, otherwise;
};

// def f(a, b=1, /, c, *args, d, e=2, **kwargs)
struct Parameter {
  std::string name;
  ExprPtr annotation;     // null: none
  ExprPtr default_value;  // null: none
  SourceRange range;
};
struct Parameters {
  std::vector<Parameter> positional;  // positional-only ones first
  size_t positional_only = 0;         // how many of them
  std::unique_ptr<Parameter> var_args;
  std::vector<Parameter> keyword_only;
  std::unique_ptr<Parameter> var_kwargs;
};

struct LambdaExpr final : Expr {
  LambdaExpr() : Expr(ExprKind::kLambda) {}
  Parameters parameters;
  ExprPtr body;
  ScopeLayout layout;
};

struct ListExpr final : Expr {
  ListExpr() : Expr(ExprKind::kList) {}
  std::vector<ExprPtr> elements;
};
struct TupleExpr final : Expr {
  TupleExpr() : Expr(ExprKind::kTuple) {}
  std::vector<ExprPtr> elements;
};
struct SetExpr final : Expr {
  SetExpr() : Expr(ExprKind::kSet) {}
  std::vector<ExprPtr> elements;
};
struct DictExpr final : Expr {
  DictExpr() : Expr(ExprKind::kDict) {}
  std::vector<std::pair<ExprPtr, ExprPtr>> items;  // a null key: **value
};

struct ComprehensionFor {
  ExprPtr target;
  ExprPtr iterable;
  std::vector<ExprPtr> conditions;
  bool is_async = false;
};
struct ComprehensionExpr final : Expr {
  enum class Type : uint8_t { kList, kSet, kDict, kGenerator };
  ComprehensionExpr() : Expr(ExprKind::kComprehension) {}
  Type type = Type::kList;
  ExprPtr element;  // of kDict: the key
  ExprPtr value;    // of kDict only
  std::vector<ComprehensionFor> clauses;
  ScopeLayout layout;
};

// f"...": constants (kStr) and FormattedValueExpr by turns.
struct JoinedStrExpr final : Expr {
  JoinedStrExpr() : Expr(ExprKind::kJoinedStr) {}
  std::vector<ExprPtr> parts;
};
struct FormattedValueExpr final : Expr {
  FormattedValueExpr() : Expr(ExprKind::kFormattedValue) {}
  ExprPtr value;
  char conversion = 0;  // 's', 'r', 'a' or 0
  ExprPtr format_spec;  // a JoinedStrExpr, or null
};

struct StarredExpr final : Expr {
  StarredExpr() : Expr(ExprKind::kStarred) {}
  ExprPtr value;
};

// (name := value)
struct NamedExpr final : Expr {
  NamedExpr() : Expr(ExprKind::kNamed) {}
  std::string name;
  Binding binding;
  ExprPtr value;
};

// yield value (null: none), yield from value, await value.
struct YieldExpr final : Expr {
  explicit YieldExpr(ExprKind k) : Expr(k) {}
  ExprPtr value;
};

enum class StmtKind : uint8_t {
  kExpr,
  kAssign,
  kAugAssign,
  kAnnAssign,
  kReturn,
  kIf,
  kFor,
  kWhile,
  kFunctionDef,
  kClassDef,
  kImport,
  kImportFrom,
  kRaise,
  kTry,
  kWith,
  kAssert,
  kPass,
  kBreak,
  kContinue,
  kGlobal,
  kNonlocal,
  kDelete,
  kMatch,
};

struct Stmt {
  explicit Stmt(StmtKind k) : kind(k) {}
  virtual ~Stmt() = default;
  const StmtKind kind;
  bool yields = false;  // a `yield` of the function around is within
  SourceRange range;    // of a compound statement: its header, up to the colon
};

struct ExprStmt final : Stmt {
  ExprStmt() : Stmt(StmtKind::kExpr) {}
  ExprPtr value;
};
// a = b = value; targets are names, attributes, subscripts, tuples and lists of them (starred too).
struct AssignStmt final : Stmt {
  AssignStmt() : Stmt(StmtKind::kAssign) {}
  std::vector<ExprPtr> targets;
  ExprPtr value;
};
struct AugAssignStmt final : Stmt {
  AugAssignStmt() : Stmt(StmtKind::kAugAssign) {}
  ExprPtr target;
  BinaryOp op = BinaryOp::kAdd;
  ExprPtr value;
};
struct AnnAssignStmt final : Stmt {
  AnnAssignStmt() : Stmt(StmtKind::kAnnAssign) {}
  ExprPtr target;
  ExprPtr annotation;
  ExprPtr value;  // null: a declaration only
};
struct ReturnStmt final : Stmt {
  ReturnStmt() : Stmt(StmtKind::kReturn) {}
  ExprPtr value;  // null: None
};
// elif is an If alone in `otherwise`.
struct IfStmt final : Stmt {
  IfStmt() : Stmt(StmtKind::kIf) {}
  ExprPtr test;
  Body then;
  Body otherwise;
};
struct ForStmt final : Stmt {
  ForStmt() : Stmt(StmtKind::kFor) {}
  ExprPtr target;
  ExprPtr iterable;
  Body body;
  Body otherwise;
  bool is_async = false;
};
struct WhileStmt final : Stmt {
  WhileStmt() : Stmt(StmtKind::kWhile) {}
  ExprPtr test;
  Body body;
  Body otherwise;
};
struct FunctionDefStmt final : Stmt {
  FunctionDefStmt() : Stmt(StmtKind::kFunctionDef) {}
  std::string name;
  std::vector<ExprPtr> decorators;
  Parameters parameters;
  ExprPtr returns;  // null: none
  Body body;
  bool is_async = false;
  bool is_generator = false;  // its own body has yield
  Binding binding;            // of its name
  ScopeLayout layout;
};
struct ClassDefStmt final : Stmt {
  ClassDefStmt() : Stmt(StmtKind::kClassDef) {}
  std::string name;
  std::vector<ExprPtr> decorators;
  std::vector<ExprPtr> bases;
  std::vector<KeywordArg> keywords;  // metaclass=...
  Body body;
  Binding binding;  // of its name
  ScopeLayout layout;
};
struct ImportAlias {
  std::string name;      // "torch.nn", or "*" in ImportFrom
  std::string as_name;   // "": none
  Binding binding = {};  // of the name that it binds
};
struct ImportStmt final : Stmt {
  ImportStmt() : Stmt(StmtKind::kImport) {}
  std::vector<ImportAlias> names;
};
struct ImportFromStmt final : Stmt {
  ImportFromStmt() : Stmt(StmtKind::kImportFrom) {}
  int level = 0;       // leading dots
  std::string module;  // may be "" when level > 0
  std::vector<ImportAlias> names;
};
struct RaiseStmt final : Stmt {
  RaiseStmt() : Stmt(StmtKind::kRaise) {}
  ExprPtr exception;  // null: again
  ExprPtr cause;      // null: none
};
struct ExceptHandler {
  ExprPtr type;      // null: every exception
  std::string name;  // "": none
  Binding binding;   // of the name
  Body body;
  SourceRange range;
};
struct TryStmt final : Stmt {
  TryStmt() : Stmt(StmtKind::kTry) {}
  Body body;
  std::vector<ExceptHandler> handlers;
  Body otherwise;
  Body finally;
  bool is_star = false;  // except*: all handlers, or none
};
struct WithItem {
  ExprPtr context;
  ExprPtr target;  // null: none
};
struct WithStmt final : Stmt {
  WithStmt() : Stmt(StmtKind::kWith) {}
  std::vector<WithItem> items;
  Body body;
  bool is_async = false;
};
struct AssertStmt final : Stmt {
  AssertStmt() : Stmt(StmtKind::kAssert) {}
  ExprPtr test;
  ExprPtr message;  // null: none
};
// pass, break, continue.
struct SimpleStmt final : Stmt {
  explicit SimpleStmt(StmtKind k) : Stmt(k) {}
};
// global, nonlocal.
struct ScopeStmt final : Stmt {
  explicit ScopeStmt(StmtKind k) : Stmt(k) {}
  std::vector<std::string> names;
};
struct DeleteStmt final : Stmt {
  DeleteStmt() : Stmt(StmtKind::kDelete) {}
  std::vector<ExprPtr> targets;
};

enum class PatternKind : uint8_t { kValue, kCapture, kSequence, kStar, kMapping, kClass, kOr };

// What a case of a match statement is to look like. Nesting alone makes patterns deep
// (kMaxNesting in parser.h).
struct Pattern {
  explicit Pattern(PatternKind k) : kind(k) {}
  virtual ~Pattern() = default;
  const PatternKind kind;
  SourceRange range;
};
using PatternPtr = std::unique_ptr<Pattern>;

// A literal or a dotted name. None, True and False are compared by identity, others with ==.
struct ValuePattern final : Pattern {
  ValuePattern() : Pattern(PatternKind::kValue) {}
  ExprPtr value;
};
// name, _, or `pattern as name`.
struct CapturePattern final : Pattern {
  CapturePattern() : Pattern(PatternKind::kCapture) {}
  PatternPtr pattern;  // null: anything
  std::string name;    // "": _
  Binding binding = {};
};
struct SequencePattern final : Pattern {
  SequencePattern() : Pattern(PatternKind::kSequence) {}
  std::vector<PatternPtr> elements;  // one of them may be a StarPattern
};
// *name, *_
struct StarPattern final : Pattern {
  StarPattern() : Pattern(PatternKind::kStar) {}
  std::string name;  // "": _
  Binding binding = {};
};
struct MappingPattern final : Pattern {
  MappingPattern() : Pattern(PatternKind::kMapping) {}
  std::vector<ExprPtr> keys;
  std::vector<PatternPtr> values;  // of each key
  std::string rest;                // "": there is no **rest
  Binding rest_binding = {};
};
struct ClassPattern final : Pattern {
  ClassPattern() : Pattern(PatternKind::kClass) {}
  ExprPtr cls;
  std::vector<PatternPtr> positional;
  std::vector<std::pair<std::string, PatternPtr>> keywords;
};
struct OrPattern final : Pattern {
  OrPattern() : Pattern(PatternKind::kOr) {}
  std::vector<PatternPtr> alternatives;  // all of them bind the same names
};

struct MatchCase {
  PatternPtr pattern;
  ExprPtr guard;  // null: none
  Body body;
  SourceRange range;
};
struct MatchStmt final : Stmt {
  MatchStmt() : Stmt(StmtKind::kMatch) {}
  ExprPtr subject;
  std::vector<MatchCase> cases;
};

// A whole file.
struct ParsedModule {
  std::shared_ptr<const SourceFile> source;
  Body body;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_AST_H_
