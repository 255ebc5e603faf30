/* A host that ends without closing anything, with a worker asleep and a watcher running: the
 * process must end at once and well. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>

#include "graft/graft.h"

/* Under LeakSanitizer: what is left open is left open on purpose. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return 1; }

int main(void) {
  void* library = dlopen("plugin/libgraft.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 1;
  }
  graft_get_api_fn get_api;
  *(void**)&get_api = dlsym(library, "graft_get_api");
  const graft_api* api = NULL;
  if (get_api == NULL || get_api(GRAFT_ABI_VERSION, &api) != GRAFT_OK) return 1;
  graft_runtime runtime;
  graft_model model;
  graft_group group;
  const graft_model_options options = {.struct_size = sizeof options,
                                       .path = "tests/fixtures/torchscript/constant_1.pt"};
  if (api->runtime_open(NULL, NULL, &runtime) != NULL) return 1;
  if (api->model_open(runtime, &options, &model) != NULL) return 1;
  if (api->group_open(model, NULL, &group) != NULL) return 1;
  graft_block block = {.struct_size = sizeof block};
  uint64_t ticket = 0;
  if (api->input(group, 0, &block) != GRAFT_OK) return 1;
  if (api->submit(group, 1, 0, &ticket) != GRAFT_OK) return 1;
  if (api->tick(runtime, NULL) != GRAFT_OK) return 1;
  while (api->poll(group, ticket) == GRAFT_PENDING) {
  }
  return api->poll(group, ticket) == GRAFT_OK ? 0 : 1;
}
