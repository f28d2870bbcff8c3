#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/maps/fitted_ranges.h"
#include "app/maps/gpu_tiles.h"
#include "app/maps/map_cache.h"
#include "app/maps/map_texture.h"
#include "app/maps/map_tiles.h"
#include "app/maps/texture_reading.h"
#include "engine/gpu/scorer.h"

namespace fovea::app {

/// What to draw of a map.
struct MapPieces {
    struct Piece {
        MapTexture texture;
        MapRegion part;  ///< cells of the map to draw from it
    };
    std::vector<Piece> pieces;  ///< cover the region, none of it twice
    float low = 0, high = 1;    ///< of a fitted scale
};

/// Maps as textures, kept while they are looked at. Small ones are there in the frame that asks:
/// written by the compute shader where there is one and the map is plain weights, else made by the
/// CPU. Larger ones come as tiles: from the compute shader a few a frame, else from the background.
/// UI thread with the OpenGL context current.
class MapTextures {
  public:
    MapTextures(MapCache& cache, Scheduler& jobs) : cache_(cache), tiles_(jobs) {}

    /// `scorer` null: the CPU alone.
    void use_scorer(std::unique_ptr<gpu::Scorer> scorer);
    bool has_scorer() const { return scorer_ != nullptr; }

    /// The picture's region on about `rows` x `columns` pixels. Empty where OpenGL has no memory
    /// for it: `failure()` says so.
    MapPieces look(const MapPicture& picture, Index rows, Index columns);

    /// True where there is something new to see, or will be once this is drawn again.
    bool take_news();
    /// Why a part of a map is missing, once.
    std::optional<std::string> take_error() { return tiles_.take_error(); }
    /// Nothing more will come of the last look.
    bool settled() const {
        return tiles_.idle() && !reading_ && !(gpu_tiles_ && gpu_tiles_->unfinished());
    }

    /// Frees what was not looked at lately. Once a frame, before anything is drawn.
    void tidy();

    /// Why the scorer was given up or the last map is missing; empty: nothing went wrong.
    const std::string& failure() const { return failure_; }

  private:
    struct Entry {
        std::weak_ptr<const CellGrid> cells;    // made by the CPU, or
        std::weak_ptr<const LayerTrace> layer;  // scored by the GPU, with the head
        Index head = -1;
        gpu::Texture owned;
        MapTexture texture;
        std::optional<TextureReading> reading = {};  // of what the GPU scored
        std::shared_ptr<const CellGrid> read = {};   // once it has come back
        size_t bytes() const {
            return static_cast<size_t>(texture.rows * texture.columns) * (head < 0 ? 4 : 8);
        }
    };
    /// Nullopt where the compute shader cannot make this picture, is not worth it, or failed.
    std::optional<MapPieces> look_on_gpu(const MapPicture& picture, Index rows, Index columns);
    void give_up_gpu(std::string why);
    Result<Entry*> scored(const MapPicture& picture);
    /// The smallest and the largest weight of a scored map, or of the part of it that is shown.
    Result<ValueRange> range_of_scored(const MapPicture& picture, Entry& entry);
    const MapTexture* uploaded(const std::shared_ptr<const CellGrid>& cells);
    bool allocate(Entry& entry, const float* values);
    const MapTexture* keep(Entry entry);

    MapCache& cache_;
    MapTiles tiles_;
    std::unique_ptr<gpu::Scorer> scorer_;
    std::unique_ptr<GpuTiles> gpu_tiles_;  // where there is a scorer
    FittedRanges gpu_ranges_;
    bool reading_ = false;      // of a map that was looked at since the last news
    std::list<Entry> entries_;  // newest first
    size_t kept_bytes_ = 0;
    std::string failure_;
};

}  // namespace fovea::app
