/* graft_tools.h - the extension "graft.tools/1": single forwards over tensors of any shape, reports
 * of what a file becomes, and a bare LibTorch forward of the same file to compare with. For command
 * lines and benchmarks, not for frames.
 *
 *   const graft_tools* tools = api->extension(GRAFT_TOOLS_ID);    // null: this library has none
 *
 * All functions are [control]: any thread, may block and allocate; errors as in graft.h. */
#ifndef GRAFT_GRAFT_TOOLS_H_
#define GRAFT_GRAFT_TOOLS_H_

#include "graft/graft.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GRAFT_TOOLS_ID "graft.tools/1"

/* A tensor in host memory: row-major, without gaps. */
typedef struct graft_tensor {
  size_t struct_size;
  const char* name;
  graft_dtype dtype;
  uint32_t rank; /* 0 to GRAFT_MAX_RANK; 0: one element */
  int64_t shape[GRAFT_MAX_RANK];
  const void* data;
  size_t size_bytes;
} graft_tensor;

typedef struct graft_bare {
  uint64_t id;
} graft_bare;

typedef struct graft_tools {
  size_t struct_size;

  /* Loads a manifest or a bare model file and runs one forward. inputs: in the order of the model's
   * arguments. output is called for each result, in order, on this thread; its tensor is valid
   * during the call. device and precision: null for the manifest's, else as in graft_model_options.
   */
  graft_error* (*run_once)(const char* model_path, const char* device, const char* precision,
                           const graft_tensor* inputs, uint32_t input_count,
                           void (*output)(void* user, const graft_tensor* tensor), void* user);

  /* What a host without Graft would write: torch::jit::load, eval, freeze, forward under inference
   * mode with one intra-op thread, on inputs of `rows` rows like those of the open model. */
  graft_error* (*bare_open)(graft_model model, const char* model_path, uint32_t rows,
                            graft_bare* out);
  /* One forward on this thread. *run_ns: what it took. */
  graft_error* (*bare_run)(graft_bare bare, int64_t* run_ns);
  graft_error* (*bare_close)(graft_bare bare);

  /* Loads a manifest or a bare model file as model_open does, golden check included, and destroys
   * it again. text is called once with what was found, as JSON; also of a file that is then
   * refused, with the error returned. Keys: "file", "loads", "error"; of a model that loads those
   * of a version in docs/abi.md, "inputs" and "outputs"; of weights that an architecture binds
   * "binding_text" and "binding_report" (docs/manifest.md). */
  graft_error* (*report)(const char* model_path, const char* device, const char* precision,
                         void (*text)(void* user, const char* json), void* user);
} graft_tools;

#ifdef __cplusplus
}
#endif

#endif /* GRAFT_GRAFT_TOOLS_H_ */
