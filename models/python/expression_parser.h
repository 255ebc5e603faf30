// Parses expressions: the part of the parser below statements. Functions are named by the rules of
// Python's grammar (docs.python.org/3.12/reference/grammar.html) so far as they match.
//
//   TokenCursor cursor(source, Lexer::Start::kExpression);
//   ExprPtr expr = ExpressionParser(&cursor).StarExpressions();   // null: see cursor.status()
//
// A function that fails gives null or false and leaves the failure with the cursor. Only nesting
// recurses; chains of operators and trailers do not.
//
// Threads: one at a time. Ownership: the cursor must outlive the parser.
#ifndef GRAFT_MODELS_PYTHON_EXPRESSION_PARSER_H_
#define GRAFT_MODELS_PYTHON_EXPRESSION_PARSER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "models/python/assignment_target.h"
#include "models/python/ast.h"
#include "models/python/string_literal.h"
#include "models/python/token_cursor.h"

namespace graft::models::python {

// What is known of the function whose body is being parsed.
struct FunctionScope {
  int yields = 0;  // so far
};

class ExpressionParser {
 public:
  explicit ExpressionParser(TokenCursor* cursor) : cursor_(*cursor) {}

  ExprPtr Expression();       // without *, := and yield
  ExprPtr NamedExpression();  // also name := value
  ExprPtr StarExpressions();  // also a, *b
  ExprPtr YieldOrStarExpressions();
  ExprPtr StarExpression();        // also *a
  ExprPtr StarNamedExpressions();  // also a := b, *c
  ExprPtr ForTargets();            // up to `in`
  ExprPtr WithTarget();
  ExprPtr Sum();         // without comparisons, |, ^, & and shifts: a number or a text in a pattern
  ExprPtr DottedName();  // a, a.b.c
  // (a, *b, c=d, **e), of a call or a class.
  bool Arguments(std::vector<ExprPtr>* args, std::vector<KeywordArg>* keywords);

  // Of `def` with annotations, up to ')'; of a lambda up to ':'.
  enum class ParameterStyle : uint8_t { kFunction, kLambda };
  bool ParameterList(ParameterStyle style, Parameters* parameters);

  // Whether an expression, perhaps starred, can begin here.
  bool AtExpression() const;
  bool CheckTarget(const Expr& expr, TargetUse use);

  // Statements around the expressions that are parsed now: counted in the depth of the tree.
  void set_statement_depth(int depth) { statement_depth_ = depth; }
  int statement_depth() const { return statement_depth_; }

  // Where `yield` belongs; null outside of functions.
  FunctionScope* scope() const { return scope_; }
  void set_scope(FunctionScope* scope) { scope_ = scope; }

 private:
  // Operators. One expression, or several with commas as a tuple.
  ExprPtr TupleOrOne(ExprPtr (ExpressionParser::*element)());
  ExprPtr OneTarget();
  ExprPtr Conditional(const SourceRange& begin, ExprPtr value);
  ExprPtr NameAndValue();
  ExprPtr Disjunction();
  ExprPtr Conjunction();
  ExprPtr BoolRest(const SourceRange& begin, ExprPtr first, TokenKind op);
  ExprPtr Inversion();
  ExprPtr Comparison();
  ExprPtr ComparisonRest(const SourceRange& begin, ExprPtr first, CompareOp op);
  bool ComparisonOperator(CompareOp* op);
  ExprPtr BitwiseOr();
  ExprPtr Binary(int least_precedence);
  ExprPtr BinaryRest(const SourceRange& begin, ExprPtr left, int least_precedence);
  ExprPtr Unary(UnaryOp op);
  ExprPtr Factor();
  ExprPtr Power();
  ExprPtr PowerRest(const SourceRange& begin, ExprPtr base);
  ExprPtr Await();
  ExprPtr Primary();
  ExprPtr Attribute(const SourceRange& begin, ExprPtr object);
  ExprPtr Call(const SourceRange& begin, ExprPtr callee);
  ExprPtr Lambda();
  ExprPtr Yield();
  ExprPtr Starred();

  // Atoms and displays.
  ExprPtr Atom();
  ExprPtr Name();
  ExprPtr Constant();
  ExprPtr Number();
  ExprPtr Group();
  ExprPtr ListDisplay();
  ExprPtr BraceDisplay();
  ExprPtr DictDisplay(const SourceRange& begin, ExprPtr key = nullptr);
  ExprPtr Comprehension(ComprehensionExpr::Type type, const SourceRange& begin, ExprPtr element,
                        ExprPtr value, TokenKind closing);
  bool ComprehensionClause(ComprehensionFor* clause);
  bool AtComprehension() const;
  ExprPtr StarNamedExpression();
  // Elements after the first, and `closing`.
  bool MoreElements(ExprPtr first, TokenKind closing, std::vector<ExprPtr>* elements);
  ExprPtr Subscript(const SourceRange& begin, ExprPtr object);
  ExprPtr SubscriptIndex();
  ExprPtr SubscriptItem();
  bool Argument(bool is_behind_unpacking, std::vector<ExprPtr>* args,
                std::vector<KeywordArg>* keywords);
  ExprPtr StarredArgument();
  bool CheckKeywords(const std::vector<KeywordArg>& keywords);
  ExprPtr FailNoExpression();

  // Parameters.
  bool ParameterName(ParameterStyle style, bool is_var_args, Parameter* parameter);
  bool PlainParameter(ParameterStyle style, bool is_keyword_only, Parameters* parameters);
  bool CheckParameterNames(const Parameters& parameters);

  // String literals.
  struct JoinedText;
  ExprPtr Strings();
  bool PlainString(JoinedText* joined);
  bool FString(JoinedText* joined);
  bool FStringText(bool is_raw, JoinedText* joined);
  bool Field(bool is_raw, JoinedText* joined);
  void DebugText(const SourceRange& value, size_t begin, JoinedText* joined);
  bool FieldConversion(FormattedValueExpr* field);
  ExprPtr FieldFormat(bool is_raw);
  bool AppendText(const Token& token, size_t begin, size_t end, StringStyle style, bool is_raw,
                  std::string* out);

  // Gives `expr` its range, from `begin` to the token passed last, and its height. Null for a null
  // `expr`, and where the tree gets too deep.
  ExprPtr Finish(const SourceRange& begin, ExprPtr expr);
  ExprPtr FailTooDeep(const SourceRange& range);

  TokenCursor& cursor_;
  int statement_depth_ = 0;
  FunctionScope* scope_ = nullptr;
};

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_EXPRESSION_PARSER_H_
