// The .zip of Stable-Baselines3's model.save(): a policy with everything that its training needs.
//
//   absl::StatusOr<StableBaselinesArchive> archive = StableBaselinesArchive::Open(bytes,
//   "ppo.zip"); const TorchFile& policy = archive->policy();     // policy.pth: the state_dict
//
// Every record that ends in ".pth" is a file of torch.save in itself: policy.pth, the optimizers'
// states (policy.optimizer.pth, actor.optimizer.pth ...), pytorch_variables.pth. "data" is JSON, in
// which objects that JSON cannot say are base64 of cloudpickle, which would run code: they stay
// text, unread. "_stable_baselines3_version" and "system_info.txt" are text.
// Source: stable_baselines3/common/save_util.py.
//
// Threads: immutable once open; any thread.
// Ownership: points into the bytes given to Open, which must outlive it.
#ifndef GRAFT_MODELS_FILE_STABLE_BASELINES_H_
#define GRAFT_MODELS_FILE_STABLE_BASELINES_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "models/file/byte_span.h"
#include "models/file/torch_file.h"
#include "models/file/value_tree.h"
#include "models/file/zip_archive.h"
#include "nlohmann/json.hpp"

namespace graft::models {

class StableBaselinesArchive {
 public:
  // `label` names the file in errors. Errors: those of ZipArchive and TorchFile, for any of the
  // .pth records: an optimizer's state with code in it is refused as the policy would be.
  static absl::StatusOr<StableBaselinesArchive> Open(ByteSpan bytes, absl::string_view label);

  const TorchFile& policy() const { return *policy_; }

  // A dictionary of the records in the order of the archive: the trees of the .pth files and of
  // "data", texts, and the rest by their sizes. Errors: those of ValueTree.
  absl::StatusOr<nlohmann::ordered_json> Tree(const ValueTreeOptions& options) const;

  // Bytes of storages, in all .pth records, that could not be used in place.
  uint64_t copied_bytes() const;

 private:
  struct Record {
    std::string name{};
    ByteSpan contents = {};
    std::unique_ptr<TorchFile> torch = nullptr;  // of a .pth record
  };

  StableBaselinesArchive() = default;
  absl::Status ReadRecords(const ZipArchive& zip);

  std::string label_;
  std::deque<std::vector<uint8_t>> inflated_;
  std::vector<Record> records_;
  const TorchFile* policy_ = nullptr;  // within records_
};

}  // namespace graft::models

#endif  // GRAFT_MODELS_FILE_STABLE_BASELINES_H_
