#include "models/file/probe.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/file/bounded_json.h"
#include "models/file/foreign_formats.h"
#include "models/file/printable_name.h"
#include "models/file/safetensors.h"
#include "models/file/zip_archive.h"
#include "nlohmann/json.hpp"

namespace graft::models {
namespace {

bool StartsWithBytes(ByteSpan bytes, absl::string_view prefix) {
  return absl::StartsWith(AsText(bytes), prefix);
}

// --- zip ---

bool HasPrefix(const ZipArchive& zip, absl::string_view prefix) {
  return std::any_of(zip.entries().begin(), zip.entries().end(), [prefix](const ZipEntry& entry) {
    return absl::StartsWith(entry.name, prefix);
  });
}

ProbeResult ProbeTorchZip(const ZipArchive& zip, std::string root) {
  auto has = [&](absl::string_view name) { return zip.Find(absl::StrCat(root, name)) != nullptr; };
  if (has("archive_format") || has("serialized_exported_program.json") ||
      has("models/model.json")) {
    const bool native = HasPrefix(zip, absl::StrCat(root, "data/aotinductor/"));
    return {FileKind::kPt2,
            native ? "a .pt2 package of AOTInductor: native code compiled for one kind of device"
                   : "a .pt2 program of torch.export",
            native
                ? "Graft does not run native code from files; save the model with torch.jit.save, "
                  "or its weights with torch.save(model.state_dict(), path)."
                : "In Python: torch.jit.trace(torch.export.load(path).module(), example).save("
                  "\"model.pt\"), then give Graft model.pt.",
            std::move(root)};
  }
  // Python calls an archive TorchScript when it has constants.pkl; LibTorch needs data.pkl too.
  if (has("constants.pkl")) {
    if (has("bytecode.pkl")) {
      return {FileKind::kTorchScriptLite,
              "a TorchScript model with mobile bytecode: structure and weights",
              "Graft runs it from its code as any TorchScript model.", std::move(root)};
    }
    return {FileKind::kTorchScript, "a TorchScript model: structure and weights",
            "Graft runs it as it is.", std::move(root)};
  }
  if (has("data.pkl")) {
    return {FileKind::kTorchZip, "a file of torch.save: weights, a checkpoint, or a pickled module",
            "Weights without structure need their architecture to run: give its Python source, or "
            "save the model with torch.jit.script(model).save(path).",
            std::move(root)};
  }
  return {};
}

// Whether the last of several archives that follow each other ends here: its end record counts from
// where it itself begins.
bool IsConcatenation(ByteSpan bytes) {
  constexpr uint64_t kEndBytes = 22;
  constexpr uint64_t kZip64Bytes = 20 + 56;  // the locator and the record that it points at
  if (bytes.size() < kEndBytes + kZip64Bytes) return false;
  const absl::string_view text = AsText(bytes);
  const uint64_t end = bytes.size() - kEndBytes;
  if (!absl::StartsWith(text.substr(end), "PK\5\6")) return false;
  const bool zip64 = absl::StartsWith(text.substr(end - 20), "PK\6\7");
  const uint64_t before_end = uint64_t{*ReadLe<uint32_t>(bytes, end + 12)} +
                              *ReadLe<uint32_t>(bytes, end + 16) + (zip64 ? kZip64Bytes : 0);
  return before_end < end && absl::StartsWith(text.substr(end - before_end), "PK\3\4");
}

ProbeResult ProbeZip(ByteSpan bytes) {
  absl::StatusOr<ZipArchive> opened = ZipArchive::Open(bytes, "zip");
  if (!opened.ok()) {
    if (IsConcatenation(bytes)) {
      return {FileKind::kBrokenZip,
              "several zip archives in one file: probably a part of a checkpoint of "
              "torch.distributed",
              "Make one file of its folder in Python: torch.distributed.checkpoint.format_utils."
              "dcp_to_torch_save(folder, \"model.pt\").",
              ""};
    }
    std::string why(absl::StripPrefix(opened.status().message(), "zip: "));
    return {FileKind::kBrokenZip, absl::StrCat("a damaged or unfinished zip archive (", why, ")"),
            "Copy or save it again; if a writer is still at work, wait until it is done.", ""};
  }
  const ZipArchive& zip = *opened;
  if (zip.entries().empty()) {
    return {FileKind::kZip, "an empty zip archive", kNoModel, ""};
  }
  if (std::any_of(zip.entries().begin(), zip.entries().end(),
                  [](const ZipEntry& entry) { return entry.encrypted(); })) {
    return {FileKind::kZip, "an encrypted zip archive",
            "Unpack it with its password and give the model file inside.", ""};
  }
  if (zip.Find("policy.pth") != nullptr && zip.Find("data") != nullptr) {
    return {FileKind::kStableBaselines3,
            "a Stable-Baselines3 model: policy weights and training state",
            "Its policy's weights need their architecture to run.", ""};
  }
  if (HasPrefix(zip, "MAR-INF/")) {
    return {FileKind::kTorchServe, "a TorchServe archive (.mar)",
            "Unzip it and give the model file inside.", ""};
  }
  if (zip.Find("config.json") != nullptr && zip.Find("model.weights.h5") != nullptr) {
    return {FileKind::kKeras, "a Keras model", "Graft reads PyTorch models; port it first.", ""};
  }
  if (std::all_of(zip.entries().begin(), zip.entries().end(),
                  [](const ZipEntry& entry) { return absl::EndsWith(entry.name, ".npy"); })) {
    return {FileKind::kNumPy, "NumPy arrays (.npz)",
            "Convert them to safetensors in Python: safetensors.numpy.save_file.", ""};
  }
  std::string root(zip.RootFolder());
  if (zip.Find(absl::StrCat(root, ".data/extern_modules")) != nullptr) {
    return {FileKind::kTorchPackage, "a torch.package archive: Python sources and pickles",
            "Running it needs Python; save the model with torch.jit.script(model).save(path).",
            root};
  }
  ProbeResult torch = ProbeTorchZip(zip, std::move(root));
  if (torch.kind != FileKind::kUnknown) return torch;
  return {FileKind::kZip,
          absl::StrCat("a zip archive of ", zip.entries().size(),
                       zip.entries().size() == 1 ? " file" : " files", ", none of PyTorch's (",
                       "first: \"", PrintableName(zip.entries().front().name), "\")"),
          "If a model is inside, unzip it and give that file.", ""};
}

// --- pickles ---

// The offset of the first opcode after PROTO and FRAME, or nullopt when this is no binary pickle.
std::optional<size_t> PickleBody(ByteSpan bytes) {
  if (bytes.size() < 3 || bytes[0] != 0x80 || bytes[1] > 5) return std::nullopt;
  if (bytes[1] >= 4 && bytes[2] == 0x95) return 2 + 9;
  return 2;
}

// LONG1 of 10 bytes: 0x1950a86a20f9469cfc6c.
constexpr absl::string_view kLegacyMagic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);

// The same in protocols 0 and 1.
constexpr absl::string_view kLegacyMagicText = "L119547037146038801333356L\n.";

bool LooksLikeTextPickle(ByteSpan bytes) {
  // Protocol 0 ends in '.', and begins with an opcode that builds or names something.
  if (bytes.size() < 4 || bytes.back() != '.') return false;
  const absl::string_view text = AsText(bytes);
  if (std::memchr("(cSIVL]}il", text[0], 10) == nullptr) return false;
  return absl::StrContains(text, "\n");
}

// --- text ---

// UTF-8 without control characters. The head may end in the middle of a character.
bool LooksLikeText(ByteSpan bytes) {
  const ByteSpan head = bytes.first(std::min<size_t>(bytes.size(), 4096));
  size_t continuation = 0;
  for (const uint8_t c : head) {
    const bool continues = (c & 0xc0) == 0x80;
    if (continues != (continuation > 0)) return false;
    if (continues) {
      --continuation;
    } else if (c >= 0x80) {
      if (c < 0xc2 || c > 0xf4) return false;
      continuation = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    } else if (c < 0x20 && std::memchr("\n\r\t\f\x1b", c, 5) == nullptr) {
      return false;
    }
  }
  return true;
}

std::optional<ProbeResult> ProbeJson(absl::string_view text) {
  if (text.empty() || (text[0] != '{' && text[0] != '[')) return std::nullopt;
  absl::StatusOr<nlohmann::json> document = ParseBoundedJson(text, "json");
  if (!document.ok()) {
    return ProbeResult{FileKind::kJson,
                       absl::StrCat("text that begins like JSON (",
                                    absl::StripPrefix(document.status().message(), "json: "), ")"),
                       "If this is a manifest, correct it; docs/manifest.md shows one.", ""};
  }
  if (document->is_object() && document->contains("weight_map")) {
    return ProbeResult{FileKind::kShardedIndex,
                       "the index of a model in several safetensors or torch files",
                       "Keep the files that it names beside it.", ""};
  }
  if (document->is_object() && document->contains("graft")) {
    return ProbeResult{FileKind::kManifest, "a Graft manifest",
                       "Open it as a model: graft run, or graft_api's model_open.", ""};
  }
  return ProbeResult{FileKind::kJson, "a JSON file that is neither a manifest nor a shard index",
                     "A manifest has \"graft\": 1; see docs/manifest.md. For a configuration file, "
                     "give the weights that it belongs to.",
                     ""};
}

std::optional<ProbeResult> ProbeText(ByteSpan bytes) {
  if (!LooksLikeText(bytes)) return std::nullopt;
  absl::string_view text = absl::StripLeadingAsciiWhitespace(AsText(bytes));
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  if (absl::StartsWith(text, "version https://git-lfs.github.com/spec/")) {
    return ProbeResult{FileKind::kGitLfsPointer,
                       "a git-lfs pointer: the name of a file, not the file",
                       "Run `git lfs pull` in its repository.", ""};
  }
  const std::string head = absl::AsciiStrToLower(text.substr(0, 512));
  if (absl::StartsWith(head, "<!doctype html") || absl::StartsWith(head, "<html") ||
      absl::StartsWith(head, "<head") ||
      (absl::StartsWith(head, "<?xml") && absl::StrContains(head, "<html"))) {
    return ProbeResult{FileKind::kHtml, "an HTML page: probably an error or log-in page",
                       "The download failed; fetch the file again (log in, or use the raw link).",
                       ""};
  }
  if (std::optional<ProbeResult> json = ProbeJson(text)) return json;
  if (LooksLikeTextPickle(bytes)) {
    return ProbeResult{FileKind::kPickle, "a Python pickle that torch.save did not write",
                       "A pickle may run code when Python loads it. Load it where you trust it and "
                       "save the weights with torch.save(model.state_dict(), path).",
                       ""};
  }
  return ProbeResult{FileKind::kText, "a text file", kNoModel, ""};
}

// A safetensors header begins right after its length; the reader judges the rest.
bool LooksLikeSafetensors(ByteSpan bytes) {
  const std::optional<uint64_t> size = ReadLe<uint64_t>(bytes, 0);
  return size && *size <= SafetensorsFile::kMaxHeaderBytes && bytes.size() > 8 && bytes[8] == '{';
}

bool AllZeros(ByteSpan bytes) {
  return std::all_of(bytes.begin(), bytes.begin() + std::min<size_t>(bytes.size(), 4096),
                     [](uint8_t c) { return c == 0; });
}

ProbeResult ProbePickle(ByteSpan bytes, size_t body) {
  if (StartsWithBytes(bytes.subspan(std::min(body, bytes.size())), kLegacyMagic) ||
      StartsWithBytes(bytes, kLegacyMagicText)) {
    return {FileKind::kTorchLegacy,
            "a file of torch.save in the format before PyTorch 1.6: weights, a checkpoint, or a "
            "pickled module",
            "Weights without structure need their architecture to run: give its Python source, or "
            "save the model with torch.jit.script(model).save(path).",
            ""};
  }
  return {FileKind::kPickle, "a Python pickle that torch.save did not write",
          "A pickle may run code when Python loads it. Load it where you trust it and save the "
          "weights with torch.save(model.state_dict(), path).",
          ""};
}

}  // namespace

ProbeResult Probe(ByteSpan bytes) {
  if (bytes.empty()) {
    return {FileKind::kEmpty, "an empty file",
            "Its writer failed, or is only beginning; save or copy it again.", ""};
  }
  if (StartsWithBytes(bytes, "PK\x03\x04") || StartsWithBytes(bytes, "PK\x05\x06")) {
    return ProbeZip(bytes);
  }
  if (LooksLikeSafetensors(bytes)) {
    return {FileKind::kSafetensors, "a safetensors file: named tensors, no code",
            "Weights without structure need their architecture to run: give its Python source.",
            ""};
  }
  if (StartsWithBytes(bytes, kLegacyMagicText)) return ProbePickle(bytes, 0);
  if (const std::optional<size_t> body = PickleBody(bytes)) return ProbePickle(bytes, *body);
  if (AllZeros(bytes)) {
    return {FileKind::kZeros, "a file of zeros: an unfinished download or copy",
            "Fetch or copy it again.", ""};
  }
  if (std::optional<ProbeResult> found = ProbeSignature(bytes)) return *found;
  if (std::optional<ProbeResult> found = ProbeTar(bytes)) return *found;
  if (std::optional<ProbeResult> found = ProbeText(bytes)) return *found;
  if (std::optional<ProbeResult> found = ProbeProtocolBuffer(bytes)) return *found;
  if (LooksLikeTextPickle(bytes)) return ProbePickle(bytes, 0);
  // A zip with something before it, as self-extracting archives are.
  if (ZipArchive::Open(bytes, "zip").ok()) return ProbeZip(bytes);
  return {FileKind::kUnknown, "a file of no known format",
          "Graft reads what torch.save and torch.jit.save write, and safetensors.", ""};
}

absl::string_view FileKindName(FileKind kind) {
  switch (kind) {
    case FileKind::kTorchScript:
      return "torchscript";
    case FileKind::kTorchScriptLite:
      return "torchscript_lite";
    case FileKind::kTorchScriptFlat:
      return "torchscript_flatbuffer";
    case FileKind::kTorchZip:
      return "torch_zip";
    case FileKind::kTorchLegacy:
      return "torch_legacy";
    case FileKind::kTorchTar:
      return "torch_tar";
    case FileKind::kTorchPackage:
      return "torch_package";
    case FileKind::kPt2:
      return "pt2";
    case FileKind::kStableBaselines3:
      return "stable_baselines3";
    case FileKind::kTorchServe:
      return "torchserve";
    case FileKind::kSafetensors:
      return "safetensors";
    case FileKind::kShardedIndex:
      return "sharded_index";
    case FileKind::kManifest:
      return "manifest";
    case FileKind::kJson:
      return "json";
    case FileKind::kOnnx:
      return "onnx";
    case FileKind::kTensorFlow:
      return "tensorflow";
    case FileKind::kKeras:
      return "keras";
    case FileKind::kHdf5:
      return "hdf5";
    case FileKind::kGguf:
      return "gguf";
    case FileKind::kNumPy:
      return "numpy";
    case FileKind::kPickle:
      return "pickle";
    case FileKind::kZip:
      return "zip";
    case FileKind::kBrokenZip:
      return "broken_zip";
    case FileKind::kGzip:
      return "compressed";
    case FileKind::kTar:
      return "tar";
    case FileKind::kHtml:
      return "html";
    case FileKind::kGitLfsPointer:
      return "git_lfs_pointer";
    case FileKind::kText:
      return "text";
    case FileKind::kExecutable:
      return "executable";
    case FileKind::kZeros:
      return "zeros";
    case FileKind::kEmpty:
      return "empty";
    case FileKind::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Completeness CompletenessOfFile(ByteSpan bytes) {
  using State = Completeness::State;
  if (bytes.empty()) return {State::kIncomplete, "the file is empty"};
  if (StartsWithBytes(bytes, "PK")) {
    absl::StatusOr<ZipArchive> zip = ZipArchive::Open(bytes, "zip");
    if (!zip.ok()) {
      return {State::kIncomplete, std::string(absl::StripPrefix(zip.status().message(), "zip: "))};
    }
    if (zip->end_offset() != bytes.size()) {
      return {State::kIncomplete, absl::StrCat("the zip archive ends at byte ", zip->end_offset(),
                                               " of ", bytes.size())};
    }
    return {State::kComplete, "the zip directory is whole and ends with the file"};
  }
  if (LooksLikeSafetensors(bytes)) {
    absl::StatusOr<SafetensorsFile> file = SafetensorsFile::Open(bytes, "safetensors");
    if (!file.ok()) {
      return {State::kIncomplete,
              std::string(absl::StripPrefix(file.status().message(), "safetensors: "))};
    }
    return {State::kComplete, "the safetensors header and buffer have the sizes stated"};
  }
  if (AllZeros(bytes)) return {State::kIncomplete, "the file begins with zeros"};
  return {State::kUnknown, "this format has no end mark of its own"};
}

}  // namespace graft::models
