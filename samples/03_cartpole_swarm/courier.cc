#include "samples/03_cartpole_swarm/courier.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace graft::samples {

std::string FileName(const Delivery& delivery) {
  return delivery.stage + (delivery.torn ? "-torn.pt" : ".pt");
}

void Place(const Delivery& delivery, const std::filesystem::path& checkpoints,
           const std::filesystem::path& folder) {
  const std::filesystem::path from = checkpoints / (delivery.stage + ".pt");
  std::ifstream source(from, std::ios::binary);
  if (!source) throw std::runtime_error(from.string() + ": cannot be read");
  std::string bytes((std::istreambuf_iterator<char>(source)), {});
  if (delivery.torn) bytes.resize(bytes.size() / 2);

  const std::string name = FileName(delivery);
  const std::filesystem::path unfinished = folder / ("." + name);
  std::ofstream target(unfinished, std::ios::binary);
  target.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  target.close();
  if (!target) throw std::runtime_error(unfinished.string() + ": cannot be written");
  std::filesystem::rename(unfinished, folder / name);
}

Courier::Courier(std::filesystem::path checkpoints, std::filesystem::path folder)
    : checkpoints_(std::move(checkpoints)),
      folder_(std::move(folder)),
      thread_([this] { Work(); }) {}

Courier::~Courier() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Courier::Deliver(Delivery delivery) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(delivery));
  }
  wake_.notify_one();
}

void Courier::Work() {
  for (;;) {
    Delivery delivery;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      delivery = std::move(waiting_.front());
      waiting_.pop_front();
    }
    try {
      Place(delivery, checkpoints_, folder_);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "cartpole_swarm: %s\n", error.what());
    }
  }
}

}  // namespace graft::samples
