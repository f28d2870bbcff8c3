#pragma once

#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/maps/fitted_ranges.h"
#include "app/maps/map_texture.h"
#include "app/maps/texture_reading.h"
#include "app/maps/tiles_in_view.h"
#include "engine/core/result.h"
#include "engine/gpu/map_pooler.h"

namespace fovea::app {

/// Long maps of plain weights as tiles at screen resolution, pooled by compute shader, a little in
/// every frame, from the middle of the view outwards. The same tiles as MapTiles makes on the CPU.
/// What a tile holds comes back a frame or so later: a fitted scale is fitted to what is in view.
/// UI thread with the OpenGL context current.
class GpuTiles {
  public:
    /// The device is a scorer's, whose uploaded layers are shared.
    explicit GpuTiles(std::shared_ptr<gpu::ComputeDevice> device) : pooler_(std::move(device)) {}

    struct Piece {
        MapTexture texture;
        MapRegion part;  ///< what is to be shown of it
    };
    struct View {
        std::vector<Piece> pieces;       ///< of tiles, or of coarser ones that stand in for them
        std::vector<MapRegion> missing;  ///< the rest of the region; will come in later frames
        bool complete = false;           ///< all of it as fine as the screen
        /// Those of all pieces once it is complete and they have come back, else none.
        std::vector<SeenCells> cells;
    };
    /// The picture's region on so many pixels; weights of one head. After an error the CPU does the
    /// work.
    Result<View> look(const MapPicture& picture, Index rows, Index columns);

    /// Something that was looked at since the last call is not all there.
    bool take_unfinished() { return std::exchange(unfinished_, false); }
    bool unfinished() const { return unfinished_; }

    /// Frees what was not looked at lately and gives up what nobody waits for. Once a frame, before
    /// anything is looked at.
    void tidy();

  private:
    struct Entry {
        TileKey key;
        gpu::Texture owned = {};
        MapTexture texture = {};
        std::optional<TextureReading> reading = {};
        std::shared_ptr<const CellGrid> cells = {};  // once they are read
        size_t bytes() const { return static_cast<size_t>(texture.rows * texture.columns) * 8; }
    };
    struct Running {
        Entry entry;
        std::unique_ptr<gpu::SlicedWork> work;
        bool wanted = true;  // since the last tidy()
    };
    Entry* find(const TileKey& key);
    /// All cells of a view that is complete; none where some are still under way.
    Result<std::vector<SeenCells>> cells_of(const std::vector<TileInView>& tiles);
    Status begin(const MapPicture& picture, const TileInView& tile);
    /// True when it is there.
    Result<bool> make(const MapPicture& picture, const TileInView& tile, double budget_ms);
    /// With the coarser tiles that cover them, those that do.
    void cover(const MapPicture& picture, const TileInView& missing, View& view);
    void give_up();

    gpu::MapPooler pooler_;
    std::list<Entry> tiles_;  // the latest looked at first
    std::unique_ptr<Running> running_;
    size_t kept_bytes_ = 0;
    bool unfinished_ = false;
};

}  // namespace fovea::app
