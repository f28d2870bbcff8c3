#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "engine/core/out_of_memory.h"
#include "engine/core/start_thread.h"

namespace fovea::app {

/// Something to ask the disk, away from the UI thread: no frame waits for it. The newest question
/// counts; the answer to an older one is thrown away. What goes wrong on the way, be it that memory
/// runs out, is an answer as well. UI thread only.
template <class Answer>
class Errand {
  public:
    /// `doing` is what there may not be enough memory for ("this file"). `wake` is called from the
    /// errand's thread when the answer is there.
    Errand(std::string doing, std::function<void()> wake)
        : doing_(std::move(doing)), wake_(std::move(wake)) {}

    void ask(std::function<Result<Answer>()> question) {
        {
            const std::scoped_lock lock(mutex_);
            answer_.reset();
        }
        busy_ = true;
        const std::uint64_t number = ++asked_;
        // The one before it ends first: two would wait for the same disk.
        const auto before = std::make_shared<std::jthread>(std::move(thread_));
        const Status started =
            start_thread(thread_, [this, number, before, question = std::move(question)] {
                if (before->joinable()) before->join();
                put(number, or_out_of_memory(doing_, question));
                if (wake_) wake_();
            });
        if (!started) put(number, started.error());
    }
    /// Once, when it is there.
    std::optional<Result<Answer>> take() {
        const std::scoped_lock lock(mutex_);
        if (answered_ == asked_) busy_ = false;
        if (!answer_ || answer_->number != asked_) return std::nullopt;
        std::optional<Result<Answer>> answer(std::move(answer_->answer));
        answer_.reset();
        return answer;
    }
    /// `take` has something to say.
    bool ready() {
        const std::scoped_lock lock(mutex_);
        return busy_ && answered_ == asked_;
    }
    /// An answer is to come, or to be taken.
    bool busy() const { return busy_; }

  private:
    struct Numbered {
        std::uint64_t number;
        Result<Answer> answer;
    };
    void put(std::uint64_t number, Result<Answer> answer) {
        const std::scoped_lock lock(mutex_);
        answer_ = Numbered{number, std::move(answer)};
        answered_ = number;
    }

    const std::string doing_;
    std::function<void()> wake_;
    std::uint64_t asked_ = 0;
    bool busy_ = false;
    std::mutex mutex_;  // of the two below
    std::optional<Numbered> answer_;
    std::uint64_t answered_ = 0;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace fovea::app
