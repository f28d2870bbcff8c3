#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/maps/map_cells.h"

namespace fovea::app {

/// Which part of a map a tile shows, and how coarsely: tile (row, column) of those that are
/// `extent` cells square, each cell standing for `query_step` x `key_step` cells of the map.
struct TileKey {
    static constexpr Index extent = 256;

    MapIdentity map;
    Index query_step = 1, key_step = 1;
    Index row = 0, column = 0;
    bool operator==(const TileKey&) const = default;

    /// Of the map, cut at its edges.
    MapRegion region(const MapRegion& whole) const;
};

/// Makes tiles on a thread of its own. The newest wish list counts: what is no longer on it is
/// neither begun nor finished.
class TileWorker {
  public:
    struct Job {
        TileKey key;
        MapPicture picture;  // its region is the tile's
    };
    struct Tile {
        TileKey key;
        std::shared_ptr<const CellGrid> cells;
    };

    /// `wake` is called from the worker's thread when a tile is there.
    explicit TileWorker(std::function<void()> wake);
    ~TileWorker();  ///< cancels and joins
    TileWorker(const TileWorker&) = delete;

    /// What is missing, in this order. Any thread; returns at once.
    void wish(std::vector<Job> jobs);
    /// What was made since the last call. Any thread; returns at once.
    std::vector<Tile> take();
    /// Nothing is left to make or to take. Any thread.
    bool idle() const;
    /// Why tiles could not be made, once. Any thread.
    std::optional<std::string> take_error();

  private:
    void loop();

    const std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // All below are guarded by `mutex_`.
    std::vector<Job> waiting_;  // next one last
    std::optional<TileKey> running_;
    CancelToken cancel_running_;
    std::vector<Tile> made_;
    std::vector<TileKey> failed_;  // not begun again while they are wished for
    std::optional<std::string> error_;
    bool stopping_ = false;

    std::thread thread_;  // started last, when the rest stands
};

}  // namespace fovea::app
