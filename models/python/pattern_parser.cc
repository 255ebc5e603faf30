#include "models/python/pattern_parser.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace graft::models::python {
namespace {

// The name that makes a pattern match anything; null: it does not. "": _.
// NOLINTNEXTLINE(misc-no-recursion): nesting is bounded.
const std::string* Irrefutable(const Pattern& pattern) {
  if (pattern.kind == PatternKind::kOr) {
    return Irrefutable(*static_cast<const OrPattern&>(pattern).alternatives.back());
  }
  if (pattern.kind != PatternKind::kCapture) return nullptr;
  const auto& capture = static_cast<const CapturePattern&>(pattern);
  return capture.pattern == nullptr ? &capture.name : Irrefutable(*capture.pattern);
}

bool IsNumber(const Expr& e) {
  if (e.kind != ExprKind::kConstant) return false;
  switch (static_cast<const ConstantExpr&>(e).type) {
    case ConstantExpr::Type::kInt:
    case ConstantExpr::Type::kBigInt:
    case ConstantExpr::Type::kFloat:
    case ConstantExpr::Type::kImaginary:
      return true;
    default:
      return false;
  }
}

bool IsSignedNumber(const Expr& e) {
  if (e.kind != ExprKind::kUnary) return IsNumber(e);
  const auto& unary = static_cast<const UnaryExpr&>(e);
  return unary.op == UnaryOp::kNegative && IsNumber(*unary.operand);
}

// A text, a number, or a complex one: -1 + 2j.
bool IsLiteral(const Expr& e) {
  if (e.kind == ExprKind::kConstant) {
    return static_cast<const ConstantExpr&>(e).type != ConstantExpr::Type::kEllipsis;
  }
  if (e.kind != ExprKind::kBinary) return IsSignedNumber(e);
  const auto& binary = static_cast<const BinaryExpr&>(e);
  return (binary.op == BinaryOp::kAdd || binary.op == BinaryOp::kSub) &&
         IsSignedNumber(*binary.left) && binary.right->kind == ExprKind::kConstant &&
         static_cast<const ConstantExpr&>(*binary.right).type == ConstantExpr::Type::kImaginary;
}

}  // namespace

bool CheckReachable(TokenCursor* cursor, const Pattern& pattern) {
  const std::string* name = Irrefutable(pattern);
  if (name == nullptr) return true;
  return cursor->Fail(
      pattern.range,
      absl::StrCat(name->empty() ? "the wildcard '_'" : absl::StrCat("the name '", *name, "'"),
                   " matches anything: what stands behind it is never reached"));
}

// open_sequence_pattern | pattern
PatternPtr PatternParser::Patterns() {
  if (cursor_.At(TokenKind::kColon) || cursor_.At(TokenKind::kIf)) {
    cursor_.FailExpected("a pattern");
    return nullptr;
  }
  const SourceRange begin = cursor_.Peek().range;
  PatternPtr first = StarOrPattern();
  if (!first) return nullptr;
  if (!cursor_.At(TokenKind::kComma)) {
    if (first->kind != PatternKind::kStar) return first;
    cursor_.Fail(first->range, "a starred pattern stands in a sequence: '*rest,' or '[*rest]'");
    return nullptr;
  }
  std::vector<PatternPtr> elements;
  elements.push_back(std::move(first));
  while (cursor_.Accept(TokenKind::kComma)) {
    if (cursor_.At(TokenKind::kColon) || cursor_.At(TokenKind::kIf)) break;
    elements.push_back(StarOrPattern());
    if (!elements.back()) return nullptr;
  }
  return Sequence(begin, std::move(elements));
}

PatternPtr PatternParser::Sequence(const SourceRange& begin, std::vector<PatternPtr> elements) {
  auto sequence = std::make_unique<SequencePattern>();
  sequence->elements = std::move(elements);
  sequence->range = cursor_.Since(begin);
  const auto is_star = [](const PatternPtr& p) { return p->kind == PatternKind::kStar; };
  if (std::count_if(sequence->elements.begin(), sequence->elements.end(), is_star) > 1) {
    cursor_.Fail(sequence->range, "one starred pattern can stand in a sequence");
    return nullptr;
  }
  return sequence;
}

bool PatternParser::BoundName(std::string* name) {
  const SourceRange range = cursor_.Peek().range;
  if (!cursor_.ExpectName(name)) return false;
  if (*name == "_") {
    name->clear();
    return true;
  }
  if (!bound_.insert(*name).second) {
    return cursor_.Fail(range, absl::StrCat("'", *name, "' is bound twice in this pattern"));
  }
  names_.push_back(*name);
  return true;
}

// '*' NAME | pattern
PatternPtr PatternParser::StarOrPattern() {
  if (!cursor_.At(TokenKind::kStar)) return AsPattern();
  const SourceRange begin = cursor_.Take().range;
  auto star = std::make_unique<StarPattern>();
  if (!BoundName(&star->name)) return nullptr;
  star->range = cursor_.Since(begin);
  return star;
}

// or_pattern ['as' NAME]
PatternPtr PatternParser::AsPattern() {
  const TokenCursor::Nesting nesting(&cursor_);
  if (!nesting.ok()) return nullptr;
  const SourceRange begin = cursor_.Peek().range;
  PatternPtr pattern = OrOne();
  if (!pattern || !cursor_.Accept(TokenKind::kAs)) return pattern;
  if (cursor_.AtName("_")) {
    cursor_.Fail(cursor_.Peek().range, "expected a name behind 'as'; '_' binds none");
    return nullptr;
  }
  auto capture = std::make_unique<CapturePattern>();
  capture->pattern = std::move(pattern);
  if (!BoundName(&capture->name)) return nullptr;
  capture->range = cursor_.Since(begin);
  return capture;
}

// closed_pattern ('|' closed_pattern)*
PatternPtr PatternParser::OrOne() {
  const SourceRange begin = cursor_.Peek().range;
  const auto before = static_cast<ptrdiff_t>(names_.size());
  PatternPtr first = Closed();
  if (!first || !cursor_.At(TokenKind::kPipe)) return first;
  const auto own_names = [&] {
    std::vector<std::string> own(names_.begin() + before, names_.end());
    std::sort(own.begin(), own.end());
    return own;
  };
  auto either = std::make_unique<OrPattern>();
  either->alternatives.push_back(std::move(first));
  const std::vector<std::string> names = own_names();
  while (cursor_.Accept(TokenKind::kPipe)) {
    if (!CheckReachable(&cursor_, *either->alternatives.back())) return nullptr;
    for (auto it = names_.begin() + before; it != names_.end(); ++it) bound_.erase(*it);
    names_.resize(static_cast<size_t>(before));
    either->alternatives.push_back(Closed());
    if (!either->alternatives.back()) return nullptr;
    if (own_names() != names) {
      cursor_.Fail(cursor_.Since(begin), "alternative patterns bind different names");
      return nullptr;
    }
  }
  either->range = cursor_.Since(begin);
  return either;
}

PatternPtr PatternParser::Closed() {
  switch (cursor_.kind()) {
    case TokenKind::kName:
      if (cursor_.KindAhead(1) == TokenKind::kDot ||
          cursor_.KindAhead(1) == TokenKind::kLeftParen) {
        return ValueOrClass();
      }
      return CaptureOrWildcard();
    case TokenKind::kLeftParen:
      return GroupOrSequence();
    case TokenKind::kLeftBracket:
      return List();
    case TokenKind::kLeftBrace:
      return Mapping();
    case TokenKind::kNumber:
    case TokenKind::kMinus:
    case TokenKind::kString:
    case TokenKind::kFStringStart:
    case TokenKind::kNone:
    case TokenKind::kTrue:
    case TokenKind::kFalse:
      return Literal();
    default:
      cursor_.FailExpected("a pattern");
      return nullptr;
  }
}

PatternPtr PatternParser::Literal() {
  const SourceRange begin = cursor_.Peek().range;
  auto literal = std::make_unique<ValuePattern>();
  literal->value = expressions_.Sum();
  if (!literal->value) return nullptr;
  literal->range = cursor_.Since(begin);
  if (!IsLiteral(*literal->value)) {
    cursor_.Fail(literal->range, "a pattern holds numbers, texts and names, and computes nothing");
    return nullptr;
  }
  return literal;
}

PatternPtr PatternParser::CaptureOrWildcard() {
  const SourceRange begin = cursor_.Peek().range;
  auto capture = std::make_unique<CapturePattern>();
  if (!BoundName(&capture->name)) return nullptr;
  capture->range = cursor_.Since(begin);
  return capture;
}

// a.b | a.b(...) | a(...)
PatternPtr PatternParser::ValueOrClass() {
  const SourceRange begin = cursor_.Peek().range;
  ExprPtr name = expressions_.DottedName();
  if (!name) return nullptr;
  if (cursor_.At(TokenKind::kLeftParen)) return Class(begin, std::move(name));
  auto value = std::make_unique<ValuePattern>();
  value->value = std::move(name);
  value->range = cursor_.Since(begin);
  return value;
}

// name '(' pattern, ..., name '=' pattern, ... ')'
PatternPtr PatternParser::Class(const SourceRange& begin, ExprPtr cls) {
  cursor_.Take();
  auto pattern = std::make_unique<ClassPattern>();
  pattern->cls = std::move(cls);
  absl::flat_hash_set<std::string> attributes;
  while (!cursor_.At(TokenKind::kRightParen)) {
    if (cursor_.At(TokenKind::kName) && cursor_.KindAhead(1) == TokenKind::kAssign) {
      const SourceRange range = cursor_.Peek().range;
      std::string name;
      if (!cursor_.ExpectName(&name)) return nullptr;
      if (!attributes.insert(name).second) {
        cursor_.Fail(range, absl::StrCat("the attribute '", name, "' stands here twice"));
        return nullptr;
      }
      cursor_.Take();
      PatternPtr value = AsPattern();
      if (!value) return nullptr;
      pattern->keywords.emplace_back(std::move(name), std::move(value));
    } else {
      PatternPtr value = AsPattern();
      if (!value) return nullptr;
      if (!pattern->keywords.empty()) {
        cursor_.Fail(value->range, "patterns by position come before those by name");
        return nullptr;
      }
      pattern->positional.push_back(std::move(value));
    }
    if (!cursor_.Accept(TokenKind::kComma)) break;
  }
  if (!cursor_.Expect(TokenKind::kRightParen, "',' or ')'")) return nullptr;
  pattern->range = cursor_.Since(begin);
  return pattern;
}

// Up to `closing`. `is_sequence`: there was a comma, a star, or nothing.
bool PatternParser::Elements(TokenKind closing, std::vector<PatternPtr>* elements,
                             bool* is_sequence) {
  *is_sequence = cursor_.At(closing);
  while (!cursor_.At(closing)) {
    elements->push_back(StarOrPattern());
    if (!elements->back()) return false;
    *is_sequence |= elements->back()->kind == PatternKind::kStar;
    if (!cursor_.Accept(TokenKind::kComma)) break;
    *is_sequence = true;
  }
  return cursor_.Expect(closing, absl::StrCat("',' or '", Spelling(closing), "'"));
}

// '(' pattern ')' | '(' ')' | '(' pattern ',' ... ')'
PatternPtr PatternParser::GroupOrSequence() {
  const SourceRange begin = cursor_.Take().range;
  std::vector<PatternPtr> elements;
  bool is_sequence = false;
  if (!Elements(TokenKind::kRightParen, &elements, &is_sequence)) return nullptr;
  if (!is_sequence) return std::move(elements[0]);
  return Sequence(begin, std::move(elements));
}

PatternPtr PatternParser::List() {
  const SourceRange begin = cursor_.Take().range;
  std::vector<PatternPtr> elements;
  bool is_sequence = false;
  if (!Elements(TokenKind::kRightBracket, &elements, &is_sequence)) return nullptr;
  return Sequence(begin, std::move(elements));
}

// '{' key ':' pattern, ..., ['**' NAME] '}'
PatternPtr PatternParser::Mapping() {
  const SourceRange begin = cursor_.Take().range;
  auto mapping = std::make_unique<MappingPattern>();
  while (!cursor_.At(TokenKind::kRightBrace)) {
    if (!mapping->rest.empty()) {
      cursor_.FailExpected("'}' behind '**' and its name");
      return nullptr;
    }
    if (!MappingEntry(mapping.get())) return nullptr;
    if (!cursor_.Accept(TokenKind::kComma)) break;
  }
  if (!cursor_.Expect(TokenKind::kRightBrace, "',' or '}'")) return nullptr;
  mapping->range = cursor_.Since(begin);
  return mapping;
}

bool PatternParser::MappingEntry(MappingPattern* mapping) {
  if (cursor_.Accept(TokenKind::kDoubleStar)) {
    if (cursor_.AtName("_")) {
      return cursor_.Fail(cursor_.Peek().range, "expected a name behind '**'; '_' binds none");
    }
    return BoundName(&mapping->rest);
  }
  const SourceRange begin = cursor_.Peek().range;
  PatternPtr key;
  if (cursor_.At(TokenKind::kName)) {
    key = ValueOrClass();
  } else {
    key = Literal();
  }
  if (!key) return false;
  if (key->kind != PatternKind::kValue ||
      static_cast<ValuePattern&>(*key).value->kind == ExprKind::kName) {
    return cursor_.Fail(cursor_.Since(begin),
                        "a key of a mapping pattern is a literal or a dotted name");
  }
  mapping->keys.push_back(std::move(static_cast<ValuePattern&>(*key).value));
  if (!cursor_.Expect(TokenKind::kColon)) return false;
  mapping->values.push_back(AsPattern());
  return mapping->values.back() != nullptr;
}

}  // namespace graft::models::python
