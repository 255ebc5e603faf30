#include "models/file/foreign_formats.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace graft::models {
namespace {

struct Signature {
  size_t offset;
  absl::string_view bytes;
  FileKind kind;
  const char* description;
  const char* next_step;
};

constexpr char kUnpack[] = "Unpack it and give the model file inside.";
constexpr char kPort[] = "Graft reads PyTorch models; port it first.";

const Signature kSignatures[] = {
    {4, "PTMF", FileKind::kTorchScriptFlat, "a TorchScript model for mobile (flatbuffer)",
     "This format holds bytecode only; save the original with torch.jit.script(model).save(path)."},
    {4, "TFL3", FileKind::kTensorFlow, "a TensorFlow Lite model", kPort},
    {0, absl::string_view("\x89HDF\r\n\x1a\n", 8), FileKind::kHdf5,
     "an HDF5 file (old Keras models are stored so)", kPort},
    {0, "GGUF", FileKind::kGguf, "a GGUF file (llama.cpp's quantised language models)",
     "Graft does not run it; use the original PyTorch or safetensors weights."},
    {0, absl::string_view("\x93NUMPY", 6), FileKind::kNumPy, "a NumPy array (.npy)",
     "Convert it to safetensors in Python: safetensors.numpy.save_file."},
    {0, absl::string_view("\x1f\x8b", 2), FileKind::kGzip, "a gzip-compressed file", kUnpack},
    {0, "BZh", FileKind::kGzip, "a bzip2-compressed file", kUnpack},
    {0,
     absl::string_view("\xfd"
                       "7zXZ\0",
                       6),
     FileKind::kGzip, "an xz-compressed file", kUnpack},
    {0, absl::string_view("\x28\xb5\x2f\xfd", 4), FileKind::kGzip, "a zstd-compressed file",
     kUnpack},
    {0, absl::string_view("7z\xbc\xaf\x27\x1c", 6), FileKind::kGzip, "a 7-Zip archive", kUnpack},
    {0, "Rar!", FileKind::kGzip, "a RAR archive", kUnpack},
    {0,
     absl::string_view("\x7f"
                       "ELF",
                       4),
     FileKind::kExecutable, "a Linux program or library", kNoModel},
    {0, "MZ", FileKind::kExecutable, "a Windows program or library", kNoModel},
};

std::optional<uint64_t> ReadVarint(ByteSpan bytes, size_t* position) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (*position >= bytes.size()) return std::nullopt;
    const uint8_t byte = bytes[(*position)++];
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return std::nullopt;
}

struct ProtoShape {
  bool whole = false;  // the bytes are a sequence of fields up to the end
  size_t fields = 0;
  std::array<int, 32> wire{};  // 1 + wire type of the last field of that number; 0: absent
  std::array<size_t, 32> count{};
};

ProtoShape WalkProto(ByteSpan bytes) {
  ProtoShape shape;
  size_t position = 0;
  constexpr size_t kMaxFields = 100'000;
  while (position < bytes.size() && shape.fields < kMaxFields) {
    const std::optional<uint64_t> tag = ReadVarint(bytes, &position);
    if (!tag) return shape;
    const uint64_t number = *tag >> 3;
    const int wire = static_cast<int>(*tag & 7);
    if (number == 0) return shape;
    uint64_t skip = 0;
    if (wire == 0) {
      if (!ReadVarint(bytes, &position)) return shape;
    } else if (wire == 1) {
      skip = 8;
    } else if (wire == 2) {
      const std::optional<uint64_t> size = ReadVarint(bytes, &position);
      if (!size) return shape;
      skip = *size;
    } else if (wire == 5) {
      skip = 4;
    } else {
      return shape;
    }
    ++shape.fields;
    if (number < shape.wire.size()) {
      shape.wire[number] = 1 + wire;
      ++shape.count[number];
    }
    if (!Contains(bytes, position, skip)) return shape;
    position += skip;
  }
  shape.whole = position == bytes.size();
  return shape;
}

}  // namespace

std::optional<ProbeResult> ProbeSignature(ByteSpan bytes) {
  for (const Signature& signature : kSignatures) {
    if (bytes.size() >= signature.offset &&
        absl::StartsWith(AsText(bytes.subspan(signature.offset)), signature.bytes)) {
      return ProbeResult{signature.kind, signature.description, signature.next_step, ""};
    }
  }
  return std::nullopt;
}

std::optional<ProbeResult> ProbeTar(ByteSpan bytes) {
  constexpr size_t kBlock = 512;
  if (bytes.size() < kBlock) return std::nullopt;
  // The header's checksum: the sum of its bytes with the checksum field read as spaces.
  uint32_t sum = 0;
  uint32_t stated = 0;
  for (size_t i = 0; i < kBlock; ++i) sum += i >= 148 && i < 156 ? ' ' : bytes[i];
  size_t i = 148;
  while (i < 156 && bytes[i] == ' ') ++i;
  for (; i < 156 && bytes[i] >= '0' && bytes[i] <= '7'; ++i) stated = stated * 8 + (bytes[i] - '0');
  if (bytes[0] == 0 || sum != stated) return std::nullopt;
  const absl::string_view text = AsText(bytes.first(std::min<size_t>(bytes.size(), 1 << 20)));
  auto names = [&](absl::string_view name) {
    for (size_t block = 0; block + kBlock <= text.size(); block += kBlock) {
      const absl::string_view header = text.substr(block, 100);
      absl::string_view found = header.substr(0, header.find('\0'));
      absl::ConsumePrefix(&found, "./");
      if (found == name) return true;
    }
    return false;
  };
  if (names("sys_info") || (names("storages") && names("tensors"))) {
    return ProbeResult{FileKind::kTorchTar, "a file of PyTorch 0.1's torch.save (tar layout)",
                       "Too old to be read: load it with PyTorch (trusted files only: "
                       "weights_only=False) and save it again with torch.save.",
                       ""};
  }
  return ProbeResult{FileKind::kTar, "a tar archive", "Unpack it and give the model file inside.",
                     ""};
}

std::optional<ProbeResult> ProbeProtocolBuffer(ByteSpan bytes) {
  constexpr int kVarint = 1;
  constexpr int kBytes = 3;
  const ProtoShape shape = WalkProto(bytes);
  const std::array<int, 32>& wire = shape.wire;
  // onnx.proto ModelProto: ir_version = 1, graph = 7, opset_import = 8. A file cut off inside its
  // graph still shows its head.
  if (wire[1] == kVarint && wire[7] == kBytes && (wire[8] == kBytes || !shape.whole)) {
    return ProbeResult{FileKind::kOnnx, "an ONNX model",
                       "This version runs PyTorch models: save the original with "
                       "torch.jit.script(model).save(path).",
                       ""};
  }
  // tensorflow SavedModel: saved_model_schema_version = 1, meta_graphs = 2.
  const bool saved_model = shape.whole && shape.fields >= 2 && wire[1] == kVarint &&
                           wire[2] == kBytes && shape.count[1] == 1 &&
                           shape.fields == 1 + shape.count[2] && bytes.size() > 64;
  // GraphDef: node = 1 repeated, versions = 4, library = 2.
  const bool graph = shape.whole && wire[1] == kBytes && wire[4] == kBytes && shape.count[1] > 1 &&
                     shape.count[4] == 1;
  if (saved_model || graph) {
    return ProbeResult{FileKind::kTensorFlow,
                       saved_model ? "a TensorFlow SavedModel" : "a TensorFlow graph",
                       "Graft reads PyTorch models; port it first.", ""};
  }
  return std::nullopt;
}

}  // namespace graft::models
