#include "models/torch/script_import.h"

#include <caffe2/serialize/inline_container.h>
#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/operator_upgraders/upgraders_entry.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/csrc/jit/serialization/import_read.h>
#include <torch/csrc/jit/serialization/import_source.h>
#include <torch/csrc/jit/serialization/storage_context.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "models/memory/huge_pages.h"
#include "models/memory/paced_memory.h"
#include "models/torch/script_records.h"

namespace graft::models {
namespace {

using torch::jit::CompilationUnit;
using torch::jit::DeserializationStorageContext;

// LibTorch's reader over bytes in memory, without another copy of them.
class BytesAdapter final : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit BytesAdapter(ByteSpan bytes) : bytes_(bytes) {}
  size_t size() const override { return bytes_.size(); }
  size_t read(uint64_t position, void* out, size_t count, const char* /*what*/) const override {
    if (position >= bytes_.size()) return 0;
    count = std::min<uint64_t>(count, bytes_.size() - position);
    AdviseHugePages(out, count);  // of a storage, which LibTorch has just allocated
    CopyInPieces(out, bytes_.data() + position, count);
    return count;
  }

 private:
  const ByteSpan bytes_;
};

// Thrown, and caught here, where an object would run code of the archive over its tensors.
struct RestoresItself {};

// What torch::jit::load does (torch/csrc/jit/serialization/import.cpp,
// ScriptModuleDeserializer::deserialize), but for archives of PyTorch 1.0 and debug files, with
// storages that are given to the unpickler.
class ImportInFile {
 public:
  ImportInFile(const std::shared_ptr<const FileBytes>& file, const ZipArchive& zip)
      : file_(file),
        zip_(zip),
        reader_(std::make_shared<BytesAdapter>(file->bytes())),
        sources_(
            unit_, &constants_, [this](const std::string& name) { return FindSource(name); },
            reader_.version()) {
    reader_.setShouldLoadDebugSymbol(false);
  }

  ImportedScript Run() {
    torch::jit::populate_upgraders_graph_map();
    const c10::IValue constants = Read("constants");
    for (const c10::IValue& constant : constants.toTupleRef().elements()) {
      constants_.push_back(constant);
    }
    torch::jit::Module module(Read("data").toObject());
    return {std::move(module), std::move(in_file_)};
  }

 private:
  // An archive's records: NAME.pkl, and the storages in NAME/.
  c10::IValue Read(const std::string& name) {
    return torch::jit::readArchiveAndTensors(
        name, /*pickle_prefix=*/"", /*tensor_prefix=*/name + "/",
        [this](const c10::QualifiedName& type) {
          return c10::StrongTypePtr(unit_, sources_.loadType(type));
        },
        [](const c10::StrongTypePtr& type, const c10::IValue& state) {
          const auto object_class = type.type_->expect<c10::ClassType>();
          if (object_class->findMethod("__setstate__") != nullptr) throw RestoresItself();
          return torch::jit::ObjLoaderFunc(type, state);
        },
        at::Device(at::kCPU), reader_, torch::jit::Unpickler::defaultTypeParser, Storages(name));
  }

  std::shared_ptr<DeserializationStorageContext> Storages(const std::string& name) {
    auto storages = std::make_shared<DeserializationStorageContext>();
    const std::string folder = absl::StrCat(name, "/");
    for (const ZipEntry& entry : zip_.entries()) {
      absl::string_view record = entry.name;
      if (!absl::ConsumePrefix(&record, zip_.RootFolder()) || !absl::StartsWith(record, folder)) {
        continue;
      }
      const std::optional<c10::Storage> storage = StorageInFile(zip_, record, file_);
      if (!storage) continue;  // the reader copies it
      storages->addStorage(std::string(record.substr(folder.size())), *storage);
      in_file_.emplace(record, *storage);
    }
    return storages;
  }

  std::shared_ptr<torch::jit::Source> FindSource(const std::string& qualifier) {
    const std::string path =
        absl::StrCat("code/", absl::StrReplaceAll(qualifier, {{".", "/"}}), ".py");
    if (!reader_.hasRecord(path)) return nullptr;
    const auto [data, size] = reader_.getRecord(path);
    return std::make_shared<torch::jit::Source>(
        std::string(static_cast<const char*>(data.get()), size), path, 1);
  }

  const std::shared_ptr<const FileBytes>& file_;
  const ZipArchive& zip_;
  const std::shared_ptr<CompilationUnit> unit_ = std::make_shared<CompilationUnit>();
  caffe2::serialize::PyTorchStreamReader reader_;
  std::vector<c10::IValue> constants_;
  torch::jit::SourceImporter sources_;
  StoragesByRecord in_file_;
};

}  // namespace

ImportedScript ImportScript(const std::shared_ptr<const FileBytes>& file, const ZipArchive& zip,
                            WeightPlace place) {
  if (place == WeightPlace::kInFile) {
    try {
      return ImportInFile(file, zip).Run();
    } catch (const RestoresItself&) {
      // Its tensors must be its own.
    }
  }
  return {torch::jit::load(std::make_shared<BytesAdapter>(file->bytes()), at::Device(at::kCPU),
                           /*load_debug_files=*/false),
          {}};
}

}  // namespace graft::models
