#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/maps/map_cells.h"
#include "engine/jobs/scheduler.h"

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

/// Makes tiles in the background. The newest wish list counts: what is no longer on it is neither
/// begun nor finished. One thread at a time; each call returns at once.
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

    explicit TileWorker(Scheduler& jobs) : jobs_(jobs) {}
    ~TileWorker() { give_up(wished_); }
    TileWorker(const TileWorker&) = delete;

    /// What is missing, in this order.
    void wish(std::vector<Job> jobs);
    /// What was made since the last call.
    std::vector<Tile> take();
    /// Nothing is left to make or to take.
    bool idle() const { return wished_.empty(); }
    /// Why tiles that were taken could not be made, once.
    std::optional<std::string> take_error() { return std::exchange(error_, std::nullopt); }

  private:
    struct Wished {
        TileKey key;
        JobTicket<std::shared_ptr<const CellGrid>> made;
    };
    static void give_up(const std::vector<Wished>& tiles);

    Scheduler& jobs_;
    std::vector<Wished> wished_;
    std::vector<TileKey> failed_;  // not begun again while they are wished for
    std::optional<std::string> error_;
};

}  // namespace fovea::app
