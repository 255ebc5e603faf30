#include "runtime/model.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <limits>
#include <new>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "runtime/candidate_check.h"

namespace graft::runtime {
namespace {

std::string Milliseconds(int64_t ns) {
  return absl::StrFormat("%.1f ms", static_cast<double>(ns) / 1e6);
}

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  const std::optional<SourceFile> file = FindFile(path);
  if (!file) return std::nullopt;
  return file->identity;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> Model::Open(ModelOptions options,
                                                   std::unique_ptr<Loader> loader,
                                                   const ModelServices& services) {
  std::unique_ptr<Model> model(new Model(std::move(options), std::move(loader), services));
  if (absl::Status status = model->OpenFirst(); !status.ok()) return status;
  Model* self = model.get();
  if (services.watcher != nullptr) {
    services.watcher->Add(self, self->options_.watch ? self->options_.source : "",
                          [self](int64_t now_ns, const ArrivedFiles& arrived) {
                            return self->Visit(now_ns, arrived);
                          });
  }
  return model;
}

Model::Model(ModelOptions options, std::unique_ptr<Loader> loader, const ModelServices& services)
    : options_(std::move(options)),
      loader_(std::move(loader)),
      services_(services),
      versions_(
          options_.keep, [this] { WakeWatcher(); }, options_.continuity.blend_ns,
          options_.continuity.burns_in()) {}

Model::~Model() {
  if (services_.watcher != nullptr) services_.watcher->Remove(this);
  std::unique_lock lock(jobs_mutex_);
  closing_ = true;
  for (const std::shared_ptr<Job>& job : jobs_) job->cancel.Cancel();
  job_done_.wait(lock, [this] { return jobs_.empty(); });
}

absl::Status Model::OpenFirst() {
  const SourceListing listing = ListSource(options_.source, options_.wanted);
  absl::Status best_refusal;
  for (const SourceFile& file : listing.files) {
    Job job;
    job.path = file.path;
    job.identity = file.identity;
    job.version = versions_.Discover(file.path, services_.clock->NowNs());
    const absl::Status status = RunJobGuarded(job);
    if (status.ok()) break;
    if (best_refusal.ok()) best_refusal = status;
  }
  {
    MutexLock lock(scan_mutex_);
    for (const SourceFile& file : listing.files) {
      tried_.Add(file.identity, TriedFiles::Fate::kPassedOver);
    }
  }
  if (versions_.serving_number() != 0) return absl::OkStatus();
  if (!options_.allow_empty) {
    if (!best_refusal.ok()) return best_refusal;
    if (!listing.problem.ok()) return listing.problem;
    return absl::NotFoundError(absl::StrCat(
        options_.source,
        ": no model file there. Expected a model file, a directory with one, a pattern that finds "
        "one, or an index file that names one; to open before the first one is written, pass "
        "GRAFT_MODEL_ALLOW_EMPTY"));
  }
  if (!options_.schema.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(options_.source,
                     ": no model file there yet, so inputs and outputs are not known. Declare "
                     "\"inputs\" and \"outputs\" in the manifest to open it empty"));
  }
  return MakeBatcher(*options_.schema);
}

absl::Status Model::MakeBatcher(const models::ModelSchema& schema) {
  BatcherOptions options{.schema = schema,
                         .max_rows = options_.max_rows,
                         .deadline_ns = options_.deadline_ns,
                         .has_trials = options_.trial.enabled,
                         .trial_fraction = options_.trial.fraction};
  if (absl::Status status = ApplyContinuity(options_.continuity, &options); !status.ok()) {
    return absl::Status(status.code(), absl::StrCat(options_.name, ": ", status.message()));
  }
  absl::StatusOr<std::unique_ptr<Batcher>> batcher =
      Batcher::Create(std::move(options), versions_, services_.scheduler, *services_.clock);
  if (!batcher.ok()) return batcher.status();
  batcher_ = *std::move(batcher);
  return absl::OkStatus();
}

absl::Status Model::Load(const std::string& path, int64_t timeout_ns, uint64_t* version) {
  auto job = std::make_shared<Job>();
  job->path = path;
  job->version = versions_.Discover(path, services_.clock->NowNs());
  if (version != nullptr) *version = job->version;
  Enqueue(job);
  if (timeout_ns == 0) return absl::OkStatus();
  std::unique_lock lock(jobs_mutex_);
  const auto is_done = [&job] { return job->done; };
  if (timeout_ns < 0) {
    job_done_.wait(lock, is_done);
  } else if (!job_done_.wait_for(lock, std::chrono::nanoseconds(timeout_ns), is_done)) {
    return absl::DeadlineExceededError(absl::StrCat(
        path, ": version ", job->version, " is still loading; it takes over when it is ready"));
  }
  return job->result;
}

size_t Model::CancelLoads() {
  const std::lock_guard lock(jobs_mutex_);
  for (const std::shared_ptr<Job>& job : jobs_) job->cancel.Cancel();
  return jobs_.size();
}

absl::Status Model::Commit() {
  absl::Status status = versions_.Commit();
  Announce();
  return status;
}

absl::Status Model::Rollback() {
  absl::Status status = versions_.Rollback();
  Announce();
  return status;
}

void Model::Announce() {
  MutexLock lock(announce_mutex_);
  const std::vector<VersionEvent> events = versions_.TakeEvents();
  if (!services_.listener) return;
  for (const VersionEvent& event : events) services_.listener(options_.name, event);
}

void Model::SetPinned(bool pinned) {
  MutexLock lock(scan_mutex_);
  pinned_ = pinned;
  watched_.reset();
}

bool Model::pinned() {
  MutexLock lock(scan_mutex_);
  return pinned_;
}

void Model::WarmUp(uint32_t rows) {
  const Version* version = versions_.Acquire();
  if (version == nullptr) return;
  runtime::WarmUp(*version->executable, /*serving=*/nullptr, {std::min(rows, options_.max_rows)},
                  CancelToken())
      .IgnoreError();
  versions_.Release(version);
}

// ---- the watcher's thread ----

int64_t Model::Visit(int64_t now_ns, const ArrivedFiles& arrived) {
  // A look takes a tenth of a millisecond: it need not wait for the end of a long forward.
  PaceOptions pace = options_.pace;
  pace.most_credit_ns = std::min<int64_t>(pace.most_credit_ns, 2'000'000);
  const PacedWork paced(services_.frames, pace, nullptr);
  Free(versions_.Reap());
  Announce();
  int64_t next_ns = std::numeric_limits<int64_t>::max();
  if (options_.continuity.burns_in()) FollowBurnIn();
  if (options_.trial.enabled) FollowTrial(now_ns, &next_ns);
  if (options_.watch) {
    next_ns = std::min(next_ns, now_ns + options_.poll_ns);
    Scan(now_ns, arrived, &next_ns);
  }
  return next_ns;
}

void Model::FollowBurnIn() {
  const std::optional<Batcher::Failure> failure = batcher_->TakeBurnInFailure();
  if (failure) RejectCandidate(failure->version, failure->reason);
}

void Model::FollowTrial(int64_t now_ns, int64_t* next_ns) {
  constexpr int64_t kLookNs = 50'000'000;
  int64_t started_ns = 0;
  const Version* trial = versions_.AcquireTrial(&started_ns);
  if (trial == nullptr) return;
  const uint64_t number = trial->number;
  versions_.Release(trial);
  *next_ns = std::min(*next_ns, now_ns + kLookNs);
  const TrialReport::Figures figures = batcher_->trial_report().Read();
  if (figures.version != number) return;  // the next trial is about to begin
  const TrialVerdict verdict = JudgeTrial(options_.trial, figures, now_ns - started_ns);
  if (verdict.kind == TrialVerdict::Kind::kRejected) {
    RejectCandidate(number, verdict.reason);
  } else if (verdict.kind == TrialVerdict::Kind::kTakesOver && !options_.manual_commit) {
    versions_.CommitTrial(number);
  }
}

void Model::RejectCandidate(uint64_t version, absl::string_view reason) {
  if (!versions_.RejectCandidate(version, reason)) return;
  Say(LogLevel::kWarning, absl::StrCat("version ", version, " refused: ", reason));
  Announce();
}

void Model::Scan(int64_t now_ns, const ArrivedFiles& arrived, int64_t* next_ns) {
  {
    const std::lock_guard lock(jobs_mutex_);
    // One candidate at a time; RunJobs wakes the watcher when it is done.
    if (!jobs_.empty()) return;
  }
  MutexLock lock(scan_mutex_);
  if (pinned_) return;
  const SourceListing listing = ListSource(options_.source, options_.wanted);
  FollowProblem(listing, now_ns, next_ns);
  const SourceFile* fresh = tried_.NextCandidate(listing);
  if (fresh == nullptr) {
    watched_.reset();
    return;
  }
  if (!watched_ || watched_->path != fresh->path || watched_->identity != fresh->identity) {
    watched_ = Watched{fresh->path, fresh->identity, now_ns};
  }
  // A clock that jumped back must not make us wait until it has caught up.
  watched_->unchanged_since_ns = std::min(watched_->unchanged_since_ns, now_ns);
  const int64_t unchanged_ns = now_ns - watched_->unchanged_since_ns;
  if (unchanged_ns < options_.stable_ns && !arrived.Contains(fresh->identity)) {
    *next_ns = std::min(*next_ns, watched_->unchanged_since_ns + options_.stable_ns);
    return;
  }
  const absl::Status complete = loader_->CheckComplete(fresh->path);
  if (absl::IsUnavailable(complete) && unchanged_ns < options_.incomplete_ns) {
    // Its writer has time until then.
    *next_ns = std::min(*next_ns, watched_->unchanged_since_ns + options_.incomplete_ns);
    return;
  }
  const uint64_t version = versions_.Discover(fresh->path, now_ns);
  watched_.reset();
  tried_.Add(fresh->identity, TriedFiles::Fate::kBegun);
  if (!complete.ok()) {
    Refuse(version, complete);
    return;
  }
  auto job = std::make_shared<Job>();
  job->path = fresh->path;
  job->identity = fresh->identity;
  job->version = version;
  for (const SourceFile& file : listing.files) job->overtakes.push_back(file.identity);
  Enqueue(std::move(job));
}

// Told once it has lasted, for writers replace files and directories in several steps.
void Model::FollowProblem(const SourceListing& listing, int64_t now_ns, int64_t* next_ns) {
  if (listing.problem.ok()) {
    if (problem_ && problem_->told) {
      Say(LogLevel::kInfo, absl::StrCat(options_.source, ": can be read again"));
    }
    problem_.reset();
    return;
  }
  if (!problem_ || problem_->text != listing.problem.message()) {
    problem_ = SourceProblem{std::string(listing.problem.message()), now_ns, false};
  }
  if (problem_->told) return;
  problem_->since_ns = std::min(problem_->since_ns, now_ns);
  if (now_ns - problem_->since_ns < options_.incomplete_ns) {
    *next_ns = std::min(*next_ns, problem_->since_ns + options_.incomplete_ns);
    return;
  }
  problem_->told = true;
  if (listing.index) {
    Refuse(versions_.Discover(options_.source, now_ns), listing.problem);
  } else {
    Say(LogLevel::kWarning, absl::StrCat(problem_->text, "; the serving version goes on"));
  }
}

// ---- loader threads ----

void Model::Enqueue(std::shared_ptr<Job> job) {
  {
    const std::lock_guard lock(jobs_mutex_);
    if (closing_) {
      job->done = true;
      job->result = absl::CancelledError("the model is closing");
      return;
    }
    jobs_.push_back(std::move(job));
    if (jobs_.size() > 1) return;  // RunJobs is under way and will find it
  }
  services_.load_queue->Post([this] { RunJobs(); });
}

void Model::RunJobs() {
  for (;;) {
    std::shared_ptr<Job> job;
    {
      const std::lock_guard lock(jobs_mutex_);
      job = jobs_.front();
    }
    const absl::Status result = RunPaced(*job);
    // The watcher may look at the source again; said before the model can go.
    WakeWatcher();
    const std::lock_guard lock(jobs_mutex_);
    job->done = true;
    job->result = result;
    jobs_.pop_front();
    const bool last = jobs_.empty();
    job_done_.notify_all();
    if (last) return;
  }
}

absl::Status Model::RunPaced(Job& job) {
  const PacedWork paced(services_.frames, options_.pace, &job.cancel);
  return RunJobGuarded(job);
}

void Model::Free(std::vector<std::unique_ptr<Executable>> executables) const {
  if (executables.empty()) return;
  // Shared, for a function must be copyable. It may outlive the model.
  const auto freed =
      std::make_shared<std::vector<std::unique_ptr<Executable>>>(std::move(executables));
  services_.load_queue->Post([freed, frames = services_.frames, pace = options_.pace] {
    const PacedWork paced(frames, pace, nullptr);
    freed->clear();
  });
}

// A load that throws is a version that is refused, not the end of the host.
absl::Status Model::RunJobGuarded(Job& job) {
  absl::Status status;
  try {
    return RunJob(job);
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError(
        absl::StrCat(job.path, ": not enough memory to load it beside the serving version"));
  } catch (const std::exception& error) {
    status = absl::InternalError(absl::StrCat(job.path, ": ", error.what()));
  }
  Refuse(job.version, status);
  return status;
}

absl::Status Model::RunJob(Job& job) {
  const int64_t start_ns = services_.clock->NowNs();
  if (job.cancel.cancelled()) {
    absl::Status cancelled = absl::CancelledError(absl::StrCat(job.path, ": cancelled"));
    Refuse(job.version, cancelled);
    return cancelled;
  }
  versions_.Advance(job.version, VersionState::kLoading);
  Announce();
  const auto reject = [&](const absl::Status& status) {
    RememberRefusal(job, status);
    Refuse(job.version, status);
    return status;
  };
  if (absl::Status status = CheckNotRefusedBefore(job); !status.ok()) return reject(status);
  absl::StatusOr<std::unique_ptr<Executable>> executable = LoadStable(job);
  if (!executable.ok()) return reject(executable.status());
  versions_.Advance(job.version, VersionState::kValidating);
  if (absl::Status status = CheckSchema((*executable)->schema(), job.path); !status.ok()) {
    return reject(status);
  }
  if (absl::Status status = loader_->Validate(**executable, job.cancel); !status.ok()) {
    return reject(status);
  }
  const int64_t loaded_ns = services_.clock->NowNs();
  versions_.Advance(job.version, VersionState::kWarming);
  if (absl::Status status = TryOut(**executable, job); !status.ok()) return reject(status);
  if (job.cancel.cancelled())
    return reject(absl::CancelledError(absl::StrCat(job.path, ": cancelled")));
  const int64_t warm_ns = services_.clock->NowNs();
  const bool first = batcher_ == nullptr;
  if (first) {
    if (absl::Status status = MakeBatcher((*executable)->schema()); !status.ok()) {
      return reject(status);
    }
  }
  std::string text = absl::StrCat(
      "version ", job.version, " ready from ", job.path, ": ", (*executable)->weight_bytes() / 1024,
      " KiB on ", (*executable)->device(), ", loaded in ", Milliseconds(loaded_ns - start_ns),
      ", warmed in ", Milliseconds(warm_ns - loaded_ns));
  for (const auto& [name, value] : (*executable)->facts()) {
    if (const auto* words = std::get_if<std::string>(&value)) {
      absl::StrAppend(&text, "; ", name, ": ", *words);
    }
  }
  {
    MutexLock lock(scan_mutex_);
    for (const FileIdentity& file : job.overtakes) {
      tried_.Add(file, TriedFiles::Fate::kPassedOver);
    }
    if (job.identity) tried_.Add(*job.identity, TriedFiles::Fate::kTaken);
  }
  const bool on_trial = options_.trial.enabled && versions_.serving_number() != 0;
  const Publication publication = first                                ? Publication::kAtOnce
                                  : options_.manual_commit || on_trial ? Publication::kHeld
                                                                       : Publication::kOffered;
  versions_.Ready(job.version, *std::move(executable), loaded_ns - start_ns, warm_ns - loaded_ns,
                  publication);
  if (on_trial) {
    batcher_->trial_report().Begin(job.version);
    versions_.StartTrial().IgnoreError();  // a rollback may have come between
  }
  Say(LogLevel::kInfo, text);
  Announce();
  return absl::OkStatus();
}

// Only what the watcher found: a load that the host asks for is always tried.
absl::Status Model::CheckNotRefusedBefore(Job& job) {
  if (!job.identity || !refused_.AnyOfSize(job.identity->size_bytes)) return absl::OkStatus();
  const absl::StatusOr<std::string> digest = loader_->Digest(job.path, job.cancel);
  if (!digest.ok()) return absl::OkStatus();  // loading it says what is wrong
  const RefusedContents::Refusal* known = refused_.Find(job.identity->size_bytes, *digest);
  if (known == nullptr) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(job.path, ": the same bytes as version ",
                                               known->version,
                                               ", which was refused: ", known->reason));
}

void Model::RememberRefusal(Job& job, const absl::Status& why) {
  switch (why.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kDataLoss:
      break;  // it is the contents that are wrong
    default:
      return;  // the moment may have been: another try may go well
  }
  const std::optional<FileIdentity> before = IdentityOf(job.path);
  if (!before || (job.identity && *job.identity != *before)) return;
  absl::StatusOr<std::string> digest = loader_->Digest(job.path, job.cancel);
  if (!digest.ok() || IdentityOf(job.path) != before) return;
  refused_.Add({before->size_bytes, *std::move(digest), job.version, std::string(why.message())});
}

// Loads the file, and does not believe what it got if somebody wrote into it meanwhile. Another
// file that took its place is another matter: what was read is whole, and the newer one comes next.
// Else a writer that is quicker than a load would never be followed.
absl::StatusOr<std::unique_ptr<Executable>> Model::LoadStable(Job& job) {
  const std::optional<FileIdentity> before = IdentityOf(job.path);
  if (!before) {
    return absl::NotFoundError(absl::StrCat(job.path, ": no such file, or no permission"));
  }
  const auto changed = [&job] {
    return absl::AbortedError(absl::StrCat(
        job.path,
        ": the file changed while it was being loaded; the newer contents are tried next"));
  };
  if (job.identity && *job.identity != *before) return changed();
  absl::StatusOr<std::unique_ptr<Executable>> executable = loader_->Load(job.path, job.cancel);
  if (!executable.ok()) return executable;
  const std::optional<FileIdentity> after = IdentityOf(job.path);
  const bool replaced = after && (after->inode != before->inode || after->device != before->device);
  if (after != before && !replaced) return changed();
  return executable;
}

absl::Status Model::CheckSchema(const models::ModelSchema& found, const std::string& path) const {
  const models::ModelSchema* expected = batcher_ != nullptr ? &batcher_->schema()
                                        : options_.schema   ? &*options_.schema
                                                            : nullptr;
  if (expected == nullptr || found == *expected) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": inputs and outputs differ from the model's. Expected ", expected->DebugString(),
      ", found ", found.DebugString(), ". Close the model and open it anew to change its shape"));
}

// Runs the candidate in every way in which agents will depend on it.
absl::Status Model::TryOut(const Executable& candidate, const Job& job) {
  const std::vector<uint32_t> used_rows =
      batcher_ == nullptr ? std::vector<uint32_t>{1} : batcher_->UsedRows();
  const Version* serving = versions_.Acquire();
  absl::Status status = runtime::WarmUp(
      candidate, serving != nullptr ? serving->executable.get() : nullptr, used_rows, job.cancel);
  absl::StatusOr<double> slowdown = 0.0;
  if (status.ok() && serving != nullptr && options_.max_slowdown > 0) {
    slowdown = Slowdown(candidate, *serving->executable, used_rows.back(), *services_.clock);
    status = slowdown.status();
  }
  if (serving != nullptr) versions_.Release(serving);
  if (!status.ok()) {
    return absl::Status(status.code(), absl::StrCat(job.path, ": ", status.message()));
  }
  if (options_.max_slowdown > 0 && *slowdown > options_.max_slowdown) {
    // The machine's moment may have been bad: these bytes may be tried again.
    return absl::UnavailableError(
        absl::StrFormat("%s: a forward of %d rows takes %.2f times as long as the serving "
                        "version's; at most %.2f times is allowed (swap.max_slowdown)",
                        job.path, used_rows.back(), *slowdown, options_.max_slowdown));
  }
  return absl::OkStatus();
}

void Model::Refuse(uint64_t version, const absl::Status& why) {
  versions_.Reject(version, why.message());
  Announce();
  // While nothing serves, the error that Open returns says it.
  if (batcher_ == nullptr) return;
  Say(LogLevel::kWarning, absl::StrCat("version ", version, " refused: ", why.message()));
}

void Model::WakeWatcher() const noexcept {
  if (services_.watcher != nullptr) services_.watcher->Wake();
}

void Model::Say(LogLevel level, const std::string& text) const {
  if (services_.log) services_.log(level, absl::StrCat(options_.name, ": ", text));
}

}  // namespace graft::runtime
