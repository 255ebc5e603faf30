#include "models/torch/tensor_pool.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <vector>

namespace graft::models {
namespace {

at::Tensor Numbers(at::IntArrayRef sizes, float first = 0) {
  return at::arange(c10::multiply_integers(sizes), at::kFloat).add_(first).reshape(sizes);
}

TEST(TensorPool, FindsATensorOfEqualContents) {
  TensorPool pool;
  pool.BeginLoad();
  const at::Tensor first = Numbers({3, 4});
  EXPECT_TRUE(pool.Share(first).is_alias_of(first));
  const at::Tensor found = pool.Share(Numbers({3, 4}));
  EXPECT_TRUE(found.is_alias_of(first));
  EXPECT_TRUE(found.equal(first));
}

TEST(TensorPool, TellsContentsShapeStridesAndTypeApart) {
  TensorPool pool;
  const at::Tensor zeros = at::zeros({4, 4});
  const std::vector<at::Tensor> others = {
      at::zeros({16}),       at::zeros({2, 8}), at::zeros({4, 4}, at::kInt),
      at::zeros({4, 4}).t(), Numbers({4, 4}),   at::zeros({4})};
  pool.Share(zeros);
  for (const at::Tensor& other : others) {
    EXPECT_NE(pool.KeyOf(other), pool.KeyOf(zeros)) << other.sizes();
    EXPECT_FALSE(pool.Share(other).is_alias_of(zeros)) << other.sizes();
  }
}

TEST(TensorPool, GivesBackAViewAsItWas) {
  TensorPool pool;
  const at::Tensor whole = Numbers({6, 4});
  const at::Tensor part = whole.narrow(0, 2, 3).t();
  pool.Add(pool.KeyOf(part), part);
  const at::Tensor found = pool.Find(pool.KeyOf(Numbers({6, 4}).narrow(0, 2, 3).t()));
  ASSERT_TRUE(found.defined());
  EXPECT_TRUE(found.is_alias_of(whole));
  EXPECT_EQ(found.strides(), part.strides());
  EXPECT_TRUE(found.equal(part));
}

TEST(TensorPool, HoldsNothingAlive) {
  TensorPool pool;
  bool freed = false;
  std::vector<float> memory(8, 1);
  at::Tensor tensor = at::from_blob(memory.data(), {8}, [&freed](void*) { freed = true; });
  const TensorPool::Key key = pool.KeyOf(tensor);
  pool.Add(key, tensor);
  EXPECT_TRUE(pool.Find(key).defined());
  tensor.reset();
  EXPECT_TRUE(freed);
  EXPECT_FALSE(pool.Find(key).defined());
}

// A new tensor may get the memory of one that is gone: it must not be taken for it.
TEST(TensorPool, KnowsATensorByItsMemoryOnlyWhileItLives) {
  TensorPool pool;
  std::vector<float> memory(8, 1);
  {
    const at::Tensor ones = at::from_blob(memory.data(), {8});
    pool.Add(pool.KeyOf(ones), ones);
  }
  memory.assign(8, 2);
  const at::Tensor twos = at::from_blob(memory.data(), {8});
  EXPECT_EQ(pool.KeyOf(twos), TensorPool().KeyOf(at::full({8}, 2.0f)));
}

TEST(TensorPool, DerivedKeysNameTheWayAndTheOrder) {
  TensorPool pool;
  const TensorPool::Key a = pool.KeyOf(at::zeros({2}));
  const TensorPool::Key b = pool.KeyOf(at::ones({2}));
  EXPECT_EQ(TensorPool::Derived("fold", {a, b}), TensorPool::Derived("fold", {a, b}));
  EXPECT_NE(TensorPool::Derived("fold", {a, b}), TensorPool::Derived("fold", {b, a}));
  EXPECT_NE(TensorPool::Derived("fold", {a, b}), TensorPool::Derived("folds", {a, b}));
  EXPECT_NE(TensorPool::Derived("fold", {a}), a);
}

// What is computed from a tensor of the pool is found without reading it again.
TEST(TensorPool, KeepsTheFirstKeyOfATensor) {
  TensorPool pool;
  const at::Tensor tensor = Numbers({4});
  const TensorPool::Key derived = TensorPool::Derived("cast", {pool.KeyOf(Numbers({4}, 7))});
  pool.Add(derived, tensor);
  pool.Add(TensorPool::Derived("another way", {derived}), tensor);
  EXPECT_EQ(pool.KeyOf(tensor), derived);
}

TEST(TensorPool, TellsWhatCameWithAnEarlierLoad) {
  TensorPool pool;
  pool.BeginLoad();
  const at::Tensor old = pool.Share(Numbers({4}));
  EXPECT_FALSE(pool.IsFromEarlierLoad(old));
  pool.BeginLoad();
  EXPECT_TRUE(pool.IsFromEarlierLoad(pool.Share(Numbers({4}))));
  EXPECT_FALSE(pool.IsFromEarlierLoad(pool.Share(Numbers({4}, 1))));
  EXPECT_FALSE(pool.IsFromEarlierLoad(Numbers({4})));
}

}  // namespace
}  // namespace graft::models
