#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/session/worker.h"

namespace fovea::app {

/// The sentence that is held against the one in view, as it is read while it is typed. UI thread
/// only; it waits for nothing.
class OtherSubject {
  public:
    explicit OtherSubject(Scheduler& jobs);

    /// Reads it where it is another one. `start`, or null, has read the same already.
    void want(ReadingRequest request, const std::shared_ptr<const Reading>& start);
    /// This is what was wanted last.
    bool wants(const ReadingRequest& request) const;
    void close();  ///< there is none

    /// True where there is something new to see.
    bool poll();

    /// The newest that could be read; null: none.
    const std::shared_ptr<const Reading>& reading() const { return reading_; }
    /// Why the newest could not be; empty: it could, or is not yet.
    const std::string& error() const { return error_; }
    /// The reading is older than what is wanted.
    bool stale() const { return wanted_ && answered_ != wanted_->revision; }

  private:
    Worker worker_;
    std::optional<ReadingRequest> wanted_;
    std::uint64_t revisions_ = 0, answered_ = 0;
    std::shared_ptr<const Reading> reading_;
    std::string error_;
};

/// The same sentences, read by the same model: edits aside.
bool same_sentences(const ReadingRequest& a, const ReadingRequest& b);

}  // namespace fovea::app
