#include "plugin/automatic_precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/runtime/fakes.h"

namespace graft::plugin {
namespace {

using models::DType;
using runtime::Executable;
using runtime::testing::FakeClock;
using runtime::testing::FakeExecutable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A model whose forwards take as long as the test says, and answer what it says.
struct Behaviour {
  int64_t row_ns = 1000;
  float answer = 2;
  absl::Status load = absl::OkStatus();
};

class AutomaticPrecisionTest : public ::testing::Test {
 protected:
  AutomaticPrecision Make(int64_t max_rows = 64, bool chosen_once = false) {
    return AutomaticPrecision({.max_rows = max_rows, .clock = &clock_, .chosen_once = chosen_once});
  }

  absl::StatusOr<AutomaticPrecision::Loaded> Load(
      AutomaticPrecision& precision, const AutomaticPrecision::CheckAs& golden = nullptr) {
    return precision.Load(
        [this](DType as, const models::ModelSchema* schema) { return LoadAs(as, schema); }, golden,
        cancel_);
  }

  absl::StatusOr<std::unique_ptr<Executable>> LoadAs(DType as, const models::ModelSchema* schema) {
    loads_.push_back(absl::StrCat(std::string(models::DTypeName(as)), schema ? " as told" : ""));
    const Behaviour& behaviour = behaviours_[as];
    if (!behaviour.load.ok()) return behaviour.load;
    EXPECT_LE(++alive_, 2) << "one candidate beside float32 at a time";
    auto life = std::make_shared<FakeExecutable::Life>();
    life->on_run = [this, as](float*, int64_t rows) {
      ++forwards_[as];
      clock_.Advance(behaviours_[as].row_ns * rows);
    };
    auto executable = std::make_unique<Counted>(behaviour.answer, std::move(life), &alive_);
    return executable;
  }

  // FakeExecutable that is counted while it lives.
  class Counted final : public Executable {
   public:
    Counted(float answer, std::shared_ptr<FakeExecutable::Life> life, int* alive)
        : inner_(answer, std::move(life)), alive_(alive) {}
    ~Counted() override { --*alive_; }
    const models::ModelSchema& schema() const override { return inner_.schema(); }
    size_t weight_bytes() const override { return 4; }
    std::string device() const override { return "cpu"; }
    absl::Status Run(int64_t rows, absl::Span<const void* const> inputs,
                     absl::Span<void* const> outputs) const override {
      return inner_.Run(rows, inputs, outputs);
    }

   private:
    FakeExecutable inner_;
    int* alive_;
  };

  FakeClock clock_;
  runtime::CancelToken cancel_;
  std::map<DType, Behaviour> behaviours_;
  std::vector<std::string> loads_;
  int alive_ = 0;
  std::map<DType, int> forwards_;
};

TEST_F(AutomaticPrecisionTest, TakesTheFastestAndSaysWhatWasMeasured) {
  behaviours_[DType::kBFloat16].row_ns = 500;
  behaviours_[DType::kFloat16].row_ns = 800;
  AutomaticPrecision precision = Make();
  const auto loaded = Load(precision);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kBFloat16);
  EXPECT_EQ(loaded->reason,
            "bfloat16, measured over 64 rows: bfloat16 takes 0.50 of float32's time; float16 takes "
            "0.80 of float32's time");
  // The winner was given up for the next candidate's sake, and is loaded again.
  EXPECT_THAT(loads_,
              ElementsAre("float32", "bfloat16 as told", "float16 as told", "bfloat16 as told"));
}

TEST_F(AutomaticPrecisionTest, TheLastCandidateIsNotLoadedTwice) {
  behaviours_[DType::kFloat16].row_ns = 500;
  AutomaticPrecision precision = Make();
  const auto loaded = Load(precision);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kFloat16);
  EXPECT_THAT(loads_, ElementsAre("float32", "bfloat16 as told", "float16 as told"));
}

TEST_F(AutomaticPrecisionTest, Float32StaysUnlessAnotherIsClearlyFaster) {
  behaviours_[DType::kBFloat16].row_ns = 960;
  behaviours_[DType::kFloat16].row_ns = 3000;
  AutomaticPrecision precision = Make();
  const auto loaded = Load(precision);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kFloat32);
  EXPECT_THAT(loaded->reason, HasSubstr("float32, measured over 64 rows: bfloat16 takes 0.96"));
}

TEST_F(AutomaticPrecisionTest, GivesUpACandidateThatIsMuchSlower) {
  behaviours_[DType::kBFloat16].row_ns = 80'000;
  behaviours_[DType::kFloat16].row_ns = 1400;
  AutomaticPrecision precision = Make();
  ASSERT_TRUE(Load(precision).ok());
  // Beside float32 over 32 rows, once to warm up, and then a round, or two.
  EXPECT_EQ(forwards_[DType::kBFloat16], 3);
  EXPECT_EQ(forwards_[DType::kFloat16], 4);
}

TEST_F(AutomaticPrecisionTest, TimesAsManyRowsAsTakeSomeMilliseconds) {
  behaviours_[DType::kFloat32].row_ns = 4'000'000;
  AutomaticPrecision precision = Make(/*max_rows=*/1024);
  EXPECT_THAT(Load(precision)->reason, HasSubstr("over 4 rows"));
  behaviours_[DType::kFloat32].row_ns = 40'000'000;
  AutomaticPrecision slower = Make(/*max_rows=*/1024);
  EXPECT_THAT(Load(slower)->reason, HasSubstr("over 1 row:"));
  behaviours_[DType::kFloat32].row_ns = 1;
  AutomaticPrecision faster = Make(/*max_rows=*/100);
  EXPECT_THAT(Load(faster)->reason, HasSubstr("over 100 rows"));
}

TEST_F(AutomaticPrecisionTest, WhatAnswersOtherwiseThanFloat32IsRefused) {
  behaviours_[DType::kBFloat16] = {.row_ns = 100, .answer = 2.2F};  // within 0.03 + 0.05 x 2
  behaviours_[DType::kFloat16] = {.row_ns = 500, .answer = 2.02F};  // within 0.005 + 0.01 x 2
  AutomaticPrecision precision = Make();
  const auto loaded = Load(precision);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kFloat16);
  EXPECT_THAT(loaded->reason,
              HasSubstr("bfloat16 refused: the output \"action\" is not what float32 (over "
                        "pseudo-random inputs) says: 32 of 64 values are outside the tolerance"));
}

TEST_F(AutomaticPrecisionTest, GoldenValuesDecideWhereThereAreSome) {
  behaviours_[DType::kBFloat16] = {.row_ns = 100, .answer = 7};
  behaviours_[DType::kFloat16].row_ns = 500;
  AutomaticPrecision precision = Make();
  std::vector<DType> checked;
  const auto loaded = Load(precision, [&](const Executable&, DType as) {
    checked.push_back(as);
    return as == DType::kFloat16 ? absl::InvalidArgumentError("not golden") : absl::OkStatus();
  });
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kBFloat16);
  EXPECT_THAT(loaded->reason, HasSubstr("float16 refused: not golden"));
  EXPECT_THAT(checked, ElementsAre(DType::kFloat32, DType::kBFloat16, DType::kFloat16));
}

TEST_F(AutomaticPrecisionTest, AModelThatFailsItsGoldenCheckInFloat32IsRefused) {
  AutomaticPrecision precision = Make();
  const auto loaded =
      Load(precision, [](const Executable&, DType) { return absl::InvalidArgumentError("wrong"); });
  EXPECT_EQ(loaded.status(), absl::InvalidArgumentError("wrong"));
  EXPECT_THAT(loads_, ElementsAre("float32"));
}

TEST_F(AutomaticPrecisionTest, ACandidateThatDoesNotLoadIsPartOfTheReason) {
  behaviours_[DType::kFloat16].load = absl::InvalidArgumentError("beyond float16's 65504");
  AutomaticPrecision precision = Make();
  EXPECT_THAT(Load(precision)->reason, HasSubstr("float16 refused: beyond float16's 65504"));
  behaviours_[DType::kFloat32].load = absl::InvalidArgumentError("no model");
  AutomaticPrecision other = Make();
  EXPECT_EQ(Load(other).status(), absl::InvalidArgumentError("no model"));
}

TEST_F(AutomaticPrecisionTest, LaterVersionsRunInThePrecisionFoundAndAreCheckedInIt) {
  behaviours_[DType::kBFloat16].row_ns = 500;
  AutomaticPrecision precision = Make();
  ASSERT_TRUE(Load(precision).ok());
  loads_.clear();
  behaviours_[DType::kBFloat16].row_ns = 5000;  // is not measured again
  auto loaded = Load(precision);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kBFloat16);
  EXPECT_THAT(loads_, ElementsAre("bfloat16 as told", "float32"));
  loads_.clear();
  loaded = Load(precision, [](const Executable&, DType) { return absl::OkStatus(); });
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_THAT(loads_, ElementsAre("bfloat16 as told"));
}

TEST_F(AutomaticPrecisionTest, AVersionThatFailsInItBeginsTheChoiceAnew) {
  behaviours_[DType::kBFloat16].row_ns = 500;
  AutomaticPrecision precision = Make();
  ASSERT_TRUE(Load(precision).ok());
  behaviours_[DType::kBFloat16].answer = 9;
  loads_.clear();
  auto loaded = Load(precision);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->precision, DType::kFloat32);
  EXPECT_THAT(loaded->reason, HasSubstr("(chosen anew: the output \"action\""));
  loads_.clear();
  ASSERT_TRUE(Load(precision).ok());
  EXPECT_THAT(loads_, ElementsAre("float32"));
}

TEST_F(AutomaticPrecisionTest, VersionsThatShareTensorsKeepTheFirstChoice) {
  behaviours_[DType::kBFloat16].row_ns = 500;
  AutomaticPrecision precision = Make(/*max_rows=*/64, /*chosen_once=*/true);
  ASSERT_TRUE(Load(precision).ok());
  behaviours_[DType::kBFloat16].answer = 9;
  EXPECT_THAT(std::string(Load(precision).status().message()), HasSubstr("\"action\" is not what"));
}

TEST_F(AutomaticPrecisionTest, IsChosenForAnewAfterItWasForgotten) {
  AutomaticPrecision precision = Make();
  ASSERT_TRUE(Load(precision).ok());
  precision.Forget();
  behaviours_[DType::kBFloat16].row_ns = 500;
  EXPECT_EQ(Load(precision)->precision, DType::kBFloat16);
}

TEST_F(AutomaticPrecisionTest, EndsWhenItIsCancelled) {
  cancel_.Cancel();
  AutomaticPrecision precision = Make();
  EXPECT_TRUE(absl::IsCancelled(Load(precision).status()));
  EXPECT_THAT(loads_, ElementsAre("float32"));
}

}  // namespace
}  // namespace graft::plugin
