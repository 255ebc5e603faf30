// Contiguous memory for a forward whose rows lie in several blocks.
//
// Threads: one owner at a time: each lane has one, each agent group has one for forwards that the
// host thread runs itself. Grows to the largest batch seen and stays.
#ifndef GRAFT_RUNTIME_STAGING_H_
#define GRAFT_RUNTIME_STAGING_H_

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

namespace graft::runtime {

class Staging {
 public:
  // At least size_bytes, 64-byte aligned, for buffer `index`; contents undefined; valid until the
  // next call with the same index.
  std::byte* Buffer(size_t index, size_t size_bytes) {
    if (index >= buffers_.size()) buffers_.resize(index + 1);
    Sized& buffer = buffers_[index];
    if (buffer.size_bytes < size_bytes) {
      const size_t rounded = (size_bytes + 63) / 64 * 64;
      buffer.data.reset(static_cast<std::byte*>(std::aligned_alloc(64, rounded)));
      buffer.size_bytes = rounded;
    }
    return buffer.data.get();
  }

  // Scratch for the pointers of one Run; kept to reuse its memory.
  std::vector<const void*> inputs;
  std::vector<void*> outputs;
  // Likewise of a version that runs beside the serving one.
  std::vector<const void*> other_inputs;
  std::vector<void*> other_outputs;

 private:
  struct Free {
    void operator()(std::byte* data) const { std::free(data); }
  };
  struct Sized {
    std::unique_ptr<std::byte, Free> data;
    size_t size_bytes = 0;
  };
  std::vector<Sized> buffers_;
};

}  // namespace graft::runtime

#endif  // GRAFT_RUNTIME_STAGING_H_
