#include "app/maps/gpu_tiles.h"

#include <algorithm>

namespace fovea::app {

namespace {

// Bytes, of textures and of what was read of them.
constexpr size_t tile_budget = size_t{96} << 20;
// Of a frame of 16 ms; the rest is the window's.
constexpr double frame_budget_ms = 6;

}  // namespace

void GpuTiles::give_up() {
    running_.reset();
}

void GpuTiles::tidy() {
    if (running_ && !std::exchange(running_->wanted, false)) give_up();
    while (!tiles_.empty() &&
           (kept_bytes_ > tile_budget || tiles_.back().key.map.layer.expired())) {
        kept_bytes_ -= tiles_.back().bytes();
        tiles_.pop_back();
    }
}

GpuTiles::Entry* GpuTiles::find(const TileKey& key) {
    for (auto entry = tiles_.begin(); entry != tiles_.end(); ++entry) {
        if (!(entry->key == key)) continue;
        tiles_.splice(tiles_.begin(), tiles_, entry);
        return &tiles_.front();
    }
    return nullptr;
}

Status GpuTiles::begin(const MapPicture& picture, const TileInView& tile) {
    const auto cells = [](Index extent, Index step) { return (extent + step - 1) / step; };
    auto running = std::make_unique<Running>(Running{{.key = tile.key}, nullptr});
    MapTexture& texture = running->entry.texture;
    texture.region = tile.region;
    texture.rows = cells(tile.region.rows(), tile.key.query_step);
    texture.columns = cells(tile.region.columns(), tile.key.key_step);
    texture.hidden_below = 0.5f * gpu::hidden_mark;
    running->entry.owned = make_map_texture(texture, nullptr);
    if (!running->entry.owned) return fail("OpenGL has no memory for this map");
    gpu::PoolJob job;
    job.layer = picture.layer.get();
    job.head = picture.head;
    job.region = tile.region;
    job.rows = texture.rows;
    job.columns = texture.columns;
    job.pooling = picture.pooling;
    job.texture = texture.name;
    running_ = std::move(running);
    FOVEA_TRY(running_->work, pooler_.begin(job));
    return {};
}

Result<bool> GpuTiles::make(const MapPicture& picture, const TileInView& tile, double budget_ms) {
    if (!running_) FOVEA_CHECK(begin(picture, tile));
    running_->wanted = true;
    FOVEA_TRY(const bool done, running_->work->step(budget_ms));
    if (!done) return false;
    FOVEA_TRY(running_->entry.reading, TextureReading::begin(running_->entry.texture));
    kept_bytes_ += running_->entry.bytes();
    tiles_.push_front(std::move(running_->entry));
    running_.reset();
    return true;
}

void GpuTiles::cover(const MapPicture& picture, const TileInView& missing, View& view) {
    const MapRegion whole = whole_map(*picture.layer);
    const auto entries = stand_ins(tiles_, missing.key, missing.part, whole);
    for (const Entry* entry : entries)
        view.pieces.push_back({entry->texture, overlap(entry->key.region(whole), missing.part)});
    if (entries.empty()) view.missing.push_back(missing.part);
}

Result<std::vector<SeenCells>> GpuTiles::cells_of(const std::vector<TileInView>& tiles) {
    std::vector<SeenCells> seen;
    for (const TileInView& tile : tiles) {
        Entry& entry = *find(tile.key);
        if (!entry.cells) {
            FOVEA_TRY(entry.cells, entry.reading->take());
        }
        if (!entry.cells) return std::vector<SeenCells>();
        entry.reading.reset();
        seen.push_back({entry.cells, tile.part});
    }
    return seen;
}

Result<GpuTiles::View> GpuTiles::look(const MapPicture& picture, Index rows, Index columns) {
    View view;
    std::vector<TileInView> missing;
    const auto tiles = tiles_in_view(picture, rows, columns);
    for (const TileInView& tile : tiles) {
        if (const Entry* entry = find(tile.key)) {
            view.pieces.push_back({entry->texture, tile.part});
        } else {
            missing.push_back(tile);
        }
    }
    // What was begun is ended first.
    std::stable_partition(missing.begin(), missing.end(), [&](const TileInView& tile) {
        return running_ && running_->entry.key == tile.key;
    });

    const double end = gpu::now_ms() + frame_budget_ms;
    bool more = true;
    view.complete = true;
    for (const TileInView& tile : missing) {
        // Another map's tile is under way: it has this frame.
        if (running_ && !(running_->entry.key == tile.key)) more = false;
        if (more) {
            auto made = make(picture, tile, std::max(end - gpu::now_ms(), 0.1));
            if (!made) {
                give_up();
                return made.error();
            }
            more = *made && gpu::now_ms() < end;
            if (*made) {
                view.pieces.push_back({tiles_.front().texture, tile.part});
                continue;
            }
        }
        view.complete = false;
        cover(picture, tile, view);
    }
    if (view.complete) {
        FOVEA_TRY(view.cells, cells_of(tiles));
    }
    unfinished_ = unfinished_ || view.cells.empty();
    return view;
}

}  // namespace fovea::app
