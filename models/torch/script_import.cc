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
#include "models/file/zip_archive.h"
#include "models/memory/huge_pages.h"
#include "models/memory/paced_memory.h"

namespace graft::models {
namespace {

using torch::jit::CompilationUnit;
using torch::jit::DeserializationStorageContext;

// Of the largest element; torch.jit.save aligns to 64.
constexpr uintptr_t kAlignment = 16;

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

// Memory that goes on belonging to the file.
at::DataPtr InFile(ByteSpan bytes, const std::shared_ptr<const FileBytes>& file) {
  return {const_cast<uint8_t*>(bytes.data()), new std::shared_ptr<const void>(file->Keep(bytes)),
          [](void* owner) { delete static_cast<std::shared_ptr<const void>*>(owner); },
          at::Device(at::kCPU)};
}

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

  torch::jit::Module Run() {
    torch::jit::populate_upgraders_graph_map();
    const c10::IValue constants = Read("constants");
    for (const c10::IValue& constant : constants.toTupleRef().elements()) {
      constants_.push_back(constant);
    }
    return torch::jit::Module(Read("data").toObject());
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

  std::shared_ptr<DeserializationStorageContext> Storages(const std::string& name) const {
    auto storages = std::make_shared<DeserializationStorageContext>();
    const std::string folder = absl::StrCat(zip_.RootFolder(), name, "/");
    for (const ZipEntry& entry : zip_.entries()) {
      if (!absl::StartsWith(entry.name, folder)) continue;
      const absl::StatusOr<ByteSpan> bytes = zip_.Stored(entry);
      if (!bytes.ok() || bytes->empty() ||
          reinterpret_cast<uintptr_t>(bytes->data()) % kAlignment != 0) {
        continue;  // the reader copies it
      }
      storages->addStorage(
          std::string(entry.name.substr(folder.size())),
          c10::Storage(c10::Storage::use_byte_size_t(), static_cast<int64_t>(bytes->size()),
                       InFile(*bytes, file_), /*allocator=*/nullptr, /*resizable=*/false));
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
};

}  // namespace

torch::jit::Module ImportScript(const std::shared_ptr<const FileBytes>& file, WeightPlace place) {
  if (place == WeightPlace::kInFile) {
    const absl::StatusOr<ZipArchive> zip = ZipArchive::Open(file->bytes(), file->path());
    try {
      if (zip.ok()) return ImportInFile(file, *zip).Run();
    } catch (const RestoresItself&) {
      // Its tensors must be its own.
    }
  }
  return torch::jit::load(std::make_shared<BytesAdapter>(file->bytes()), at::Device(at::kCPU),
                          /*load_debug_files=*/false);
}

}  // namespace graft::models
