#pragma once

#include <list>
#include <memory>
#include <string>

#include "app/render/map_cache.h"
#include "engine/gpu/scorer.h"

namespace fovea::app {

/// A map as a texture of the GPU.
struct MapTexture {
    unsigned name = 0;  ///< OpenGL texture, R32F
    Index rows = 0, columns = 0;
    MapRegion region;         ///< what it shows
    float low = 0, high = 1;  ///< smallest and largest value
    float hidden_below = 0;   ///< values below it stand for hidden cells
};

/// Maps as textures, kept while they are looked at: written by the compute shader where there is
/// one and the map is plain weights, else made by the CPU at screen resolution and uploaded. UI
/// thread with the OpenGL context current.
class MapTextures {
  public:
    explicit MapTextures(MapCache& cache) : cache_(cache) {}
    ~MapTextures();
    MapTextures(const MapTextures&) = delete;

    /// `scorer` null: the CPU alone.
    void use_scorer(std::unique_ptr<gpu::Scorer> scorer) { scorer_ = std::move(scorer); }
    bool has_scorer() const { return scorer_ != nullptr; }

    /// The picture's region, or more than it, in about `rows` x `columns` pixels. Null where
    /// OpenGL has no memory for it: `failure()` says so.
    const MapTexture* texture(const MapPicture& picture, Index rows, Index columns);

    /// Frees what was not looked at lately. Once a frame, before anything is drawn.
    void tidy();

    /// Why the scorer was given up or the last map is missing; empty: nothing went wrong.
    const std::string& failure() const { return failure_; }

  private:
    struct Entry {
        std::shared_ptr<const CellGrid> cells;  // made by the CPU, or null
        std::weak_ptr<const LayerTrace> layer;  // scored by the GPU, with the head
        Index head = 0;
        MapTexture texture;
    };
    const MapTexture* scored(const MapPicture& picture);
    const MapTexture* uploaded(const MapPicture& picture, Index rows, Index columns);
    bool allocate(Entry& entry, const float* values);

    MapCache& cache_;
    std::unique_ptr<gpu::Scorer> scorer_;
    std::list<Entry> entries_;  // newest first
    std::string failure_;
};

}  // namespace fovea::app
