// Parses the patterns of match statements (docs.python.org/3.12/reference/grammar.html, "Match
// statement").
//
//   PatternPtr pattern = PatternParser(&cursor, &expressions).Patterns();    // behind `case`
//
// A function that fails gives null or false and leaves the failure with the cursor.
//
// Threads: one at a time. Ownership: cursor and expressions must outlive the parser.
#ifndef GRAFT_MODELS_PYTHON_PATTERN_PARSER_H_
#define GRAFT_MODELS_PYTHON_PATTERN_PARSER_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "models/python/ast.h"
#include "models/python/expression_parser.h"
#include "models/python/token_cursor.h"

namespace graft::models::python {

class PatternParser {
 public:
  PatternParser(TokenCursor* cursor, ExpressionParser* expressions)
      : cursor_(*cursor), expressions_(*expressions) {}

  PatternPtr Patterns();  // also a sequence without brackets: a, *rest

 private:
  PatternPtr AsPattern();
  PatternPtr OrOne();
  PatternPtr Closed();
  PatternPtr StarOrPattern();
  PatternPtr Literal();
  PatternPtr CaptureOrWildcard();
  PatternPtr ValueOrClass();
  PatternPtr Class(const SourceRange& begin, ExprPtr cls);
  PatternPtr GroupOrSequence();
  PatternPtr List();
  PatternPtr Mapping();
  bool MappingEntry(MappingPattern* mapping);
  bool Elements(TokenKind closing, std::vector<PatternPtr>* elements, bool* is_sequence);
  PatternPtr Sequence(const SourceRange& begin, std::vector<PatternPtr> elements);
  // Of the name at hand; "" for _.
  bool BoundName(std::string* name);

  TokenCursor& cursor_;
  ExpressionParser& expressions_;
  // Bound so far, in order, and as a set.
  std::vector<std::string> names_;
  absl::flat_hash_set<std::string> bound_;
};

// Fails where nothing that stands behind a pattern could be reached: `case _:` comes last.
bool CheckReachable(TokenCursor* cursor, const Pattern& pattern);

}  // namespace graft::models::python

#endif  // GRAFT_MODELS_PYTHON_PATTERN_PARSER_H_
