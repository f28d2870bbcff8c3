#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "engine/core/out_of_memory.h"

namespace fovea::app {

/// Something to ask the disk, away from the UI thread: no frame waits for it. The newest question
/// counts; the answer to an older one is thrown away. UI thread only.
template <class Answer>
class Errand {
  public:
    /// `wake` is called from the errand's thread when the answer is there.
    explicit Errand(std::function<void()> wake) : wake_(std::move(wake)) {}

    void ask(std::function<Answer()> question) {
        {
            const std::scoped_lock lock(mutex_);
            answer_.reset();
        }
        busy_ = true;
        const std::uint64_t number = ++asked_;
        // The one before it ends first: two would wait for the same disk.
        thread_ =
            std::jthread([this, number, question = std::move(question),
                          before = std::make_shared<std::jthread>(std::move(thread_))]() mutable {
                if (before->joinable()) before->join();
                Result<Answer> answer =
                    or_out_of_memory("this file", [&]() -> Result<Answer> { return question(); });
                {
                    const std::scoped_lock lock(mutex_);
                    if (answer.ok()) answer_ = Numbered{number, *std::move(answer)};
                    answered_ = number;
                }
                if (wake_) wake_();
            });
    }
    /// Once, when it is there.
    std::optional<Answer> take() {
        const std::scoped_lock lock(mutex_);
        if (answered_ == asked_) busy_ = false;
        if (!answer_ || answer_->number != asked_) return std::nullopt;
        std::optional<Answer> answer(std::move(answer_->answer));
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
        Answer answer;
    };
    std::function<void()> wake_;
    std::uint64_t asked_ = 0;
    bool busy_ = false;
    std::mutex mutex_;  // of the two below
    std::optional<Numbered> answer_;
    std::uint64_t answered_ = 0;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace fovea::app
