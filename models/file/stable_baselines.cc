#include "models/file/stable_baselines.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "models/file/bounded_json.h"
#include "models/file/inflate_allowance.h"
#include "models/file/pickle_text.h"
#include "models/file/printable_name.h"

namespace graft::models {
namespace {

using nlohmann::ordered_json;

constexpr char kPolicy[] = "policy.pth";
constexpr char kData[] = "data";
constexpr char kSerialized[] = ":serialized:";

bool IsText(absl::string_view name) {
  return name == "_stable_baselines3_version" || name == "system_info.txt";
}

// Adds `value` and what it holds as entries below `path`. The depth is bounded by the parser.
void AddJson(const nlohmann::json& value, ordered_json path, ordered_json* tree) {
  using Type = nlohmann::json::value_t;
  auto emit = [&](ordered_json entry) { tree->push_back({path, std::move(entry)}); };
  auto add_child = [&](const ordered_json& key, const nlohmann::json& child) {
    ordered_json below = path;
    below.push_back(key);
    AddJson(child, std::move(below), tree);
  };
  switch (value.type()) {
    case Type::object:
      emit({{"t", "dict"}, {"len", value.size()}});
      for (const auto& [key, child] : value.items()) {
        if (key != kSerialized || !child.is_string()) {
          add_child(key, child);
          continue;
        }
        ordered_json below = path;
        below.push_back(key);
        const size_t size = child.get_ref<const std::string&>().size();
        tree->push_back({std::move(below),
                         {{"t", "other"},
                          {"class", "cloudpickle"},
                          {"repr", absl::StrCat(size, " characters of base64, not read")}}});
      }
      return;
    case Type::array:
      emit({{"t", "list"}, {"len", value.size()}});
      for (size_t i = 0; i < value.size(); ++i) add_child(i, value[i]);
      return;
    case Type::string:
      return emit({{"t", "str"}, {"v", value.get<std::string>()}});
    case Type::boolean:
      return emit({{"t", "bool"}, {"v", value.get<bool>()}});
    case Type::number_integer:
      return emit({{"t", "int"}, {"v", value.get<int64_t>()}});
    case Type::number_unsigned:
      return emit({{"t", "int"}, {"v", value.get<uint64_t>()}});
    case Type::number_float:
      return emit({{"t", "float"}, {"v", value.get<double>()}});
    default:
      return emit({{"t", "none"}, {"v", nullptr}});
  }
}

ordered_json Unread(absl::string_view type, absl::string_view why) {
  return {{"t", "other"}, {"class", std::string(type)}, {"repr", std::string(why)}};
}

}  // namespace

absl::StatusOr<StableBaselinesArchive> StableBaselinesArchive::Open(ByteSpan bytes,
                                                                    absl::string_view label) {
  absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, label);
  if (!zip.ok()) return zip.status();
  StableBaselinesArchive archive;
  archive.label_ = std::string(label);
  if (absl::Status status = archive.ReadRecords(*zip); !status.ok()) return status;
  if (archive.policy_ == nullptr) {
    return absl::NotFoundError(absl::StrCat(label, ": no ", kPolicy, " inside"));
  }
  return archive;
}

absl::Status StableBaselinesArchive::ReadRecords(const ZipArchive& zip) {
  uint64_t allowance = InflateAllowance(zip.bytes().size());
  absl::flat_hash_set<absl::string_view> names;
  for (const ZipEntry& entry : zip.entries()) {
    if (!names.insert(entry.name).second) continue;
    Record& record = records_.emplace_back();
    record.name = std::string(entry.name);
    const bool torch = absl::EndsWith(entry.name, ".pth");
    if (!torch && entry.name != kData && !IsText(entry.name)) continue;
    if (entry.method == ZipEntry::kStored || entry.encrypted()) {
      absl::StatusOr<ByteSpan> stored = zip.Stored(entry);
      if (!stored.ok()) return stored.status();
      record.contents = *stored;
    } else {
      absl::StatusOr<std::vector<uint8_t>> inflated = zip.Inflate(entry, allowance);
      if (!inflated.ok()) return inflated.status();
      allowance -= inflated->size();
      record.contents = inflated_.emplace_back(*std::move(inflated));
    }
    if (!torch) continue;
    absl::StatusOr<TorchFile> file =
        TorchFile::Open(record.contents, absl::StrCat(label_, ": ", PrintableName(entry.name)));
    if (!file.ok()) return file.status();
    record.torch = std::make_unique<TorchFile>(*std::move(file));
    if (entry.name == kPolicy) policy_ = record.torch.get();
  }
  return absl::OkStatus();
}

absl::StatusOr<ordered_json> StableBaselinesArchive::Tree(const ValueTreeOptions& options) const {
  ordered_json tree = ordered_json::array();
  tree.push_back({ordered_json::array(), {{"t", "dict"}, {"len", records_.size()}}});
  for (const Record& record : records_) {
    const ordered_json path = ordered_json::array({record.name});
    if (record.torch != nullptr) {
      absl::StatusOr<ordered_json> inner =
          ValueTree(*record.torch, absl::StrCat(label_, ": ", PrintableName(record.name)), options);
      if (!inner.ok()) return inner.status();
      for (ordered_json& entry : *inner) {
        entry[0].insert(entry[0].begin(), record.name);
        tree.push_back(std::move(entry));
      }
    } else if (record.name == kData) {
      // Python writes NaN, which is no JSON: the policy is no worse for it.
      absl::StatusOr<nlohmann::json> data = ParseBoundedJson(AsText(record.contents), kData);
      if (data.ok()) {
        AddJson(*data, path, &tree);
      } else {
        tree.push_back({path, Unread("json", data.status().message())});
      }
    } else if (IsText(record.name) && IsPickleUtf8(AsText(record.contents))) {
      tree.push_back({path, {{"t", "str"}, {"v", std::string(AsText(record.contents))}}});
    } else {
      tree.push_back({path, Unread("record", "not read")});
    }
    if (tree.size() > options.max_entries) {
      return absl::ResourceExhaustedError(absl::StrCat(label_, ": more than ", options.max_entries,
                                                       " values when written out as a tree"));
    }
  }
  return tree;
}

uint64_t StableBaselinesArchive::copied_bytes() const {
  uint64_t bytes = 0;
  for (const Record& record : records_) {
    if (record.torch != nullptr) bytes += record.torch->copied_bytes();
  }
  return bytes;
}

}  // namespace graft::models
