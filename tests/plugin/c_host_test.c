/* A host in plain C, with nothing of LibTorch on its link line: opens the library with dlopen, runs
 * a model, swaps it, closes, opens again, and is loaded twice from two threads. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graft/graft.h"

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                \
    }                                                                         \
  } while (0)

static const char kOne[] = "tests/fixtures/torchscript/constant_1.pt";
static const char kTwo[] = "tests/fixtures/torchscript/constant_2.pt";

static const graft_api* Open(void** library) {
  *library = dlopen("plugin/libgraft.so", RTLD_NOW | RTLD_LOCAL);
  if (*library == NULL) fprintf(stderr, "%s\n", dlerror());
  CHECK(*library != NULL);
  graft_get_api_fn get_api;
  *(void**)&get_api = dlsym(*library, "graft_get_api");
  CHECK(get_api != NULL);
  const graft_api* api = NULL;
  CHECK(get_api(GRAFT_ABI_VERSION + 1, &api) == GRAFT_UNSUPPORTED && api == NULL);
  CHECK(get_api(GRAFT_ABI_VERSION, &api) == GRAFT_OK);
  CHECK(api->struct_size == sizeof(graft_api));
  return api;
}

static void Succeed(const graft_api* api, graft_error* error) {
  if (error != NULL) fprintf(stderr, "%s\n", api->error_message(error));
  CHECK(error == NULL);
}

/* One frame; returns the first output element. */
static float Frame(const graft_api* api, graft_runtime runtime, graft_group group,
                   uint64_t* version) {
  graft_block block = {.struct_size = sizeof block};
  CHECK(api->input(group, 0, &block) == GRAFT_OK);
  CHECK(block.dtype == GRAFT_FLOAT32 && block.capacity == 4 && (uintptr_t)block.data % 64 == 0);
  memset(block.data, 0, 4 * block.row_bytes);
  uint64_t ticket = 0;
  CHECK(api->submit(group, 4, 0, &ticket) == GRAFT_OK);
  CHECK(api->tick(runtime, NULL) == GRAFT_OK);
  CHECK(api->wait(group, ticket, -1) == GRAFT_OK);
  graft_result result = {.struct_size = sizeof result};
  CHECK(api->latest(group, 0, &result) == GRAFT_OK);
  CHECK(result.ticket == ticket && result.agents == 4);
  *version = result.version;
  const float* rows = result.data;
  for (uint32_t i = 1; i < result.agents; ++i) CHECK(rows[i * result.row_bytes / 4] == rows[0]);
  return rows[0];
}

/* Counts publications; on the library's threads. */
static void CountServing(void* user, const graft_version_event* event) {
  CHECK(event->struct_size >= sizeof *event);
  CHECK(event->model != NULL && event->path != NULL && event->reason != NULL);
  if (event->state == GRAFT_VERSION_SERVING) atomic_fetch_add((atomic_int*)user, 1);
}

static void RunAndSwap(const graft_api* api) {
  graft_runtime runtime;
  atomic_int served = 0;
  const graft_host host = {
      .struct_size = sizeof host, .user = &served, .version_event = CountServing};
  Succeed(api, api->runtime_open(&host, NULL, &runtime));
  graft_model model;
  const graft_model_options options = {.struct_size = sizeof options, .path = kOne};
  Succeed(api, api->model_open(runtime, &options, &model));
  graft_group group;
  const graft_group_options group_options = {.struct_size = sizeof group_options, .agents = 4};
  Succeed(api, api->group_open(model, &group_options, &group));

  uint64_t version = 0;
  const float before = Frame(api, runtime, group, &version);
  CHECK(version == 1);
  Succeed(api, api->model_load(model, kTwo, -1, &version));
  CHECK(version == 2);
  const float after = Frame(api, runtime, group, &version);
  CHECK(version == 2);
  CHECK(before != after);
  Succeed(api, api->model_rollback(model));
  CHECK(Frame(api, runtime, group, &version) == before);
  CHECK(version == 1);

  CHECK(api->struct_size >= sizeof *api);
  CHECK(api->agents_reset(group, 0, 4) == GRAFT_OK);
  CHECK(api->agents_reset(group, 3, 2) == GRAFT_INVALID_ARGUMENT);
  Succeed(api, api->model_load(model, kTwo, -1, NULL));
  Succeed(api, api->models_commit(&model, 1));
  CHECK(Frame(api, runtime, group, &version) == after);
  CHECK(version == 3);
  Succeed(api, api->models_rollback(&model, 1));
  CHECK(Frame(api, runtime, group, &version) != 0);
  CHECK(version < 3);
  Succeed(api, api->model_cancel(model));
  graft_error* nothing = api->models_commit(NULL, 0);
  CHECK(nothing != NULL && api->error_code(nothing) == GRAFT_INVALID_ARGUMENT);
  api->error_free(nothing);

  graft_text text;
  Succeed(api, api->model_describe(model, &text));
  CHECK(strstr(text.data, "\"serving_version\": ") != NULL);
  api->text_free(text);

  Succeed(api, api->runtime_close(runtime));
  CHECK(atomic_load(&served) >= 1);
  uint64_t ticket;
  graft_block block = {.struct_size = sizeof block};
  CHECK(api->input(group, 0, &block) == GRAFT_STALE_HANDLE);
  CHECK(api->submit(group, 4, 0, &ticket) == GRAFT_STALE_HANDLE);
  CHECK(api->tick(runtime, NULL) == GRAFT_STALE_HANDLE);
  graft_error* error = api->runtime_close(runtime);
  CHECK(error != NULL && api->error_code(error) == GRAFT_STALE_HANDLE);
  api->error_free(error);
}

static void* HostThread(void* unused) {
  (void)unused;
  void* library;
  const graft_api* api = Open(&library);
  RunAndSwap(api);
  CHECK(dlclose(library) == 0);
  return NULL;
}

int main(void) {
  HostThread(NULL);
  HostThread(NULL); /* closed, and opened again */
  pthread_t threads[2];
  for (int i = 0; i < 2; ++i) CHECK(pthread_create(&threads[i], NULL, HostThread, NULL) == 0);
  for (int i = 0; i < 2; ++i) CHECK(pthread_join(threads[i], NULL) == 0);
  puts("ok");
  return 0;
}
