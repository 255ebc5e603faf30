// How long it takes until all weights of a 100 MB file can be used, and what the first look at
// every byte costs beside a plain mapping. Page cache warm; medians of 15.
//
//   ./dev bench open_file_bench [FILE...]     without FILE: 320 weights of 102 MB in all, as
//   ResNet-50 has
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "models/file/model_file.h"
#include "models/file/safetensors.h"
#include "models/file/torch_writer.h"

namespace {

using graft::models::ByteSpan;
using graft::models::ModelFile;
using graft::models::Weight;
using Clock = std::chrono::steady_clock;

double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

uint64_t Sum(ByteSpan bytes) {
  uint64_t sum = 0;
  for (size_t at = 0; at + 8 <= bytes.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    sum += word;
  }
  return sum;
}

double Median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

double PlainMappingTime(const std::string& path, uint64_t* sum) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const off_t size = lseek(descriptor, 0, SEEK_END);
  const Clock::time_point start = Clock::now();
  void* memory = mmap(nullptr, static_cast<size_t>(size), PROT_READ, MAP_PRIVATE, descriptor, 0);
  *sum += Sum({static_cast<const uint8_t*>(memory), static_cast<size_t>(size)});
  const double time = MillisecondsSince(start);
  munmap(memory, static_cast<size_t>(size));
  close(descriptor);
  return time;
}

int Measure(const std::string& path) {
  constexpr int kRounds = 15;
  std::vector<double> opening;
  std::vector<double> touching;
  std::vector<double> plain;
  uint64_t sum = 0;
  uint64_t copied = 0;
  for (int round = 0; round < kRounds; ++round) {
    Clock::time_point start = Clock::now();
    absl::StatusOr<ModelFile> file = ModelFile::Open(path);
    opening.push_back(MillisecondsSince(start));
    if (!file.ok()) {
      std::fprintf(stderr, "%s\n", std::string(file.status().message()).c_str());
      return 1;
    }
    copied = file->copied_bytes();
    start = Clock::now();
    for (const auto& source : file->weight_sources()) {
      for (const Weight& weight : source.weights) {
        if (weight.IsContiguous()) sum += Sum(weight.ContiguousBytes());
      }
    }
    touching.push_back(MillisecondsSince(start));
    plain.push_back(PlainMappingTime(path, &sum));
  }
  // The sum is printed so that no compiler leaves the reading out.
  std::printf(
      "%s: open %.2f ms, %llu bytes copied; first touch %.1f ms, plain mapping %.1f ms (%llx)\n",
      path.c_str(), Median(opening), static_cast<unsigned long long>(copied), Median(touching),
      Median(plain), static_cast<unsigned long long>(sum & 0xffff));
  return 0;
}

// 320 weights, 102 MB: most of them small, as batch norms are.
int MeasureMadeUpFiles() {
  constexpr size_t kWeights = 320;
  constexpr size_t kLarge = 53;
  const std::vector<float> numbers(470'000, 0.5f);
  const ByteSpan bytes(reinterpret_cast<const uint8_t*>(numbers.data()), numbers.size() * 4);
  graft::models::WeightTable weights;
  std::vector<graft::models::SafetensorsTensor> tensors;
  for (size_t i = 0; i < kWeights; ++i) {
    const size_t count = i % (kWeights / kLarge) == 0 ? numbers.size() : 256;
    const std::string name = "layer" + std::to_string(i) + ".weight";
    tensors.push_back({name,
                       graft::models::DType::kFloat32,
                       {static_cast<int64_t>(count)},
                       bytes.first(count * 4)});
    weights.push_back(graft::models::WeightOf(tensors.back(), static_cast<uint32_t>(i)));
  }
  const std::string stem = "/tmp/graft-open-file-bench-" + std::to_string(getpid());
  int exit_code = 0;
  // Of their own memory each: the same memory would be written as one tied weight.
  std::vector<std::vector<float>> copies;
  for (Weight& weight : weights) {
    copies.emplace_back(static_cast<size_t>(weight.Elements()), 0.5f);
    weight.storage = {reinterpret_cast<const uint8_t*>(copies.back().data()),
                      copies.back().size() * 4};
  }
  for (const std::string& path : {stem + ".pt", stem + ".safetensors"}) {
    const absl::Status written = path.ends_with(".pt")
                                     ? graft::models::WriteTorchStateDict(path, weights)
                                     : graft::models::WriteSafetensors(path, tensors);
    if (written.ok()) {
      exit_code |= Measure(path);
    } else {
      std::fprintf(stderr, "%s\n", std::string(written.message()).c_str());
      exit_code = 1;
    }
    unlink(path.c_str());
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return MeasureMadeUpFiles();
  int exit_code = 0;
  for (int i = 1; i < argc; ++i) exit_code |= Measure(argv[i]);
  return exit_code;
}
