#include "app/maps/tile_worker.h"

#include <algorithm>
#include <utility>

#include "engine/core/out_of_memory.h"

namespace fovea::app {

MapRegion TileKey::region(const MapRegion& whole) const {
    const Index rows = extent * query_step, columns = extent * key_step;
    return {row * rows, std::min((row + 1) * rows, whole.query_end), column * columns,
            std::min((column + 1) * columns, whole.key_end)};
}

TileWorker::TileWorker(std::function<void()> wake)
    : wake_(std::move(wake)), thread_([this] { loop(); }) {}

TileWorker::~TileWorker() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        cancel_running_.cancel();
    }
    changed_.notify_all();
    thread_.join();
}

void TileWorker::wish(std::vector<Job> jobs) {
    {
        const std::lock_guard lock(mutex_);
        const auto drop = [&](const TileKey& key) {
            return std::erase_if(jobs, [&](const Job& job) { return job.key == key; }) > 0;
        };
        for (const Tile& tile : made_)
            drop(tile.key);
        // What there was no memory for is tried again once it has been out of view.
        std::erase_if(failed_, [&](const TileKey& key) { return !drop(key); });
        // What was cancelled before it was wished for again has to be begun anew.
        if (running_ && !cancel_running_.cancelled() && !drop(*running_)) cancel_running_.cancel();
        std::reverse(jobs.begin(), jobs.end());
        waiting_.swap(jobs);  // what it held goes after the lock: it may be the last of a trace
    }
    changed_.notify_all();
}

std::vector<TileWorker::Tile> TileWorker::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(made_, {});
}

bool TileWorker::idle() const {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && !running_ && made_.empty();
}

std::optional<std::string> TileWorker::take_error() {
    const std::lock_guard lock(mutex_);
    return std::exchange(error_, std::nullopt);
}

void TileWorker::loop() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (stopping_) return;
        Job job = std::move(waiting_.back());
        waiting_.pop_back();
        running_ = job.key;
        cancel_running_ = {};
        const CancelToken cancel = cancel_running_;
        lock.unlock();
        const MapRegion& region = job.picture.region;
        const auto cells = or_out_of_memory(
            "this part of the map", [&]() -> Result<std::shared_ptr<const CellGrid>> {
                return std::make_shared<const CellGrid>(make_cells(
                    job.picture, (region.rows() + job.key.query_step - 1) / job.key.query_step,
                    (region.columns() + job.key.key_step - 1) / job.key.key_step, cancel));
            });
        // Not the last to hold a trace while others wait for the lock: letting go takes time.
        job.picture = {};
        lock.lock();
        running_.reset();
        if (cancel.cancelled()) continue;
        if (cells) {
            made_.push_back({std::move(job.key), *cells});
        } else {
            failed_.push_back(std::move(job.key));
            error_ = cells.message();
        }
        lock.unlock();
        if (wake_) wake_();
        lock.lock();
    }
}

}  // namespace fovea::app
