// Any files in one folder as a model in several files: an index, and the shards that it names or
// does not. The input is the folder: the index, then for each further file a line
//   "\n=== NAME\n" and its bytes, or "\n=== NAME -> OTHER\n": a symbolic link within the folder.
// Beside the folder lies a file that no index may reach.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "models/file/model_file.h"
#include "models/file/safetensors.h"

namespace {

using graft::models::ByteSpan;
using graft::models::ModelFile;
using graft::models::Weight;

constexpr absl::string_view kOutside = "elements of a file that nobody named";

// Where the folders lie: memory, so that a run costs no disk.
const std::string& Root() {
  static const std::string* const root = [] {
    std::string path = "/dev/shm/graft_shards_XXXXXX";
    if (mkdtemp(path.data()) == nullptr) abort();
    static std::string removed;
    removed = path;
    atexit([] { std::filesystem::remove_all(removed); });
    if (mkdir(absl::StrCat(path, "/model").c_str(), 0700) != 0) abort();
    const graft::models::SafetensorsTensor outside = {"outside",
                                                      graft::models::DType::kUInt8,
                                                      {static_cast<int64_t>(kOutside.size())},
                                                      graft::models::AsBytes(kOutside)};
    if (!graft::models::WriteSafetensors(absl::StrCat(path, "/outside.safetensors"), {outside})
             .ok()) {
      abort();
    }
    return new std::string(path);
  }();
  return *root;
}

bool IsPlainName(absl::string_view name) {
  return !name.empty() && name.size() < 100 && name != "." && name != ".." &&
         name.find('/') == absl::string_view::npos && name.find('\0') == absl::string_view::npos;
}

void WriteFile(const std::string& path, absl::string_view bytes) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return;  // given twice
  if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) abort();
  close(file);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr absl::string_view kFile = "\n=== ";
  constexpr absl::string_view kLink = " -> ";
  const std::string folder = absl::StrCat(Root(), "/model/");
  absl::string_view rest(reinterpret_cast<const char*>(data), size);
  const size_t end = rest.find(kFile);
  const absl::string_view index = rest.substr(0, end);
  rest.remove_prefix(end == absl::string_view::npos ? rest.size() : end);
  std::vector<std::string> paths;
  uint64_t written = 0;
  while (absl::StartsWith(rest, kFile)) {
    rest.remove_prefix(kFile.size());
    const size_t line = rest.find('\n');
    if (line == absl::string_view::npos) break;
    absl::string_view name = rest.substr(0, line);
    rest.remove_prefix(line + 1);
    const absl::string_view bytes = rest.substr(0, rest.find(kFile));
    rest.remove_prefix(bytes.size());
    const size_t arrow = name.find(kLink);
    const absl::string_view target =
        arrow == absl::string_view::npos ? "" : name.substr(arrow + kLink.size());
    name = name.substr(0, arrow);
    if (!IsPlainName(name)) continue;
    paths.push_back(absl::StrCat(folder, name));
    if (!target.empty() && IsPlainName(target)) {
      if (symlink(std::string(target).c_str(), paths.back().c_str()) != 0) continue;  // given twice
    } else {
      WriteFile(paths.back(), bytes);
    }
    written += bytes.size();
  }
  const std::string index_path = absl::StrCat(folder, "model.safetensors.index.json");
  paths.push_back(index_path);
  unlink(index_path.c_str());
  WriteFile(index_path, index);
  absl::StatusOr<ModelFile> file = ModelFile::Open(index_path);
  if (file.ok()) {
    volatile uint8_t sink = 0;
    for (const Weight& weight : file->weight_sources().at(0).weights) {
      for (const uint8_t byte : weight.storage) sink = sink ^ byte;
      if (graft::models::AsText(weight.storage) == kOutside) __builtin_trap();
    }
    file->VerifyChecksums().status().IgnoreError();
    file->Tree({.hash = written < 65536, .max_entries = 2000}).status().IgnoreError();
  }
  for (const std::string& path : paths) unlink(path.c_str());
  return 0;
}
