#include "tests/models/python/ast_dump.h"

#include <array>

#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace graft::models::python {
namespace {

constexpr std::array<absl::string_view, 4> kUnary = {"not", "-", "+", "~"};
constexpr std::array<absl::string_view, 13> kBinary = {"+",  "-",  "*",  "@", "/", "//", "%",
                                                       "**", "<<", ">>", "&", "|", "^"};
constexpr std::array<absl::string_view, 10> kCompare = {"==", "!=", "<",      "<=", ">",
                                                        ">=", "is", "is not", "in", "not in"};

template <typename Names, typename Op>
absl::string_view Named(const Names& names, Op op) {
  return names[static_cast<size_t>(op)];
}

std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
      out.push_back(c);
    } else {
      absl::StrAppend(&out, "\\x", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad2));
    }
  }
  out.push_back('"');
  return out;
}

// Writes into one string: the tree may be deep, so each step of the way down takes little stack.
// What is not on the way stays out of the steps' frames.
class Dump {
 public:
  void AddBody(const Body& body, int indent) {
    for (const StmtPtr& statement : body) AddStatement(*statement, indent);
  }
  void AddExpr(const Expr* expr);
  std::string out;

 private:
  void Text(absl::string_view text) { out.append(text.data(), text.size()); }
  ABSL_ATTRIBUTE_NOINLINE void Begin(const SourceRange& range) {
    absl::StrAppend(&out, "@", range.line, ":", range.column);
  }
  ABSL_ATTRIBUTE_NOINLINE void Place(const SourceRange& range) {
    Begin(range);
    Text("-");
    if (range.end_line != range.line) absl::StrAppend(&out, range.end_line, ":");
    absl::StrAppend(&out, range.end_column);
  }
  void Open(absl::string_view kind, const Expr& expr) {
    Text(kind);
    Place(expr.range);
    Text("(");
  }
  void Optional(const ExprPtr& expr) { AddExpr(expr.get()); }
  void List(const std::vector<ExprPtr>& exprs);
  void Keywords(const std::vector<KeywordArg>& keywords);
  void OneParameter(const Parameter& parameter);
  void AddParameters(const Parameters& parameters);
  ABSL_ATTRIBUTE_NOINLINE void Constant(const ConstantExpr& constant);
  ABSL_ATTRIBUTE_NOINLINE void Comprehension(const ComprehensionExpr& comprehension);
  void FormatParts(const Expr& joined);
  ABSL_ATTRIBUTE_NOINLINE void Formatted(const FormattedValueExpr& field);
  void Composite(const Expr& expr);

  void Aliases(const std::vector<ImportAlias>& names);
  void AddStatement(const Stmt& statement, int indent);
  ABSL_ATTRIBUTE_NOINLINE void AddSimple(const Stmt& statement);
  ABSL_ATTRIBUTE_NOINLINE void AddIf(const IfStmt& first, int indent);
  void AddCompound(const Stmt& statement, int indent);
  void Nested(absl::string_view name, const Body& body, int indent) {
    if (body.empty()) return;
    out.append(2 * indent, ' ');
    absl::StrAppend(&out, name, ":\n");
    AddBody(body, indent + 1);
  }
};

void Dump::List(const std::vector<ExprPtr>& exprs) {
  Text("[");
  for (const ExprPtr& expr : exprs) {
    if (&expr != &exprs.front()) Text(", ");
    AddExpr(expr.get());
  }
  Text("]");
}

void Dump::Keywords(const std::vector<KeywordArg>& keywords) {
  Text("[");
  for (const KeywordArg& keyword : keywords) {
    if (&keyword != &keywords.front()) Text(", ");
    Text(keyword.name.empty() ? "**" : keyword.name);
    Place(keyword.range);
    Text("=");
    Optional(keyword.value);
  }
  Text("]");
}

void Dump::OneParameter(const Parameter& parameter) {
  Text(parameter.name);
  Place(parameter.range);
  Text("(");
  Optional(parameter.annotation);
  Text(", ");
  Optional(parameter.default_value);
  Text(")");
}

void Dump::AddParameters(const Parameters& parameters) {
  Text("[");
  absl::string_view comma;
  const auto next = [&](absl::string_view text) {
    Text(comma);
    Text(text);
    comma = ", ";
  };
  for (size_t i = 0; i < parameters.positional.size(); ++i) {
    next("");
    OneParameter(parameters.positional[i]);
    if (i + 1 == parameters.positional_only) next("/");
  }
  if (parameters.var_args) {
    next("*");
    OneParameter(*parameters.var_args);
  } else if (!parameters.keyword_only.empty()) {
    next("*");
  }
  for (const Parameter& parameter : parameters.keyword_only) {
    next("");
    OneParameter(parameter);
  }
  if (parameters.var_kwargs) {
    next("**");
    OneParameter(*parameters.var_kwargs);
  }
  Text("]");
}

void Dump::Constant(const ConstantExpr& constant) {
  using Type = ConstantExpr::Type;
  switch (constant.type) {
    case Type::kNone:
      Text("None");
      return Place(constant.range);
    case Type::kTrue:
      Text("True");
      return Place(constant.range);
    case Type::kFalse:
      Text("False");
      return Place(constant.range);
    case Type::kEllipsis:
      Text("Ellipsis");
      return Place(constant.range);
    case Type::kInt:
      Open("Int", constant);
      absl::StrAppend(&out, constant.int_value);
      break;
    case Type::kBigInt:
      Text("BigInt");
      return Place(constant.range);
    case Type::kFloat:
    case Type::kImaginary:
      Open(constant.type == Type::kFloat ? "Float" : "Imaginary", constant);
      absl::StrAppendFormat(&out, "%.17g", constant.float_value);
      break;
    case Type::kStr:
    case Type::kBytes:
      Open(constant.type == Type::kStr ? "Str" : "Bytes", constant);
      Text(Quoted(constant.text));
      break;
  }
  Text(")");
}

void Dump::Comprehension(const ComprehensionExpr& comprehension) {
  constexpr std::array<absl::string_view, 4> kKinds = {"ListComp", "SetComp", "DictComp",
                                                       "Generator"};
  Open(Named(kKinds, comprehension.type), comprehension);
  Optional(comprehension.element);
  if (comprehension.value) {
    Text(": ");
    Optional(comprehension.value);
  }
  for (const ComprehensionFor& clause : comprehension.clauses) {
    Text(clause.is_async ? " async for " : " for ");
    Optional(clause.target);
    Text(" in ");
    Optional(clause.iterable);
    for (const ExprPtr& condition : clause.conditions) {
      Text(" if ");
      Optional(condition);
    }
  }
  Text(")");
}

void Dump::FormatParts(const Expr& joined) {
  Text("[");
  absl::string_view comma;
  for (const ExprPtr& part : static_cast<const JoinedStrExpr&>(joined).parts) {
    Text(comma);
    comma = ", ";
    if (part->kind == ExprKind::kConstant) {
      absl::StrAppend(&out, "Str(", Quoted(static_cast<const ConstantExpr&>(*part).text), ")");
    } else {
      AddExpr(part.get());
    }
  }
  Text("]");
}

void Dump::Formatted(const FormattedValueExpr& field) {
  Text("Formatted(");
  Optional(field.value);
  if (field.conversion != 0) absl::StrAppend(&out, "!", std::string(1, field.conversion));
  if (field.format_spec) {
    Text(":");
    FormatParts(*field.format_spec);
  }
  Text(")");
}

void Dump::AddExpr(const Expr* expr) {
  if (expr == nullptr) return Text("-");
  switch (expr->kind) {
    case ExprKind::kConstant:
      return Constant(static_cast<const ConstantExpr&>(*expr));
    case ExprKind::kComprehension:
      return Comprehension(static_cast<const ComprehensionExpr&>(*expr));
    case ExprKind::kFormattedValue:
      return Formatted(static_cast<const FormattedValueExpr&>(*expr));
    default:
      Composite(*expr);
      Text(")");
  }
}

void Dump::Composite(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kConstant:
    case ExprKind::kComprehension:
    case ExprKind::kFormattedValue:
      return;
    case ExprKind::kName:
      Open("Name", expr);
      return Text(static_cast<const NameExpr&>(expr).name);
    case ExprKind::kAttribute:
      Open("Attribute", expr);
      Optional(static_cast<const AttributeExpr&>(expr).object);
      Text(", ");
      return Text(static_cast<const AttributeExpr&>(expr).name);
    case ExprKind::kSubscript:
      Open("Subscript", expr);
      Optional(static_cast<const SubscriptExpr&>(expr).object);
      Text(", ");
      return Optional(static_cast<const SubscriptExpr&>(expr).index);
    case ExprKind::kSlice:
      Open("Slice", expr);
      Optional(static_cast<const SliceExpr&>(expr).lower);
      Text(", ");
      Optional(static_cast<const SliceExpr&>(expr).upper);
      Text(", ");
      return Optional(static_cast<const SliceExpr&>(expr).step);
    case ExprKind::kCall:
      Open("Call", expr);
      Optional(static_cast<const CallExpr&>(expr).callee);
      Text(", ");
      List(static_cast<const CallExpr&>(expr).args);
      Text(", ");
      return Keywords(static_cast<const CallExpr&>(expr).keywords);
    case ExprKind::kUnary:
      Open("Unary", expr);
      Text(Named(kUnary, static_cast<const UnaryExpr&>(expr).op));
      Text(", ");
      return Optional(static_cast<const UnaryExpr&>(expr).operand);
    case ExprKind::kBinary:
      Open("Binary", expr);
      Text(Named(kBinary, static_cast<const BinaryExpr&>(expr).op));
      Text(", ");
      Optional(static_cast<const BinaryExpr&>(expr).left);
      Text(", ");
      return Optional(static_cast<const BinaryExpr&>(expr).right);
    case ExprKind::kBool:
      Open("Bool", expr);
      Text(static_cast<const BoolExpr&>(expr).is_and ? "and, " : "or, ");
      return List(static_cast<const BoolExpr&>(expr).values);
    case ExprKind::kCompare:
      Open("Compare", expr);
      Text("[");
      for (size_t i = 0; i < static_cast<const CompareExpr&>(expr).ops.size(); ++i) {
        if (i > 0) Text(", ");
        Text(Named(kCompare, static_cast<const CompareExpr&>(expr).ops[i]));
      }
      Text("], ");
      return List(static_cast<const CompareExpr&>(expr).operands);
    case ExprKind::kConditional:
      Open("Conditional", expr);
      Optional(static_cast<const ConditionalExpr&>(expr).test);
      Text(", ");
      Optional(static_cast<const ConditionalExpr&>(expr).then);
      Text(", ");
      return Optional(static_cast<const ConditionalExpr&>(expr).otherwise);
    case ExprKind::kLambda:
      Open("Lambda", expr);
      AddParameters(static_cast<const LambdaExpr&>(expr).parameters);
      Text(", ");
      return Optional(static_cast<const LambdaExpr&>(expr).body);
    case ExprKind::kList:
      Open("List", expr);
      return List(static_cast<const ListExpr&>(expr).elements);
    case ExprKind::kTuple:
      Open("Tuple", expr);
      return List(static_cast<const TupleExpr&>(expr).elements);
    case ExprKind::kSet:
      Open("Set", expr);
      return List(static_cast<const SetExpr&>(expr).elements);
    case ExprKind::kDict: {
      Open("Dict", expr);
      absl::string_view before = "[";
      for (const auto& [key, value] : static_cast<const DictExpr&>(expr).items) {
        Text(before);
        before = ", ";
        key ? AddExpr(key.get()) : Text("**");
        Text(": ");
        Optional(value);
      }
      return Text(before == "[" ? "[]" : "]");
    }
    case ExprKind::kJoinedStr:
      Open("JoinedStr", expr);
      return FormatParts(expr);
    case ExprKind::kStarred:
      Open("Starred", expr);
      return Optional(static_cast<const StarredExpr&>(expr).value);
    case ExprKind::kNamed:
      Open("Named", expr);
      Text(static_cast<const NamedExpr&>(expr).name);
      Text(", ");
      return Optional(static_cast<const NamedExpr&>(expr).value);
    case ExprKind::kYield:
    case ExprKind::kYieldFrom:
    case ExprKind::kAwait:
      Open(expr.kind == ExprKind::kYield       ? "Yield"
           : expr.kind == ExprKind::kYieldFrom ? "YieldFrom"
                                               : "Await",
           expr);
      return Optional(static_cast<const YieldExpr&>(expr).value);
  }
}

void Dump::Aliases(const std::vector<ImportAlias>& names) {
  absl::StrAppend(&out, absl::StrJoin(names, ", ", [](std::string* to, const ImportAlias& alias) {
    absl::StrAppend(to, alias.name);
    if (!alias.as_name.empty()) absl::StrAppend(to, " as ", alias.as_name);
  }));
}

void Dump::AddStatement(const Stmt& statement, int indent) {
  out.append(2 * indent, ' ');
  switch (statement.kind) {
    case StmtKind::kIf:
    case StmtKind::kFor:
    case StmtKind::kWhile:
    case StmtKind::kFunctionDef:
    case StmtKind::kClassDef:
    case StmtKind::kTry:
    case StmtKind::kWith:
    case StmtKind::kMatch:
      return AddCompound(statement, indent);
    default:
      AddSimple(statement);
      Text("\n");
  }
}

void Dump::AddSimple(const Stmt& statement) {
  const auto open = [&](absl::string_view kind) {
    Text(kind);
    Place(statement.range);
  };
  const auto part = [&](const ExprPtr& expr) {
    Text(" ");
    Optional(expr);
  };
  switch (statement.kind) {
    case StmtKind::kExpr:
      open("Expr");
      return part(static_cast<const ExprStmt&>(statement).value);
    case StmtKind::kAssign:
      open("Assign");
      Text(" ");
      List(static_cast<const AssignStmt&>(statement).targets);
      return part(static_cast<const AssignStmt&>(statement).value);
    case StmtKind::kAugAssign: {
      const auto& assign = static_cast<const AugAssignStmt&>(statement);
      open("AugAssign");
      absl::StrAppend(&out, " ", Named(kBinary, assign.op));
      part(assign.target);
      return part(assign.value);
    }
    case StmtKind::kAnnAssign: {
      const auto& assign = static_cast<const AnnAssignStmt&>(statement);
      open("AnnAssign");
      part(assign.target);
      part(assign.annotation);
      return part(assign.value);
    }
    case StmtKind::kReturn:
      open("Return");
      return part(static_cast<const ReturnStmt&>(statement).value);
    case StmtKind::kImport:
      open("Import");
      Text(" ");
      return Aliases(static_cast<const ImportStmt&>(statement).names);
    case StmtKind::kImportFrom: {
      const auto& import = static_cast<const ImportFromStmt&>(statement);
      open("ImportFrom");
      absl::StrAppend(&out, " ", std::string(import.level, '.'), import.module, ": ");
      return Aliases(import.names);
    }
    case StmtKind::kRaise:
      open("Raise");
      part(static_cast<const RaiseStmt&>(statement).exception);
      return part(static_cast<const RaiseStmt&>(statement).cause);
    case StmtKind::kAssert:
      open("Assert");
      part(static_cast<const AssertStmt&>(statement).test);
      return part(static_cast<const AssertStmt&>(statement).message);
    case StmtKind::kPass:
      return open("Pass");
    case StmtKind::kBreak:
      return open("Break");
    case StmtKind::kContinue:
      return open("Continue");
    case StmtKind::kGlobal:
    case StmtKind::kNonlocal:
      open(statement.kind == StmtKind::kGlobal ? "Global" : "Nonlocal");
      absl::StrAppend(&out, " ",
                      absl::StrJoin(static_cast<const ScopeStmt&>(statement).names, ", "));
      return;
    case StmtKind::kDelete:
      open("Delete");
      Text(" ");
      return List(static_cast<const DeleteStmt&>(statement).targets);
    default:
      return;
  }
}

// Chains of `elif` are walked in a loop: they may be longer than the stack is deep.
void Dump::AddIf(const IfStmt& first, int indent) {
  const IfStmt* branch = &first;
  for (;;) {
    Text("If");
    Begin(branch->range);
    Text(" ");
    Optional(branch->test);
    Text("\n");
    AddBody(branch->then, indent + 1);
    const Body& otherwise = branch->otherwise;
    if (otherwise.size() != 1 || otherwise[0]->kind != StmtKind::kIf) {
      return Nested("Else", otherwise, indent);
    }
    out.append(2 * indent, ' ');
    Text("Else:\n");
    out.append(2 * ++indent, ' ');
    branch = static_cast<const IfStmt*>(otherwise[0].get());
  }
}

void Dump::AddCompound(const Stmt& statement, int indent) {
  const auto open = [&](absl::string_view kind, bool is_async = false) {
    if (is_async) Text("Async");
    Text(kind);
    Begin(statement.range);
  };
  const auto part = [&](const ExprPtr& expr) {
    Text(" ");
    Optional(expr);
  };
  const auto block = [&](const Body& body) {
    Text("\n");
    AddBody(body, indent + 1);
  };
  switch (statement.kind) {
    case StmtKind::kIf:
      return AddIf(static_cast<const IfStmt&>(statement), indent);
    case StmtKind::kFor: {
      const auto& loop = static_cast<const ForStmt&>(statement);
      open("For", loop.is_async);
      part(loop.target);
      part(loop.iterable);
      block(loop.body);
      return Nested("Else", loop.otherwise, indent);
    }
    case StmtKind::kWhile: {
      const auto& loop = static_cast<const WhileStmt&>(statement);
      open("While");
      part(loop.test);
      block(loop.body);
      return Nested("Else", loop.otherwise, indent);
    }
    case StmtKind::kFunctionDef: {
      const auto& function = static_cast<const FunctionDefStmt&>(statement);
      open(function.is_generator ? "Generator" : "Function", function.is_async);
      absl::StrAppend(&out, " ", function.name, " ");
      List(function.decorators);
      Text(" ");
      AddParameters(function.parameters);
      part(function.returns);
      return block(function.body);
    }
    case StmtKind::kClassDef: {
      const auto& definition = static_cast<const ClassDefStmt&>(statement);
      open("Class");
      absl::StrAppend(&out, " ", definition.name, " ");
      List(definition.decorators);
      Text(" ");
      List(definition.bases);
      Text(" ");
      Keywords(definition.keywords);
      return block(definition.body);
    }
    case StmtKind::kTry: {
      const auto& attempt = static_cast<const TryStmt&>(statement);
      open(attempt.is_star ? "TryStar" : "Try");
      block(attempt.body);
      for (const ExceptHandler& handler : attempt.handlers) {
        out.append(2 * indent, ' ');
        Text("Except");
        Begin(handler.range);
        part(handler.type);
        absl::StrAppend(&out, " ", handler.name.empty() ? "-" : handler.name);
        block(handler.body);
      }
      Nested("Else", attempt.otherwise, indent);
      return Nested("Finally", attempt.finally, indent);
    }
    case StmtKind::kWith: {
      const auto& with = static_cast<const WithStmt&>(statement);
      open("With", with.is_async);
      absl::string_view before = " ";
      for (const WithItem& item : with.items) {
        Text(before);
        before = ", ";
        Optional(item.context);
        Text(" as ");
        Optional(item.target);
      }
      return block(with.body);
    }
    default:
      open("Match");
      Text("\n");
  }
}

}  // namespace

std::string DumpModule(const ParsedModule& module) {
  Dump dump;
  dump.AddBody(module.body, 0);
  return dump.out;
}

std::string DumpExpr(const Expr& expr) {
  Dump dump;
  dump.AddExpr(&expr);
  return dump.out;
}

}  // namespace graft::models::python
