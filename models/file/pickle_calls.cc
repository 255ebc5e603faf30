// The opcodes that name classes and functions, make objects and set their state.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/pickle_globals.h"
#include "models/file/pickle_machine.h"
#include "models/file/pickle_text.h"

namespace graft::models {
namespace {

constexpr absl::string_view kGetattr = "builtins.getattr";

bool IsPlainAttribute(absl::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name.front()) && !absl::StartsWith(name, "__") &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return c == '_' || absl::ascii_isalnum(c); });
}

}  // namespace

bool PickleReader::ExecuteObject(uint8_t opcode) {
  ValueId callee = 0;
  ValueId arguments = 0;
  std::vector<ValueId> items;
  switch (opcode) {
    case kGlobal: {
      const std::optional<absl::string_view> module = TakeLine();
      if (!module) return false;
      const std::optional<absl::string_view> name = TakeLine();
      return name && DoGlobal(*module, *name);
    }
    case kStackGlobal: {
      ValueId module = 0;
      ValueId name = 0;
      if (!Pop(&name) || !Pop(&module)) return false;
      if (At(name).kind != PickleKind::kString || At(module).kind != PickleKind::kString) {
        return Fail("names a global with something that is no string");
      }
      return DoGlobal(At(module).text, At(name).text);
    }
    case kReduce:
      return Pop(&arguments) && Pop(&callee) && DoCall(callee, arguments);
    case kNewObj:
      if (libtorch_) {
        if (!Pop(&arguments)) return false;
        return At(arguments).kind == PickleKind::kTuple ||
               Fail("makes an object with arguments that are no tuple");
      }
      return Pop(&arguments) && Pop(&callee) && DoNewObject(callee, arguments);
    case kNewObjEx: {
      ValueId keywords = 0;
      return Pop(&keywords) && Pop(&arguments) && Pop(&callee) && DoNewObject(callee, arguments);
    }
    case kObj:
      if (!PopToMark(&items)) return false;
      if (items.empty()) return Fail("builds an object of no class");
      callee = items.front();
      items.erase(items.begin());
      return DoCall(callee, AddItems(PickleKind::kTuple, std::move(items)));
    case kInst: {
      const std::optional<absl::string_view> module = TakeLine();
      if (!module) return false;
      const std::optional<absl::string_view> name = TakeLine();
      if (!name || !PopToMark(&items) || !DoGlobal(*module, *name) || !Pop(&callee)) return false;
      return DoCall(callee, AddItems(PickleKind::kTuple, std::move(items)));
    }
    case kBuild: {
      ValueId state = 0;
      if (libtorch_) return Pop(&state) && Pop(&callee) && DoCall(callee, state);
      return Pop(&state) && Top(&callee) && DoBuild(callee, state);
    }
    case kPersId: {
      const std::optional<absl::string_view> line = TakeLine();
      if (!line) return false;
      items.push_back(AddText(PickleKind::kString, *line));
      return Push(AddItems(PickleKind::kPersistent, std::move(items)));
    }
    case kBinPersId:
      items.resize(1);
      return Pop(&items[0]) && DoPersistentId(items[0]);
    default:
      return Fail(absl::StrCat("unknown opcode 0x", absl::Hex(opcode, absl::kZeroPad2)));
  }
}

bool PickleReader::DoGlobal(absl::string_view module, absl::string_view name) {
  constexpr size_t kMaxNameBytes = 1000;
  if (module.size() + name.size() > kMaxNameBytes || !IsPickleUtf8(module) || !IsPickleUtf8(name)) {
    return Fail("names a global in an impossible way");
  }
  if (options_.judge_global) {
    if (absl::Status verdict = options_.judge_global(module, name); !verdict.ok()) {
      return Fail(verdict.message(), verdict.code());
    }
    return Push(AddText(PickleKind::kGlobal, Keep(absl::StrCat(module, ".", name))));
  }
  std::string global = CanonicalGlobal(module, name);
  if (global == kGetattr) {
    // Has one harmless use, DoGetattr. Any other is refused there or when all is read.
    getattr_at_ = opcode_at_;
  } else if (JudgeGlobal(global) == GlobalJudgement::kDangerous) {
    return Refuse(global, "a reference to");
  }
  return Push(AddText(PickleKind::kGlobal, Keep(std::move(global))));
}

bool PickleReader::DoCall(ValueId callee, ValueId arguments) {
  if (At(callee).kind == PickleKind::kObject && values_.ClassName(At(callee)) == kGetattr) {
    return Refuse(kGetattr, "a call to what it gets by");
  }
  if (At(callee).kind != PickleKind::kGlobal) return Fail("calls what cannot be called");
  if (libtorch_) return Push(AddObject(callee, arguments));
  if (At(arguments).kind != PickleKind::kTuple)
    return Fail("calls with arguments that are no tuple");
  const absl::string_view name = At(callee).text;
  const absl::Span<const ValueId> items = ItemsOf(arguments);
  if (name == kGetattr) return DoGetattr(callee, items, arguments);
  // It calls its first argument.
  if (name == "torch._tensor._rebuild_from_type_v2" && !items.empty() &&
      At(items[0]).kind == PickleKind::kGlobal &&
      JudgeGlobal(At(items[0]).text) != GlobalJudgement::kKnown) {
    return Refuse(At(items[0]).text, "a call to");
  }
  if (const std::optional<bool> done = CallContainer(name, items)) return *done;
  switch (JudgeGlobal(name)) {
    case GlobalJudgement::kKnown:
    case GlobalJudgement::kClass:
      return Push(AddObject(callee, arguments));
    case GlobalJudgement::kFunction:
    case GlobalJudgement::kDangerous:
      return Refuse(name, "a call to");
  }
  return false;
}

// getattr(owner, "name"): how Python writes torch.relu, members of enumerations (3.11) and bound
// methods. Of a named owner it is a longer name, judged like any other; of an object it is an inert
// object. Neither is called or changed here, or the file is refused.
bool PickleReader::DoGetattr(ValueId callee, absl::Span<const ValueId> arguments, ValueId tuple) {
  if (arguments.size() == 2 && At(arguments[1]).kind == PickleKind::kString &&
      IsPlainAttribute(At(arguments[1]).text)) {
    const PickleValue& owner = At(arguments[0]);
    if (owner.kind == PickleKind::kObject) return Push(AddObject(callee, tuple));
    if (owner.kind == PickleKind::kGlobal) {
      std::string global = CanonicalGlobal(owner.text, At(arguments[1]).text);
      if (JudgeGlobal(global) == GlobalJudgement::kDangerous) {
        return Refuse(global, "a reference to");
      }
      return Push(AddText(PickleKind::kGlobal, Keep(std::move(global))));
    }
  }
  return Refuse(kGetattr, "a call to");
}

// Whether getattr itself went nowhere: it was called by DoGetattr, and that was all.
bool PickleReader::LooksUpAttributesOnly() {
  const auto is_getattr = [this](ValueId id) {
    return At(id).kind == PickleKind::kGlobal && At(id).text == kGetattr;
  };
  bool elsewhere = is_getattr(values_.root_);
  for (const PickleValues::Box& box : values_.boxes_) {
    elsewhere |= is_getattr(box.object.state) || is_getattr(box.object.arguments) ||
                 std::any_of(box.items.begin(), box.items.end(), is_getattr);
  }
  if (!elsewhere) return true;
  opcode_at_ = *getattr_at_;
  return Refuse(kGetattr, "a reference to");
}

bool PickleReader::DoNewObject(ValueId callee, ValueId arguments) {
  if (At(callee).text == kGetattr) return Refuse(kGetattr, "a call to");
  if (At(callee).kind != PickleKind::kGlobal) return Fail("makes an object of what is no class");
  if (At(arguments).kind != PickleKind::kTuple)
    return Fail("makes an object with arguments that are no tuple");
  if (const std::optional<bool> done = CallContainer(At(callee).text, ItemsOf(arguments)))
    return *done;
  return Push(AddObject(callee, arguments));
}

// Calls whose results are plain data. nullopt: not one of them.
std::optional<bool> PickleReader::CallContainer(absl::string_view name,
                                                absl::Span<const ValueId> arguments) {
  auto sequence = [&](size_t index) -> std::optional<std::vector<ValueId>> {
    if (index >= arguments.size()) return std::vector<ValueId>();
    const PickleKind kind = At(arguments[index]).kind;
    if (kind != PickleKind::kList && kind != PickleKind::kTuple && kind != PickleKind::kSet &&
        kind != PickleKind::kFrozenSet) {
      return std::nullopt;
    }
    const absl::Span<const ValueId> items = ItemsOf(arguments[index]);
    return std::vector<ValueId>(items.begin(), items.end());
  };
  auto make = [&](PickleKind kind) {
    std::optional<std::vector<ValueId>> items = sequence(0);
    return items ? Push(AddItems(kind, *std::move(items)))
                 : Fail("makes a container of what is no list");
  };
  if (name == "collections.OrderedDict") return CallOrderedDict(arguments);
  if (name == "collections.defaultdict") return Push(AddDict("defaultdict"));
  if (name == "collections.Counter" || name == "builtins.dict") {
    const absl::string_view type = name == "builtins.dict" ? "dict" : "Counter";
    if (arguments.empty()) return Push(AddDict(type));
    if (At(arguments[0]).kind != PickleKind::kDict)
      return Fail("makes a dictionary of what is none");
    const absl::Span<const ValueId> items = ItemsOf(arguments[0]);
    return Push(AddDict(type, std::vector<ValueId>(items.begin(), items.end())));
  }
  if (name == "builtins.type" && arguments.size() == 1 &&
      At(arguments[0]).kind == PickleKind::kNone) {
    return Push(AddText(PickleKind::kGlobal, "builtins.NoneType"));
  }
  if (name == "builtins.set") return make(PickleKind::kSet);
  if (name == "builtins.frozenset") return make(PickleKind::kFrozenSet);
  if (name == "builtins.list") return make(PickleKind::kList);
  if (name == "builtins.tuple") return make(PickleKind::kTuple);
  if (absl::StartsWith(name, "torch.jit._pickle.build_") &&
      name != "torch.jit._pickle.build_tensor_from_id") {
    return make(PickleKind::kList);
  }
  if (name == "torch.jit._pickle.restore_type_tag") {
    if (arguments.size() != 2) return Fail("restore_type_tag takes 2 arguments");
    return Push(arguments[0]);
  }
  if (name == "builtins.bytes" || name == "builtins.bytearray") {
    if (arguments.empty()) return Push(AddText(PickleKind::kBytes, ""));
    const PickleValue& value = At(arguments[0]);
    if (value.kind == PickleKind::kBytes) return Push(AddText(PickleKind::kBytes, value.text));
  }
  if (name == "_codecs.encode" || name == "builtins.bytearray" || name == "builtins.bytes") {
    // How protocols before 3 write bytes: as Latin-1 text.
    if (arguments.size() != 2 || At(arguments[0]).kind != PickleKind::kString) {
      return Fail("encodes what is no string");
    }
    std::optional<std::string> bytes = Latin1FromUtf8(At(arguments[0]).text);
    if (!bytes) return Fail("encodes a character that Latin-1 does not have");
    return Push(AddText(PickleKind::kBytes, Keep(*std::move(bytes))));
  }
  if (name == "copyreg._reconstructor" || name == "copyreg.__newobj__") {
    if (arguments.empty() || At(arguments[0]).kind != PickleKind::kGlobal) {
      return Fail("rebuilds an object of no class");
    }
    return DoNewObject(arguments[0], empty_tuple_);
  }
  return std::nullopt;
}

// OrderedDict(), or OrderedDict([[key, value], ...]) as Python 2 wrote it.
bool PickleReader::CallOrderedDict(absl::Span<const ValueId> arguments) {
  std::vector<ValueId> entries;
  if (!arguments.empty()) {
    const PickleKind kind = At(arguments[0]).kind;
    if (kind != PickleKind::kList && kind != PickleKind::kTuple) {
      return Fail("makes an OrderedDict of what is no list");
    }
    for (const ValueId pair : ItemsOf(arguments[0])) {
      const PickleKind pair_kind = At(pair).kind;
      if ((pair_kind != PickleKind::kList && pair_kind != PickleKind::kTuple) ||
          ItemsOf(pair).size() != 2) {
        return Fail("makes an OrderedDict of what are no pairs");
      }
      entries.insert(entries.end(), ItemsOf(pair).begin(), ItemsOf(pair).end());
    }
  }
  return Push(AddDict("OrderedDict", std::move(entries)));
}

bool PickleReader::DoBuild(ValueId target, ValueId state) {
  const PickleValue& value = At(target);
  if (value.kind != PickleKind::kObject && value.kind != PickleKind::kDict) {
    return Fail(value.kind == PickleKind::kGlobal ? "sets the state of a class itself"
                                                  : "sets the state of what is no object");
  }
  if (values_.ClassName(value) == kGetattr) return Refuse(kGetattr, "a change of what it gets by");
  BoxOf(target).object.state = state;
  return true;
}

bool PickleReader::DoPersistentId(ValueId id) {
  // PyTorch's legacy format names a module's class as ("module", class, file, source text).
  if (!libtorch_ && At(id).kind == PickleKind::kTuple) {
    const absl::Span<const ValueId> items = ItemsOf(id);
    if (items.size() == 4 && At(items[0]).kind == PickleKind::kString &&
        At(items[0]).text == "module" && At(items[1]).kind == PickleKind::kGlobal) {
      return Push(items[1]);
    }
  }
  return Push(AddItems(PickleKind::kPersistent, {id}));
}

}  // namespace graft::models
