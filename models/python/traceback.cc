#include "models/python/traceback.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/python/evaluator.h"
#include "models/python/objects.h"

namespace graft::models::python {
namespace {

// Calls that are named at most: the innermost and the outermost ones tell most.
constexpr size_t kInnermostCalls = 8;
constexpr size_t kOutermostCalls = 4;

constexpr size_t kMostCauses = 4;
constexpr size_t kMostCharacters = 4000;

std::string PlaceAndFunction(const TraceEntry& entry) {
  return absl::StrCat(entry.file->Place(entry.range), entry.function.empty() ? "" : " in ",
                      entry.function);
}

}  // namespace

std::string FrameName(const Frame& frame) {
  if (frame.body_of != nullptr) return absl::StrCat("class ", frame.body_of->name);
  if (frame.function != nullptr) return frame.function->qualname;
  return "";
}

std::string DescribeException(Evaluator& ev, Value exception) {
  const auto one = [&ev](Value e) {
    ClassObject* cls = ev.TypeOf(e);
    const std::string text = ev.ToStr(e).substr(0, kMostCharacters);
    if (cls->DerivesFrom(ev.ErrorClass(ErrorKind::kNotSupported))) return text;
    return text.empty() ? cls->name : absl::StrCat(cls->name, ": ", text);
  };
  std::string message = one(exception);
  Value cause = exception;
  for (size_t i = 0; i < kMostCauses; ++i) {
    const auto* instance = cause.As<InstanceObject>();
    if (instance == nullptr) break;
    std::optional<Value> next = instance->FindOwn("__cause__");
    if ((!next.has_value() || next->IsNone()) &&
        !instance->FindOwn("__suppress_context__").has_value()) {
      next = instance->FindOwn("__context__");
    }
    if (!next.has_value() || next->IsNone()) break;
    cause = *next;
    absl::StrAppend(&message, " (while handling ", one(cause), ")");
  }
  return message;
}

std::string DescribeTrace(const std::vector<TraceEntry>& trace, absl::string_view message,
                          const ModuleLoader& loader) {
  std::vector<const TraceEntry*> entries;
  for (const TraceEntry& entry : trace) {
    if (entry.file != nullptr) entries.push_back(&entry);
  }
  if (entries.empty()) return std::string(message);
  size_t user = 0;
  while (user < entries.size() && loader.IsLibrary(entries[user]->file.get())) ++user;
  if (user == entries.size()) user = 0;

  const TraceEntry& at = *entries[user];
  std::string text = absl::StrCat(at.file->Place(at.range), ": ", message);
  const std::string underline = at.file->Underline(at.range);
  if (!underline.empty()) absl::StrAppend(&text, "\n", underline);
  if (user > 0) absl::StrAppend(&text, "\n  raised at ", PlaceAndFunction(*entries[0]));
  if (!at.function.empty()) absl::StrAppend(&text, "\n  in ", at.function);
  // Of the calls around it, the source's own: those within Graft say nothing about it.
  std::vector<const TraceEntry*> callers(entries.begin() + static_cast<ptrdiff_t>(user) + 1,
                                         entries.end());
  std::erase_if(callers,
                [&loader](const TraceEntry* entry) { return loader.IsLibrary(entry->file.get()); });
  const size_t calls = callers.size();
  for (size_t i = 0; i < calls; ++i) {
    if (i == kInnermostCalls && calls > kInnermostCalls + kOutermostCalls) {
      const size_t left_out = calls - kInnermostCalls - kOutermostCalls;
      absl::StrAppend(&text, "\n  ... ", left_out, " more calls");
      i += left_out;
    }
    absl::StrAppend(&text, "\n  called from ", PlaceAndFunction(*callers[i]));
  }
  return text;
}

}  // namespace graft::models::python
