// Plays the trainer: puts one checkpoint after another into the folder that the model watches.
//
//   Courier courier("samples/checkpoints/cartpole", folder);
//   courier.Deliver({.stage = "better"});   // returns at once; the file appears a moment later
//
// A file is written under another name and then renamed, as every writer should: whoever watches
// never sees half of it. What is torn here is torn on purpose. Threads: Deliver on any thread; the
// writing happens on the courier's own thread, as a trainer is another process: no frame waits for
// a disk.
#ifndef GRAFT_SAMPLES_CARTPOLE_SWARM_COURIER_H_
#define GRAFT_SAMPLES_CARTPOLE_SWARM_COURIER_H_

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>

namespace graft::samples {

struct Delivery {
  std::string stage;  // "expert": expert.pt of the checkpoints
  bool torn = false;  // only the first half of the file
};

// The file of a delivery in the watched folder: "better.pt", "expert-torn.pt".
std::string FileName(const Delivery& delivery);

// Copies the checkpoint into the folder. Throws std::runtime_error when it cannot be read or
// written.
void Place(const Delivery& delivery, const std::filesystem::path& checkpoints,
           const std::filesystem::path& folder);

class Courier {
 public:
  Courier(std::filesystem::path checkpoints, std::filesystem::path folder);
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  void Deliver(Delivery delivery);

 private:
  void Work();

  const std::filesystem::path checkpoints_;
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Delivery> waiting_;  // guarded by mutex_
  bool closing_ = false;          // guarded by mutex_
  std::thread thread_;
};

}  // namespace graft::samples

#endif  // GRAFT_SAMPLES_CARTPOLE_SWARM_COURIER_H_
