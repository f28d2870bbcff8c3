#include "app/maps/map_textures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/maps/colour_scale.h"
#include "engine/metrics/row_metric.h"

namespace fovea::app {
namespace {

constexpr size_t texture_budget = size_t{96} << 20;  // bytes
// Up to here the whole map is made at once, so that zoom and pan cost nothing; beyond, only what
// the screen shows.
constexpr Index whole_map_limit = 384;
// What a weak GPU scores at once without missing a frame; longer maps come in tiles.
constexpr Index scored_map_limit = 1024;
// Multiplications of queries with keys that a frame may wait for, a millisecond or two: so that up
// to about a thousand tokens the map follows what is typed or turned without a coarse step.
constexpr Index quick_multiplications = Index{1} << 26;

bool exceeds(const MapRegion& region, Index extent) {
    return region.rows() > extent || region.columns() > extent;
}

bool is_quick(const MapPicture& picture, const MapRegion& region) {
    const Index maps = picture.subtract ? 2 : 1;
    return picture.at_hand() &&
           region.rows() * region.columns() <=
               quick_multiplications / (maps * picture.layer->projections->head_dim);
}

// Every cell may be a texel: none is smaller than a pixel, or the largest below a pixel is wanted,
// which is what the shader that draws shows.
bool shows_cells(const MapPicture& picture, Index rows, Index columns) {
    return picture.pooling == Pooling::largest ||
           (picture.region.rows() <= rows && picture.region.columns() <= columns);
}

// The largest weight of a head without a look at the map: the largest confidence.
float largest_weight(const LayerTrace& layer, Index head) {
    const auto metric = metric_index("confidence");
    if (!metric) return 1;
    const Tensor& metrics = layer.scores->metrics;  // [metrics, heads, queries]
    const Index queries = metrics.extent(2);
    const float* rows = metrics.slice(*metric) + head * queries;
    float largest = 0;
    for (Index q = 0; q < queries; ++q) {
        if (std::isfinite(rows[q])) largest = std::max(largest, rows[q]);
    }
    return largest > 0 ? largest : 1;
}

}  // namespace

void MapTextures::use_scorer(std::unique_ptr<gpu::Scorer> scorer) {
    scorer_ = std::move(scorer);
    gpu_tiles_ = scorer_ ? std::make_unique<GpuTiles>(scorer_->device()) : nullptr;
}

void MapTextures::give_up_gpu(std::string why) {
    failure_ = std::move(why);
    gpu_tiles_.reset();
    scorer_.reset();  // it would fail again; the CPU does the same work
}

bool MapTextures::take_news() {
    const bool unfinished = gpu_tiles_ && gpu_tiles_->take_unfinished();
    const bool reading = std::exchange(reading_, false);
    return tiles_.collect() || unfinished || reading;
}

void MapTextures::tidy() {
    if (gpu_tiles_) gpu_tiles_->tidy();
    while (!entries_.empty() && kept_bytes_ > texture_budget) {
        kept_bytes_ -= entries_.back().bytes();
        entries_.pop_back();
    }
}

const MapTexture* MapTextures::keep(Entry entry) {
    kept_bytes_ += entry.bytes();
    entries_.push_front(std::move(entry));
    return &entries_.front().texture;
}

bool MapTextures::allocate(Entry& entry, const float* values) {
    entry.owned = make_map_texture(entry.texture, values);
    if (entry.owned) return true;
    failure_ = "OpenGL has no memory for this map";
    return false;
}

Result<MapTextures::Entry*> MapTextures::scored(const MapPicture& picture) {
    const std::weak_ptr<const LayerTrace> key = picture.layer;
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (entry->head != picture.head || !same_owner(entry->layer, key)) continue;
        entries_.splice(entries_.begin(), entries_, entry);
        return &entries_.front();
    }
    const auto& edits = picture.layer->edits[static_cast<size_t>(picture.head)];
    Entry entry;
    entry.layer = key;
    entry.head = picture.head;
    entry.texture.region = whole_map(*picture.layer);
    entry.texture.rows = entry.texture.region.rows();
    entry.texture.columns = entry.texture.region.columns();
    entry.texture.hidden_below = 0.5f * gpu::hidden_mark;
    if (!allocate(entry, nullptr)) return Error{failure_};
    gpu::HeadJob job;
    job.layer = picture.layer.get();
    job.head = picture.head;
    job.edits = edits;
    job.target.texture = entry.texture.name;
    job.mark_hidden = true;
    Status done = scorer_->score({&job, 1});
    if (done) {
        auto reading = TextureReading::begin(entry.texture);
        if (reading)
            entry.reading = *std::move(reading);
        else
            done = reading.error();
    }
    if (!done) return done.error();
    keep(std::move(entry));
    return &entries_.front();
}

Result<ValueRange> MapTextures::range_of_scored(const MapPicture& picture, Entry& entry) {
    if (!entry.read) {
        FOVEA_TRY(entry.read, entry.reading->take());
        if (entry.read)
            entry.reading.reset();
        else
            reading_ = true;
    }
    // As the CPU fits them: a map that it would make whole as a whole, a longer one to the view.
    const MapRegion whole = entry.texture.region;
    const MapRegion fitted = exceeds(whole, whole_map_limit) ? picture.region : whole;
    std::vector<SeenCells> seen;
    if (entry.read) seen.push_back({entry.read, fitted});
    return gpu_ranges_.fit({MapIdentity(picture), fitted, fitted.rows(), fitted.columns()}, seen,
                           {0, largest_weight(*picture.layer, picture.head)});
}

const MapTexture* MapTextures::uploaded(const std::shared_ptr<const CellGrid>& cells) {
    const std::weak_ptr<const CellGrid> key = cells;
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (!same_owner(entry->cells, key)) continue;
        entries_.splice(entries_.begin(), entries_, entry);
        return &entries_.front().texture;
    }
    Entry entry;
    entry.cells = key;
    entry.texture.region = cells->region;
    entry.texture.hidden_below = hidden_limit;
    entry.texture.rows = cells->values.extent(0);
    entry.texture.columns = cells->values.extent(1);
    if (!allocate(entry, cells->values.data())) return nullptr;
    return keep(std::move(entry));
}

std::optional<MapPieces> MapTextures::look_on_gpu(const MapPicture& picture, Index rows,
                                                  Index columns) {
    if (!scorer_ || picture.quantity != Quantity::weights || picture.subtract) return std::nullopt;
    // The shaders know no vectors of distances.
    if (!picture.layer->projections->distance.empty()) return std::nullopt;
    const bool cells = shows_cells(picture, rows, columns);
    // Made in the frame that asks, and in cells of a pixel each, which tiles have not.
    if (!cells && is_quick(picture, picture.region)) return std::nullopt;
    MapPieces result;
    if (cells && !exceeds(whole_map(*picture.layer), scored_map_limit)) {
        const auto entry = scored(picture);
        const auto range =
            entry ? range_of_scored(picture, **entry) : Result<ValueRange>(entry.error());
        if (!range) {
            give_up_gpu(range.message());
            return std::nullopt;
        }
        result.pieces.push_back({(*entry)->texture, picture.region});
        result.low = range->low;
        result.high = range->high;
        return result;
    }
    auto view = gpu_tiles_->look(picture, rows, columns);
    if (!view) {
        give_up_gpu(view.message());
        return std::nullopt;
    }
    for (const GpuTiles::Piece& piece : view->pieces)
        result.pieces.push_back({piece.texture, piece.part});
    const auto& overview = tiles_.overview(picture);
    const MapTexture* coarse = view->missing.empty() ? nullptr : uploaded(overview);
    for (const MapRegion& part : view->missing)
        if (coarse != nullptr) result.pieces.push_back({*coarse, part});
    const ValueRange range = gpu_ranges_.fit({MapIdentity(picture), picture.region, rows, columns},
                                             view->cells, {overview->low, overview->high});
    result.low = range.low;
    result.high = range.high;
    return result;
}

MapPieces MapTextures::look(const MapPicture& picture, Index rows, Index columns) {
    rows = std::max<Index>(rows, 1);
    columns = std::max<Index>(columns, 1);
    const MapRegion whole = whole_map(*picture.layer);
    MapPieces result;
    const auto show = [&](const MapTexture* texture, const MapRegion& part) {
        if (texture != nullptr) result.pieces.push_back({*texture, part});
    };
    if (auto made = look_on_gpu(picture, rows, columns)) {
        tiles_.rest();
        return *std::move(made);
    }
    if (is_quick(picture, picture.region)) {
        tiles_.rest();
        MapPicture wanted = picture;
        if (shows_cells(picture, rows, columns) && !exceeds(whole, whole_map_limit)) {
            wanted.region = whole;
            rows = whole.rows();
            columns = whole.columns();
        }
        const auto cells = cache_.cells(wanted, rows, columns);
        show(uploaded(cells), picture.region);
        result.low = cells->low;
        result.high = cells->high;
    } else {
        const MapTiles::View view = tiles_.look(picture, rows, columns);
        for (const MapTiles::Piece& piece : view.pieces)
            show(uploaded(piece.cells), piece.part);
        result.low = view.low;
        result.high = view.high;
    }
    return result;
}

}  // namespace fovea::app
