// Any bytes as a pickle: all of its values are looked at.
#include "models/file/pickle_reader.h"
#include "models/file/pickled_module.h"
#include "models/file/torch_objects.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using graft::models::ByteSpan;
  using graft::models::CollectStorages;
  using graft::models::IsPickledModule;
  using graft::models::ModuleStateDict;
  using graft::models::PickleKind;
  using graft::models::PickleRepr;
  using graft::models::PickleValues;
  using graft::models::ReadPickle;
  using graft::models::TorchObjects;
  using graft::models::TorchStorage;
  using graft::models::ValueId;
  uint64_t position = 0;
  absl::StatusOr<PickleValues> values = ReadPickle({data, size}, &position, "fuzz");
  if (!values.ok()) return 0;
  for (ValueId id = 0; id < values->size() && id < 1000; ++id) {
    PickleRepr(*values, id);
    if ((*values)[id].kind == PickleKind::kDict) values->Entries((*values)[id]);
    if (IsPickledModule(*values, id)) ModuleStateDict(*values, id, "fuzz").status().IgnoreError();
  }
  absl::StatusOr<std::vector<TorchStorage>> storages = CollectStorages(*values, "fuzz");
  if (!storages.ok()) return 0;
  // Storages of some of the bytes at hand.
  for (TorchStorage& storage : *storages) {
    storage.bytes = ByteSpan(data, size).first(std::min<uint64_t>(size, storage.size_bytes));
  }
  TorchObjects::Build(*values, *std::move(storages), "fuzz").status().IgnoreError();
  return 0;
}
