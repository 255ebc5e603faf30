#include "tools/graft/plugin_library.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace graft::tools {
namespace {

constexpr char kName[] = "libgraft.so";

}  // namespace

std::string PluginLibraryPath() {
  const char* given = std::getenv("GRAFT_LIBRARY");
  if (given != nullptr && *given != '\0') return given;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return kName;
  const std::filesystem::path folder = program.parent_path();
  for (const char* place : {".", "../lib", "../../plugin"}) {
    const std::filesystem::path candidate = (folder / place / kName).lexically_normal();
    if (std::filesystem::exists(candidate, error)) return candidate.string();
  }
  return kName;
}

Result<Library> LoadPluginLibrary() {
  const std::string path = PluginLibraryPath();
  Result<Library> library = Library::Load(path);
  if (library.ok()) return library;
  ErrorInfo error = library.error();
  error.message = "cannot open Graft's library: " + error.message +
                  ". Set GRAFT_LIBRARY to the path of libgraft.so, or put it beside this program.";
  return error;
}

const graft_tools* PluginTools(const Library& library) {
  return static_cast<const graft_tools*>(library.api()->extension(GRAFT_TOOLS_ID));
}

}  // namespace graft::tools
