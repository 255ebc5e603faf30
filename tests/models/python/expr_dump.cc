#include "tests/models/python/expr_dump.h"

#include <array>

#include "absl/strings/str_format.h"

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

}  // namespace

void ExprDump::Begin(const SourceRange& range) {
  absl::StrAppend(&out_, "@", range.line, ":", range.column);
}

void ExprDump::Place(const SourceRange& range) {
  Begin(range);
  Text("-");
  if (range.end_line != range.line) absl::StrAppend(&out_, range.end_line, ":");
  absl::StrAppend(&out_, range.end_column);
}

void ExprDump::Add(BinaryOp op) { Text(Named(kBinary, op)); }

void ExprDump::Add(const std::vector<ExprPtr>& exprs) {
  Text("[");
  for (const ExprPtr& expr : exprs) {
    if (&expr != &exprs.front()) Text(", ");
    Add(expr);
  }
  Text("]");
}

void ExprDump::Add(const std::vector<KeywordArg>& keywords) {
  Text("[");
  for (const KeywordArg& keyword : keywords) {
    if (&keyword != &keywords.front()) Text(", ");
    Text(keyword.name.empty() ? "**" : keyword.name);
    Place(keyword.range);
    Text("=");
    Add(keyword.value);
  }
  Text("]");
}

void ExprDump::OneParameter(const Parameter& parameter) {
  Text(parameter.name);
  Place(parameter.range);
  Text("(");
  Add(parameter.annotation);
  Text(", ");
  Add(parameter.default_value);
  Text(")");
}

void ExprDump::Add(const Parameters& parameters) {
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

void ExprDump::Constant(const ConstantExpr& constant) {
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
      absl::StrAppend(&out_, constant.int_value);
      break;
    case Type::kBigInt:
      Text("BigInt");
      return Place(constant.range);
    case Type::kFloat:
    case Type::kImaginary:
      Open(constant.type == Type::kFloat ? "Float" : "Imaginary", constant);
      absl::StrAppendFormat(&out_, "%.17g", constant.float_value);
      break;
    case Type::kStr:
    case Type::kBytes:
      Open(constant.type == Type::kStr ? "Str" : "Bytes", constant);
      Text(Quoted(constant.text));
      break;
  }
  Text(")");
}

void ExprDump::Comprehension(const ComprehensionExpr& comprehension) {
  constexpr std::array<absl::string_view, 4> kKinds = {"ListComp", "SetComp", "DictComp",
                                                       "Generator"};
  Open(Named(kKinds, comprehension.type), comprehension);
  Add(comprehension.element);
  if (comprehension.value) {
    Text(": ");
    Add(comprehension.value);
  }
  for (const ComprehensionFor& clause : comprehension.clauses) {
    Text(clause.is_async ? " async for " : " for ");
    Add(clause.target);
    Text(" in ");
    Add(clause.iterable);
    for (const ExprPtr& condition : clause.conditions) {
      Text(" if ");
      Add(condition);
    }
  }
  Text(")");
}

void ExprDump::FormatParts(const Expr& joined) {
  Text("[");
  absl::string_view comma;
  for (const ExprPtr& part : static_cast<const JoinedStrExpr&>(joined).parts) {
    Text(comma);
    comma = ", ";
    if (part->kind == ExprKind::kConstant) {
      absl::StrAppend(&out_, "Str(", Quoted(static_cast<const ConstantExpr&>(*part).text), ")");
    } else {
      Add(part);
    }
  }
  Text("]");
}

void ExprDump::Formatted(const FormattedValueExpr& field) {
  Text("Formatted(");
  Add(field.value);
  if (field.conversion != 0) absl::StrAppend(&out_, "!", std::string(1, field.conversion));
  if (field.format_spec) {
    Text(":");
    FormatParts(*field.format_spec);
  }
  Text(")");
}

void ExprDump::Add(const Expr* expr) {
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

void ExprDump::Composite(const Expr& expr) {
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
      Add(static_cast<const AttributeExpr&>(expr).object);
      Text(", ");
      return Text(static_cast<const AttributeExpr&>(expr).name);
    case ExprKind::kSubscript:
      Open("Subscript", expr);
      Add(static_cast<const SubscriptExpr&>(expr).object);
      Text(", ");
      return Add(static_cast<const SubscriptExpr&>(expr).index);
    case ExprKind::kSlice:
      Open("Slice", expr);
      Add(static_cast<const SliceExpr&>(expr).lower);
      Text(", ");
      Add(static_cast<const SliceExpr&>(expr).upper);
      Text(", ");
      return Add(static_cast<const SliceExpr&>(expr).step);
    case ExprKind::kCall:
      Open("Call", expr);
      Add(static_cast<const CallExpr&>(expr).callee);
      Text(", ");
      Add(static_cast<const CallExpr&>(expr).args);
      Text(", ");
      return Add(static_cast<const CallExpr&>(expr).keywords);
    case ExprKind::kUnary:
      Open("Unary", expr);
      Text(Named(kUnary, static_cast<const UnaryExpr&>(expr).op));
      Text(", ");
      return Add(static_cast<const UnaryExpr&>(expr).operand);
    case ExprKind::kBinary:
      Open("Binary", expr);
      Add(static_cast<const BinaryExpr&>(expr).op);
      Text(", ");
      Add(static_cast<const BinaryExpr&>(expr).left);
      Text(", ");
      return Add(static_cast<const BinaryExpr&>(expr).right);
    case ExprKind::kBool:
      Open("Bool", expr);
      Text(static_cast<const BoolExpr&>(expr).is_and ? "and, " : "or, ");
      return Add(static_cast<const BoolExpr&>(expr).values);
    case ExprKind::kCompare:
      Open("Compare", expr);
      Text("[");
      for (size_t i = 0; i < static_cast<const CompareExpr&>(expr).ops.size(); ++i) {
        if (i > 0) Text(", ");
        Text(Named(kCompare, static_cast<const CompareExpr&>(expr).ops[i]));
      }
      Text("], ");
      return Add(static_cast<const CompareExpr&>(expr).operands);
    case ExprKind::kConditional:
      Open("Conditional", expr);
      Add(static_cast<const ConditionalExpr&>(expr).test);
      Text(", ");
      Add(static_cast<const ConditionalExpr&>(expr).then);
      Text(", ");
      return Add(static_cast<const ConditionalExpr&>(expr).otherwise);
    case ExprKind::kLambda:
      Open("Lambda", expr);
      Add(static_cast<const LambdaExpr&>(expr).parameters);
      Text(", ");
      return Add(static_cast<const LambdaExpr&>(expr).body);
    case ExprKind::kList:
      Open("List", expr);
      return Add(static_cast<const ListExpr&>(expr).elements);
    case ExprKind::kTuple:
      Open("Tuple", expr);
      return Add(static_cast<const TupleExpr&>(expr).elements);
    case ExprKind::kSet:
      Open("Set", expr);
      return Add(static_cast<const SetExpr&>(expr).elements);
    case ExprKind::kDict: {
      Open("Dict", expr);
      absl::string_view before = "[";
      for (const auto& [key, value] : static_cast<const DictExpr&>(expr).items) {
        Text(before);
        before = ", ";
        key ? Add(key) : Text("**");
        Text(": ");
        Add(value);
      }
      return Text(before == "[" ? "[]" : "]");
    }
    case ExprKind::kJoinedStr:
      Open("JoinedStr", expr);
      return FormatParts(expr);
    case ExprKind::kStarred:
      Open("Starred", expr);
      return Add(static_cast<const StarredExpr&>(expr).value);
    case ExprKind::kNamed:
      Open("Named", expr);
      Text(static_cast<const NamedExpr&>(expr).name);
      Text(", ");
      return Add(static_cast<const NamedExpr&>(expr).value);
    case ExprKind::kYield:
    case ExprKind::kYieldFrom:
    case ExprKind::kAwait:
      Open(expr.kind == ExprKind::kYield       ? "Yield"
           : expr.kind == ExprKind::kYieldFrom ? "YieldFrom"
                                               : "Await",
           expr);
      return Add(static_cast<const YieldExpr&>(expr).value);
  }
}

}  // namespace graft::models::python
