// LibTorch compiles, links, starts and computes on the CPU; its CUDA headers
// are found without a CUDA toolkit.

#include <c10/cuda/CUDAStream.h>

#include <filesystem>
#include <string>

#include "ATen/ATen.h"
#include "gtest/gtest.h"
#include "torch/headeronly/version.h"

namespace {

TEST(LibTorchSmoke, MultipliesTwoMatrices) {
  const at::Tensor product = at::matmul(at::ones({2, 3}), at::ones({3, 4}));
  EXPECT_TRUE(at::equal(product, at::full({2, 4}, 3.0)));
}

TEST(LibTorchSmoke, PathsNameTheLibraryThatIsLinked) {
  EXPECT_TRUE(std::filesystem::exists(GRAFT_LIBTORCH_DIR "/libtorch_cpu.so"));
  EXPECT_EQ(std::string(GRAFT_LIBTORCH_VERSION).find(TORCH_VERSION), 0u);
}

}  // namespace
