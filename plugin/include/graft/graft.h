/* clang-format off */
/* graft.h - the C door of Graft: live PyTorch models inside a running C or C++ host.
 *
 * One exported symbol, graft_get_api(), yields a table of functions. This header is all a host
 * needs at compile time; nothing of LibTorch, oneTBB or Abseil is visible through it. C11 and
 * C++17. C++ hosts may prefer graft.hpp, the RAII wrapper over the same table.
 *
 *   const graft_api* api;
 *   if (graft_get_api(GRAFT_ABI_VERSION, &api) != GRAFT_OK) ...;       // or through dlsym
 *   graft_runtime rt;
 *   api->runtime_open(NULL, NULL, &rt);
 *   graft_model_options from = {.struct_size = sizeof from, .path = "walker.json"};
 *   graft_model walker;
 *   api->model_open(rt, &from, &walker);
 *   graft_group_options size = {.struct_size = sizeof size, .agents = 256};
 *   graft_group pack;
 *   api->group_open(walker, &size, &pack);
 *   for (each frame) {
 *     graft_block obs = {.struct_size = sizeof obs};
 *     api->input(pack, 0, &obs);              // [agents, features]: write rows in place
 *     api->submit(pack, 256, 0, &ticket);     // hand the block over; returns at once
 *     api->tick(rt, NULL);                    // one batch a model; new versions take over here
 *     graft_result act = {.struct_size = sizeof act};
 *     if (api->latest(pack, 0, &act) == GRAFT_OK) ...;       // newest finished rows
 *   }
 *
 * THREAD TAGS. Every function carries one:
 *   [control]  any thread; may block, allocate, read files. Never call it from the frame loop
 *              unless a stall is acceptable there. Returns null, or an error object that the
 *              caller owns and gives back with error_free().
 *   [frame]    never blocks, allocates, throws or logs; returns a graft_status. A function on a
 *              group is for one thread at a time for that group (any thread, and it may change
 *              between calls); two threads inside the same group at once get GRAFT_WRONG_THREAD.
 *              Different groups are independent. tick() is for one thread at a time for each
 *              runtime.
 *   [wait]     on a group, like [frame], but blocks as its name says.
 *   [any]      any thread at any time; never blocks.
 *
 * STRUCTS. Each has struct_size first: the caller sets it to sizeof of the struct as compiled,
 * zeroes the rest, and fills what it needs; zero means the default. The library reads and writes
 * no byte beyond struct_size. Fields are only ever added at the end.
 *
 * HANDLES are values {index, generation}. After a close, every use of the old handle returns
 * GRAFT_STALE_HANDLE, also when the index has been given to a new object. A zero handle is never
 * valid.
 *
 * OWNERSHIP. What a host passes in is copied before the call returns (callbacks and their user
 * pointer: referenced until runtime_close returns). What the library hands out says how long it
 * lives. On failure no out parameter is touched, except struct fields as documented.
 *
 * UNITS. Time is nanoseconds of CLOCK_MONOTONIC, in fields ending in _ns. Sizes are bytes when
 * the name says so, counts otherwise. Arrays are row-major, in host memory.
 */
/* clang-format on */
#ifndef GRAFT_GRAFT_H_
#define GRAFT_GRAFT_H_
/* NOLINTBEGIN: C, read by C++ compilers too */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Major version of this interface: raised only when a host built against an older one breaks. */
#define GRAFT_ABI_VERSION 1u

/* Most dimensions of an input or output, the agents dimension included. */
#define GRAFT_MAX_RANK 8u

/* ---- status codes ---- */
typedef int32_t graft_status;
enum {
  GRAFT_OK = 0,

  /* No rows now, and nothing is wrong. */
  GRAFT_PENDING = 1,    /* not finished yet: ask again, or wait() */
  GRAFT_BUSY = 2,       /* every block is in use: skip this frame, or deepen the group */
  GRAFT_NO_VERSION = 3, /* no version of the model serves yet */
  GRAFT_LATE = 4,       /* dropped before it ran: older than the model's deadline */
  GRAFT_TIMEOUT = 5,    /* wait() gave up; the work goes on */
  GRAFT_NO_RESULT = 6,  /* latest(): the group has not finished anything yet */
  GRAFT_SUPERSEDED = 7, /* poll(): those rows were freed, a newer result replaced them */

  /* Something is wrong. */
  GRAFT_FAILED = -1,           /* the model failed on this batch; describe() has the reason */
  GRAFT_STALE_HANDLE = -2,     /* closed, or never opened */
  GRAFT_WRONG_THREAD = -3,     /* another thread is inside this group, or this tick, now */
  GRAFT_INVALID_ARGUMENT = -4, /* null pointer, index out of range, agents above capacity */
  GRAFT_OUT_OF_ORDER = -5,     /* submit() or run() with no input() since the last one */
  GRAFT_UNSUPPORTED = -6,      /* abi version or struct_size not known to this library */

  /* Codes of graft_error only. */
  GRAFT_NOT_FOUND = -7,    /* file, key or version does not exist */
  GRAFT_REJECTED = -8,     /* the file is not a model that Graft can serve; the text says why */
  GRAFT_PRECONDITION = -9, /* not possible in the present state */
  GRAFT_INTERNAL = -10     /* a defect in Graft: please report it with the text */
};

/* ---- element types ---- */
typedef int32_t graft_dtype;
enum {
  GRAFT_FLOAT32 = 1,
  GRAFT_FLOAT64 = 2,
  GRAFT_FLOAT16 = 3,  /* IEEE 754 binary16 */
  GRAFT_BFLOAT16 = 4, /* upper half of binary32 */
  GRAFT_INT8 = 5,
  GRAFT_UINT8 = 6,
  GRAFT_INT16 = 7,
  GRAFT_INT32 = 8,
  GRAFT_INT64 = 9,
  GRAFT_BOOL = 10 /* one byte, 0 or 1 */
};

/* ---- handles ---- */
typedef struct graft_runtime {
  uint64_t id;
} graft_runtime;
typedef struct graft_model {
  uint64_t id;
} graft_model;
typedef struct graft_group {
  uint64_t id;
} graft_group;

/* Owned by the caller of the function that returned it; see error_free(). */
typedef struct graft_error graft_error;

/* Text owned by the caller, UTF-8, zero-terminated; see text_free(). */
typedef struct graft_text {
  const char* data;
  size_t size_bytes; /* without the terminating zero */
} graft_text;

/* ---- the host's side ---- */
enum { GRAFT_LOG_DEBUG = 0, GRAFT_LOG_INFO = 1, GRAFT_LOG_WARNING = 2, GRAFT_LOG_ERROR = 3 };
enum { GRAFT_THREAD_WORKER = 0, GRAFT_THREAD_LOADER = 1, GRAFT_THREAD_WATCHER = 2 };

typedef enum graft_version_state {
  GRAFT_VERSION_DISCOVERED = 0,
  GRAFT_VERSION_LOADING = 1,
  GRAFT_VERSION_VALIDATING = 2,
  GRAFT_VERSION_WARMING = 3,
  GRAFT_VERSION_READY = 4, /* waits for a tick, or for model_commit() */
  GRAFT_VERSION_SERVING = 5,
  GRAFT_VERSION_DRAINING = 6, /* replaced; batches that hold it still run, or it fades */
  GRAFT_VERSION_KEPT = 7,     /* replaced and idle; model_rollback() can bring it back at once */
  GRAFT_VERSION_RETIRED = 8,  /* freed */
  GRAFT_VERSION_REJECTED = 9, /* describe() has the reason */
  GRAFT_VERSION_TRIAL = 10,   /* serves some of the rows, or none, and is compared */
  GRAFT_VERSION_BURN_IN =
      11 /* runs beside the serving version until its recurrent state is its own */
} graft_version_state;

/* A version of a model entered a state. Valid during the callback. */
typedef struct graft_version_event {
  size_t struct_size;
  const char* model; /* its name */
  uint64_t version;
  graft_version_state state;
  uint32_t reserved;
  uint64_t tick;      /* of SERVING and TRIAL: when it took over; 0: at model_open. Of BURN_IN: when
                         it began */
  const char* path;   /* the file it came from */
  const char* reason; /* why it was rejected or never served; empty else */
} graft_version_event;

/* Callbacks into the host; any may be null. They may be called from several threads at once, must
 * not call back into Graft, and must not throw. */
typedef struct graft_host {
  size_t struct_size;
  void* user; /* passed to every callback */
  /* Never called from a [frame] function. text: valid during the call. Default: warnings and errors
   * go to stderr. */
  void (*log)(void* user, int32_t level, const char* text);
  /* Memory of the input and output blocks only (the memory a host writes and reads); called by
   * group_open and group_close. alignment_bytes is a power of two, at least 64. Both or neither. */
  void* (*allocate)(void* user, size_t size_bytes, size_t alignment_bytes);
  void (*deallocate)(void* user, void* data, size_t size_bytes);
  /* On the thread, around its work for this runtime; always in pairs. index counts from 0 within
   * the kind. Loader and watcher threads are the runtime's own and say so once; a worker comes from
   * the process's oneTBB pool whenever there is work, and goes back when there has been none for a
   * while. */
  void (*thread_start)(void* user, int32_t kind, uint32_t index);
  void (*thread_stop)(void* user, int32_t kind, uint32_t index);
  /* Every change of state of every version: loaded, rejected, published, replaced, freed. Never
   * called from a [frame] function; for one model one at a time and in order, soon after the fact.
   */
  void (*version_event)(void* user, const graft_version_event* event);
} graft_host;

/* ---- control structs ---- */
enum {
  /* No worker threads: batches run inside wait() and run() only. */
  GRAFT_RUNTIME_NO_WORKERS = 1u << 0
};

typedef struct graft_runtime_options {
  size_t struct_size;
  uint32_t flags;
  uint32_t worker_threads; /* thread budget for inference; 0: hardware threads - 1, at least 1 */
  uint32_t loader_threads; /* background threads that read and prepare models; 0: 1 */
  uint32_t reserved;
  /* How long an idle worker looks for the next batch before it sleeps; 0: 50 us; negative: not at
   * all. Longer is quicker to answer and costs a core. */
  int64_t spin_ns;
  /* How long it then keeps its thread of the process's oneTBB pool, asleep, before it gives it
   * back; 0: 100 ms; negative: not at all. Within this time it is woken by one system call, without
   * allocation. A host that needs every oneTBB thread between its frames makes it short. */
  int64_t park_ns;
  /* Path of a Unix socket (mode 0600) at which `graft ctl` reaches this runtime; null: none. What a
   * client may do there is what [control] functions do, plus model_load of any path that this
   * process can read. */
  const char* control_socket;
} graft_runtime_options;

enum {
  /* Do not follow changes of the source, whatever the manifest says. */
  GRAFT_MODEL_NO_WATCH = 1u << 0,
  /* A ready candidate waits for model_commit(). */
  GRAFT_MODEL_MANUAL_COMMIT = 1u << 1,
  /* The source may hold no model yet: until it does, results say GRAFT_NO_VERSION. */
  GRAFT_MODEL_ALLOW_EMPTY = 1u << 2
};

typedef struct graft_model_options {
  size_t struct_size;
  /* A manifest (.json), a model file that needs none (TorchScript), or a directory of such files:
   * the newest. */
  const char* path;
  /* A manifest as JSON text instead of a file, or null. Relative names inside it are relative to
   * `path` when that is a directory, else to the current directory. */
  const char* manifest;
  /* "cpu", "cuda", "cuda:1", "auto" (CUDA where a device is there, else the CPU). Null: the
   * manifest's, else "auto". */
  const char* device;
  /* "float32", "bfloat16", "float16", "auto" (the fastest that answers rightly on this device).
   * Null: the manifest's, else "float32". */
  const char* precision;
  uint32_t flags;
  uint32_t reserved;
} graft_model_options;

typedef struct graft_group_options {
  size_t struct_size;
  uint32_t agents; /* capacity: most rows of one submit; 0: 1 */
  uint32_t depth; /* blocks in rotation: one written, one read, the rest in flight; 0: 4, 3 to 16 */
} graft_group_options;

typedef struct graft_tensor_spec {
  size_t struct_size;
  const char* name; /* valid until model_close */
  graft_dtype dtype;
  uint32_t rank;
  int64_t shape[GRAFT_MAX_RANK]; /* shape[0] is the agents dimension, given as -1 */
  size_t row_bytes;              /* bytes of one agent's row */
} graft_tensor_spec;

/* What is known of one version. path and reason belong to the caller: text_free() each. */
typedef struct graft_version_info {
  size_t struct_size;
  uint64_t version;
  graft_version_state state;
  uint32_t reserved;
  uint64_t published_tick; /* the tick it last took over at; 0: at model_open, or never */
  size_t weight_bytes;
  int64_t load_ns; /* how long reading and preparing took, and the warm-up forwards */
  int64_t warm_ns;
  graft_text path;
  graft_text reason;   /* why it was rejected or never served; empty else */
  size_t shared_bytes; /* of weight_bytes: what did not change, and is in memory once for several
                          versions */
} graft_version_info;

/* Counters since model_open, exact; a snapshot may straddle a batch that is just finishing. */
typedef struct graft_model_stats {
  size_t struct_size;
  uint64_t serving_version; /* 0: none */
  uint64_t versions_served; /* publications, rollbacks included */
  uint64_t versions_rejected;
  uint64_t batches;      /* forwards run */
  uint64_t rows;         /* agent rows answered */
  uint64_t late_rows;    /* rows dropped at their deadline */
  uint64_t failed_rows;  /* rows whose forward failed */
  uint64_t busy;         /* input() calls answered GRAFT_BUSY */
  int64_t last_batch_ns; /* run time of the newest batch on its worker */
} graft_model_stats;

/* ---- frame structs ---- */
typedef struct graft_block {
  size_t struct_size;
  void* data; /* [capacity, ...] of the input's dtype; 64-byte aligned; row i at i*row_bytes */
  size_t row_bytes;
  uint32_t capacity;
  graft_dtype dtype;
} graft_block;

typedef struct graft_result {
  size_t struct_size;
  const void* data; /* [agents, ...] of the output's dtype; 64-byte aligned; row i at i*row_bytes */
  size_t row_bytes;
  uint32_t agents;
  graft_dtype dtype;
  uint64_t ticket;  /* what submit() gave for these rows */
  uint64_t version; /* the one version that computed all of them */
  uint64_t tick;    /* the tick that closed their batch; 0: run(), or submit with GRAFT_SUBMIT_NOW
                       before the first tick */
  int64_t age_ns;   /* since submit() */
  /* While a version fades into the next (swap.blend_ms), what is answered is `share` of `version`
   * and the rest of this one; 0: none fades, and share is 1. */
  uint64_t fading_version;
  double share;
  /* While a version is on trial (swap.trial), it computed the first trial_agents rows; 0: none. */
  uint64_t trial_version;
  uint32_t trial_agents;
  uint32_t reserved;
} graft_result;

typedef struct graft_tick_info {
  size_t struct_size;
  uint64_t tick;    /* counts from 1 */
  uint32_t batches; /* closed by this tick, one a model at most */
  uint32_t rows;
  uint32_t swaps; /* models whose serving version changed at this tick */
  uint32_t reserved;
} graft_tick_info;

enum {
  /* Do not wait for tick(): a batch of its own, on the serving version. GRAFT_BUSY when the model
   * has recurrent state and earlier rows of the group still wait for their tick. */
  GRAFT_SUBMIT_NOW = 1u << 0
};

/* ---- the table ---- */
typedef struct graft_api {
  size_t struct_size;
  uint32_t abi_version;
  uint32_t reserved;

  /* [any] "0.1.0 (LibTorch 2.11.0)"; lives as long as the library. */
  const char* (*version)(void);
  /* [any] A table of further functions by name, or null when this library does not have it. Lives
   * as long as the library. See graft_tools.h for "graft.tools/1". */
  const void* (*extension)(const char* id);

  /* [any] The error's status code and text; the text lives as long as the error. */
  graft_status (*error_code)(const graft_error* error);
  const char* (*error_message)(const graft_error* error);
  /* [control] Null is allowed. */
  void (*error_free)(graft_error* error);
  void (*text_free)(graft_text text);

  /* [control] Starts worker and loader threads lazily. host and options may be null. Several
   * runtimes may be open in one process. */
  graft_error* (*runtime_open)(const graft_host* host, const graft_runtime_options* options,
                               graft_runtime* out);
  /* [control] Closes every model and group of it, waits for running batches and loads, returns all
   * memory. Safe while other threads are inside [frame] calls: they get GRAFT_STALE_HANDLE. */
  graft_error* (*runtime_close)(graft_runtime runtime);

  /* [control] Opens a model and loads its first version before it returns; with
   * GRAFT_MODEL_ALLOW_EMPTY a source that holds nothing yet is fine. */
  graft_error* (*model_open)(graft_runtime runtime, const graft_model_options* options,
                             graft_model* out);
  /* [control] Also closes its groups. */
  graft_error* (*model_close)(graft_model model);
  /* [control] Inputs and outputs, counted from 0; GRAFT_NOT_FOUND past the last. */
  graft_error* (*model_input)(graft_model model, uint32_t index, graft_tensor_spec* out);
  graft_error* (*model_output)(graft_model model, uint32_t index, graft_tensor_spec* out);
  /* [control] Makes the file a candidate, whatever the source is. timeout_ns: 0 returns at once,
   * negative waits until the candidate is ready or rejected. version may be null. */
  graft_error* (*model_load)(graft_model model, const char* path, int64_t timeout_ns,
                             uint64_t* version);
  /* [control] The ready candidate is published at the next tick (manual commit). */
  graft_error* (*model_commit)(graft_model model);
  /* [control] The version that served before this one comes back at the next tick; it is kept
   * loaded. While a newer version is burned in: that ends, and the serving version goes on. */
  graft_error* (*model_rollback)(graft_model model);
  /* [control] pinned != 0: new files are no longer followed; 0: followed again. */
  graft_error* (*model_pin)(graft_model model, int32_t pinned);
  /* [control] One version; 0: the newest one discovered. GRAFT_NOT_FOUND for one that is forgotten:
   * the last 64 are remembered, and all that are loaded. */
  graft_error* (*model_version)(graft_model model, uint64_t version, graft_version_info* out);
  /* [control] Everything about the model and its versions, as JSON: docs/abi.md names the keys. */
  graft_error* (*model_describe)(graft_model model, graft_text* out);
  /* [any] */
  graft_status (*model_stats)(graft_model model, graft_model_stats* out);

  /* [control] A block of agents served by the model. */
  graft_error* (*group_open)(graft_model model, const graft_group_options* options,
                             graft_group* out);
  graft_error* (*group_close)(graft_group group);

  /* [frame] The block to write now for input `index`; the same one until submit() or run(). Its old
   * contents are those of an earlier frame: write every row that is submitted. GRAFT_BUSY when
   * every block is in flight. */
  graft_status (*input)(graft_group group, uint32_t index, graft_block* out);
  /* [frame] Hands over rows 0 .. agents-1 of all inputs written since input(). ticket may be null.
   */
  graft_status (*submit)(graft_group group, uint32_t agents, uint32_t flags, uint64_t* ticket);
  /* [frame] Once a frame. New versions of all models take over here, together; then all rows
   * submitted since the last tick are closed into one batch a model and handed to the workers. out
   * may be null. */
  graft_status (*tick)(graft_runtime runtime, graft_tick_info* out);
  /* [frame] The newest finished rows for output `index`. The data stays valid and unchanged until
   * the first latest() on this group that finds a newer result, or group_close. */
  graft_status (*latest)(graft_group group, uint32_t index, graft_result* out);
  /* [frame] GRAFT_OK when that ticket's rows are finished, GRAFT_PENDING before; else why there are
   * none (GRAFT_LATE, GRAFT_FAILED, GRAFT_NO_VERSION, GRAFT_SUPERSEDED). */
  graft_status (*poll)(graft_group group, uint64_t ticket);
  /* [wait] Like poll(), but blocks up to timeout_ns (negative: no limit). If no worker has begun
   * the batch, the calling thread runs it itself: nothing is gained by sleeping. */
  graft_status (*wait)(graft_group group, uint64_t ticket, int64_t timeout_ns);
  /* [wait] input() .. run() without workers or ticks: the forward happens on the calling thread, on
   * the serving version; latest() then has the rows. GRAFT_BUSY as for GRAFT_SUBMIT_NOW. */
  graft_status (*run)(graft_group group, uint32_t agents);

  /* [control] What model_commit() and model_rollback() do, for several models of one runtime: all
   * of them change at the same tick, or, with an error that names the model, none does. */
  graft_error* (*models_commit)(const graft_model* models, uint32_t count);
  graft_error* (*models_rollback)(const graft_model* models, uint32_t count);
  /* [control] Ends what is loading or waits to be loaded: it is rejected as cancelled. The serving
   * version stays. */
  graft_error* (*model_cancel)(graft_model model);
  /* [frame] Agents first .. first+count-1 begin anew: with the next submit() their recurrent state
   * is zeros. Nothing happens when the model has none. */
  graft_status (*agents_reset)(graft_group group, uint32_t first, uint32_t count);
} graft_api;

#if defined(__GNUC__)
#define GRAFT_EXPORT __attribute__((visibility("default")))
#else
#define GRAFT_EXPORT
#endif

/* [any] The only exported symbol. GRAFT_UNSUPPORTED when this library does not speak abi_version;
 * *api is then null. The table lives as long as the process (the library stays mapped after
 * dlclose). */
GRAFT_EXPORT graft_status graft_get_api(uint32_t abi_version, const graft_api** api);
typedef graft_status (*graft_get_api_fn)(uint32_t abi_version, const graft_api** api);

#ifdef __cplusplus
}
#endif

/* NOLINTEND */
#endif /* GRAFT_GRAFT_H_ */
