#include "app/maps/tile_worker.h"

#include <algorithm>
#include <utility>

namespace fovea::app {

MapRegion TileKey::region(const MapRegion& whole) const {
    const Index rows = extent * query_step, columns = extent * key_step;
    return {row * rows, std::min((row + 1) * rows, whole.query_end), column * columns,
            std::min((column + 1) * columns, whole.key_end)};
}

void TileWorker::give_up(const std::vector<Wished>& tiles) {
    // The last first: none of them is begun in between.
    for (auto tile = tiles.rbegin(); tile != tiles.rend(); ++tile)
        tile->made.cancel();
}

void TileWorker::wish(std::vector<Job> jobs) {
    const auto drop = [&](const TileKey& key) {
        return std::erase_if(jobs, [&](const Job& job) { return job.key == key; }) > 0;
    };
    // What there was no memory for is tried again once it has been out of view.
    std::erase_if(failed_, [&](const TileKey& key) { return !drop(key); });
    // What waits is asked for anew, in the new order.
    std::vector<Wished> kept, given_up;
    for (Wished& tile : wished_) {
        const bool begun = tile.made.progress() || tile.made.ready();
        const bool keeps = begun && (drop(tile.key) || tile.made.ready());
        (keeps ? kept : given_up).push_back(std::move(tile));
    }
    give_up(given_up);
    wished_ = std::move(kept);
    const JobSpec spec{.lane = Lane::tiles,
                       .tag = "tiles",
                       .doing = "this part of the map",
                       .earlier = JobSpec::Earlier::finished};
    for (Job& job : jobs) {
        const MapRegion& region = job.picture.region;
        const Index rows = (region.rows() + job.key.query_step - 1) / job.key.query_step;
        const Index columns = (region.columns() + job.key.key_step - 1) / job.key.key_step;
        auto make = [picture = std::move(job.picture), rows, columns](
                        const JobContext& context) -> Result<std::shared_ptr<const CellGrid>> {
            CellGrid cells = make_cells(picture, rows, columns, context.cancel);
            if (context.cancel.cancelled()) return Error{std::string(cancelled_message)};
            return std::make_shared<const CellGrid>(std::move(cells));
        };
        wished_.push_back({std::move(job.key), jobs_.submit(spec, std::move(make))});
    }
}

std::vector<TileWorker::Tile> TileWorker::take() {
    std::vector<Tile> tiles;
    std::erase_if(wished_, [&](Wished& tile) {
        const auto made = tile.made.take();
        if (!made) return false;
        if (*made) {
            tiles.push_back({std::move(tile.key), **made});
        } else {
            failed_.push_back(std::move(tile.key));
            error_ = made->message();
        }
        return true;
    });
    return tiles;
}

}  // namespace fovea::app
