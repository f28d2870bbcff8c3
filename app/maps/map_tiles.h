#pragma once

#include <list>
#include <memory>
#include <vector>

#include "app/maps/fitted_ranges.h"
#include "app/maps/tile_worker.h"

namespace fovea::app {

/// A map of any length as pictures at screen resolution, made in the background tile by tile from
/// the middle of the view outwards; until a tile is there, the nearest coarser picture stands in
/// for it. UI thread, which never waits.
class MapTiles {
  public:
    static constexpr size_t default_budget = size_t{96} << 20;  // bytes

    explicit MapTiles(Scheduler& jobs, size_t budget = default_budget)
        : worker_(jobs), budget_(budget) {}

    using Piece = SeenCells;
    struct View {
        std::vector<Piece> pieces;  ///< cover the region, none of it twice
        bool complete = false;      ///< all of them as fine as the screen
        float low = 0, high = 1;    ///< fitted; changes only when a view is complete
    };
    /// The picture's region on so many pixels.
    View look(const MapPicture& picture, Index rows, Index columns);

    /// The whole map as it is shown until there is better; made when first asked for.
    const std::shared_ptr<const CellGrid>& overview(const MapPicture& picture);

    /// Nothing of what was asked for is looked at any more.
    void rest() { worker_.wish({}); }

    /// Takes what was made since the last call. True where there was something.
    bool collect();
    /// Nothing more will come of the last look.
    bool idle() const { return worker_.idle(); }
    /// Why tiles could not be made, once.
    std::optional<std::string> take_error() { return worker_.take_error(); }
    /// Bytes of the tiles that are kept.
    size_t kept_bytes() const { return kept_bytes_; }

  private:
    struct Entry {
        TileKey key;
        std::shared_ptr<const CellGrid> cells;
        bool in_view = false;
    };
    struct Overview {
        MapIdentity map;
        bool at_hand;  // made of all that it takes
        std::shared_ptr<const CellGrid> cells;
    };
    std::shared_ptr<const CellGrid> find(const TileKey& key);
    void cover(const TileKey& missing, const MapPicture& picture, const MapRegion& part,
               std::vector<Piece>& pieces);
    void trim();

    TileWorker worker_;
    size_t budget_, kept_bytes_ = 0;
    std::list<Entry> tiles_;  // newest first
    std::list<Overview> overviews_;
    FittedRanges ranges_;
};

}  // namespace fovea::app
