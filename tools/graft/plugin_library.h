// Finds libgraft.so for the programs of this repository and opens it.
//
//   graft::Result<graft::Library> library = LoadPluginLibrary();
//   const graft_tools* tools = PluginTools(*library);
//
// The programs do not link the library, so what does not need it starts in milliseconds.
// Threads: any; blocks while the library and LibTorch are mapped (about a second the first time).
#ifndef GRAFT_TOOLS_GRAFT_PLUGIN_LIBRARY_H_
#define GRAFT_TOOLS_GRAFT_PLUGIN_LIBRARY_H_

#include <string>

#include "graft/graft.hpp"
#include "graft/graft_tools.h"

namespace graft::tools {

// The environment variable GRAFT_LIBRARY; else libgraft.so beside this program, in ../lib, or in
// the build tree; else the plain name, for the dynamic linker to find.
std::string PluginLibraryPath();

// Errors say which path was tried.
Result<Library> LoadPluginLibrary();

// Null: a library of another version, without this extension.
const graft_tools* PluginTools(const Library& library);

}  // namespace graft::tools

#endif  // GRAFT_TOOLS_GRAFT_PLUGIN_LIBRARY_H_
