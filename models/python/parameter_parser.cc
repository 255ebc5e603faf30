// The expression parser's part for the parameters of functions and lambdas.
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "models/python/expression_parser.h"

namespace graft::models::python {

// 'lambda' [parameters] ':' expression
ExprPtr ExpressionParser::Lambda() {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Take().range;
  auto lambda = std::make_unique<LambdaExpr>();
  if (!ParameterList(ParameterStyle::kLambda, &lambda->parameters) ||
      !cursor_.Expect(TokenKind::kColon)) {
    return nullptr;
  }
  // A `yield` in it is its own.
  FunctionScope own;
  FunctionScope* const outer = std::exchange(scope_, &own);
  lambda->body = Expression();
  scope_ = outer;
  if (!lambda->body) return nullptr;
  return Finish(begin, std::move(lambda));
}

// NAME [':' annotation]
bool ExpressionParser::ParameterName(ParameterStyle style, bool is_var_args, Parameter* parameter) {
  const SourceRange begin = cursor_.Peek().range;
  if (!cursor_.ExpectName(&parameter->name)) return false;
  if (style == ParameterStyle::kFunction && cursor_.Accept(TokenKind::kColon)) {
    parameter->annotation = is_var_args ? StarExpression() : Expression();
    if (!parameter->annotation) return false;
  }
  parameter->range = cursor_.Since(begin);
  return true;
}

// With a default value, before or behind '*'.
bool ExpressionParser::PlainParameter(ParameterStyle style, bool is_keyword_only,
                                      Parameters* parameters) {
  Parameter parameter;
  if (!ParameterName(style, /*is_var_args=*/false, &parameter)) return false;
  if (cursor_.Accept(TokenKind::kAssign)) {
    parameter.default_value = Expression();
    if (!parameter.default_value) return false;
  } else if (!is_keyword_only && !parameters->positional.empty() &&
             parameters->positional.back().default_value) {
    return cursor_.Fail(parameter.range, "a parameter without a default value follows one with it");
  }
  auto& list = is_keyword_only ? parameters->keyword_only : parameters->positional;
  list.push_back(std::move(parameter));
  return true;
}

bool ExpressionParser::ParameterList(ParameterStyle style, Parameters* parameters) {
  const bool is_function = style == ParameterStyle::kFunction;
  const TokenKind closing = is_function ? TokenKind::kRightParen : TokenKind::kColon;
  bool is_behind_star = false;
  SourceRange bare_star;
  while (!cursor_.At(closing)) {
    const SourceRange begin = cursor_.Peek().range;
    if (parameters->var_kwargs) return cursor_.Fail(begin, "no parameter can follow '**'");
    if (cursor_.Accept(TokenKind::kDoubleStar)) {
      parameters->var_kwargs = std::make_unique<Parameter>();
      if (!ParameterName(style, /*is_var_args=*/false, parameters->var_kwargs.get())) return false;
    } else if (cursor_.Accept(TokenKind::kStar)) {
      if (is_behind_star) return cursor_.Fail(begin, "'*' can stand once among the parameters");
      is_behind_star = true;
      if (cursor_.At(TokenKind::kComma) || cursor_.At(closing)) {
        bare_star = begin;
      } else {
        parameters->var_args = std::make_unique<Parameter>();
        if (!ParameterName(style, /*is_var_args=*/true, parameters->var_args.get())) return false;
      }
    } else if (cursor_.Accept(TokenKind::kSlash)) {
      if (is_behind_star || parameters->positional_only > 0 || parameters->positional.empty()) {
        return cursor_.Fail(begin, "'/' can stand once, behind a parameter and before '*'");
      }
      parameters->positional_only = parameters->positional.size();
    } else if (!PlainParameter(style, is_behind_star, parameters)) {
      return false;
    }
    if (!cursor_.Accept(TokenKind::kComma) && !cursor_.At(closing)) {
      return cursor_.FailExpected(is_function ? "',' or ')'" : "',' or ':'");
    }
  }
  if (bare_star.line > 0 && parameters->keyword_only.empty()) {
    return cursor_.Fail(bare_star, "a parameter's name must follow '*'");
  }
  return CheckParameterNames(*parameters);
}

bool ExpressionParser::CheckParameterNames(const Parameters& parameters) {
  absl::flat_hash_set<absl::string_view> names;
  const auto is_new = [&](const Parameter& parameter) {
    if (names.insert(parameter.name).second) return true;
    return cursor_.Fail(parameter.range,
                        absl::StrCat("a second parameter named '", parameter.name, "'"));
  };
  for (const Parameter& parameter : parameters.positional) {
    if (!is_new(parameter)) return false;
  }
  for (const Parameter& parameter : parameters.keyword_only) {
    if (!is_new(parameter)) return false;
  }
  return (!parameters.var_args || is_new(*parameters.var_args)) &&
         (!parameters.var_kwargs || is_new(*parameters.var_kwargs));
}

}  // namespace graft::models::python
