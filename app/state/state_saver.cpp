#include "app/state/state_saver.h"

#include <utility>

#include "app/state/session_file.h"
#include "engine/core/out_of_memory.h"

namespace fovea::app {

StateSaver::StateSaver(std::filesystem::path file, std::function<void()> wake)
    : file_(std::move(file)),
      wake_(std::move(wake)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

StateSaver::~StateSaver() {
    finish();
}

void StateSaver::save(std::string text) {
    const std::scoped_lock lock(mutex_);
    waiting_ = std::move(text);
    changed_.notify_all();
}

void StateSaver::finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_ && !writing_; });
}

std::optional<std::string> StateSaver::take_error() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(error_, std::nullopt);
}

void StateSaver::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
        const std::string text = *std::exchange(waiting_, std::nullopt);
        writing_ = true;
        lock.unlock();
        const Status saved =
            or_out_of_memory("the state", [&] { return write_session_file(text, file_); });
        lock.lock();
        writing_ = false;
        error_.reset();
        if (!saved) error_ = saved.message();
        changed_.notify_all();
        if (saved || !wake_) continue;
        lock.unlock();
        wake_();
        lock.lock();
    }
}

}  // namespace fovea::app
