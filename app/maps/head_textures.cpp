#include "app/maps/head_textures.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <optional>
#include <variant>

#include "app/gl/fill.h"
#include "app/gl/gl_program.h"
#include "app/maps/map_placement.h"
#include "app/maps/map_textures.h"
#include "app/maps/scoring_choice.h"
#include "app/maps/thumbnail_atlas.h"
#include "app/ui/drawing_digest.h"
#include "draw_shaders_files.h"
#include "engine/figure/number_axis.h"

namespace fovea::app {
namespace {

// What a callback of ImGui's lists draws; lives until the next frame begins.
struct TileBatch {
    std::vector<float> instances;  // [tiles, 8]: rectangle, atlas origin, opacity, largest value
    ColourScale scale;
    ImU32 hidden = 0;
    bool pooled = false;  // some cells are smaller than a pixel
};
struct MapDraw {
    MapTexture texture;
    ImVec2 min, max;      // of the picture's region
    ImVec2 texel_origin;  // pixels
    ImVec2 texel_size;    // pixels
    ColourScale scale;
    MapStyle style;
};

void add_scale(Digest& digest, const ColourScale& scale) {
    digest.add(static_cast<std::uint64_t>(colour_table_row(scale)) << 2 |
               static_cast<std::uint64_t>(is_logarithmic(scale)) << 1 |
               static_cast<std::uint64_t>(scale.diverging));
    digest.add(scale.low);
    digest.add(scale.high);
}

Digest digest_of(const TileBatch& batch) {
    Digest digest;
    add_scale(digest, batch.scale);
    digest.add(std::uint64_t{batch.hidden} << 1 | static_cast<std::uint64_t>(batch.pooled));
    for (const float number : batch.instances)
        digest.add(number);
    return digest;
}

Digest digest_of(const MapDraw& map) {
    Digest digest;
    add_scale(digest, map.scale);
    digest.add(map.texture.serial);
    for (const ImVec2& point : {map.min, map.max, map.texel_origin, map.texel_size})
        digest.add(point);
    digest.add(std::uint64_t{map.style.hidden} << 32 | map.style.gap);
    digest.add(map.style.gap_width);
    return digest;
}

Digest digest_of(const BoxPainter::Batch& batch) {
    Digest digest;
    digest.add(batch.rounding);
    for (const float number : batch.instances)
        digest.add(number);
    return digest;
}

using Drawing = std::variant<TileBatch, MapDraw, BoxPainter::Batch>;

class GlHeadTextures;
struct Queued {
    GlHeadTextures* owner = nullptr;
    Drawing what;
};

constexpr size_t floats_per_tile = 8;

// One program in its variants, each built when it is first drawn with.
class ProgramFamily {
  public:
    enum Variant : unsigned { logarithmic = 1, diverging = 2, pooled = 4 };

    ProgramFamily(std::string_view name, std::string_view vertex, std::string_view fragment)
        : name_(name), vertex_(vertex), fragment_(fragment) {}

    Status build(unsigned variant) {
        auto& program = programs_[variant];
        if (program) return {};
        const std::string choices = fmt::format(
            "#define LOGARITHMIC {}\n#define DIVERGING {}\n#define POOLED {}\n"
            "const float logarithmic_floor = {:.1e};\n",
            (variant & logarithmic) != 0 ? 1 : 0, (variant & diverging) != 0 ? 1 : 0,
            (variant & pooled) != 0 ? 1 : 0, logarithmic_floor);
        FOVEA_TRY(program,
                  GlProgram::build(name_, {{vertex_}},
                                   {{choices, draw_shaders::colour_scale_frag, fragment_}}));
        return {};
    }
    GlProgram& program(unsigned variant) { return *programs_[variant]; }

  private:
    std::string_view name_, vertex_, fragment_;
    std::array<std::optional<GlProgram>, 8> programs_;
};

gpu::Texture make_colour_table() {
    std::vector<std::uint8_t> pixels;
    for (const Colour& colour : colour_table_rows())
        pixels.insert(pixels.end(), {colour[0], colour[1], colour[2], 255});
    gpu::Texture texture = gpu::Texture::make();
    glBindTexture(GL_TEXTURE_2D, texture.name());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, 256, colour_table_row_count, 0, GL_RGBA,
                 GL_UNSIGNED_BYTE, pixels.data());
    return texture;
}

class GlHeadTextures final : public HeadTextures {
  public:
    explicit GlHeadTextures(Scheduler& jobs) : map_textures_(cache_, jobs) {}

    Status start() {
        // Built at once to learn whether this OpenGL can do it at all; the others when needed.
        FOVEA_CHECK(tiles_.build(0));
        FOVEA_CHECK(maps_.build(0));
        FOVEA_CHECK(boxes_.start());
        colour_table_ = make_colour_table();
        map_array_ = gpu::VertexArray::make();
        tile_array_ = gpu::VertexArray::make();
        instances_ = gpu::Buffer::make();
        glBindVertexArray(tile_array_.name());
        glBindBuffer(GL_ARRAY_BUFFER, instances_.name());
        for (GLuint i = 0; i < 2; ++i) {
            glEnableVertexAttribArray(i);
            glVertexAttribPointer(i, 4, GL_FLOAT, GL_FALSE, floats_per_tile * sizeof(float),
                                  reinterpret_cast<const void*>(i * 4 * sizeof(float)));
            glVertexAttribDivisor(i, 1);
        }
        glBindVertexArray(0);
        glGetIntegerv(GL_MAX_TEXTURE_SIZE, &texture_limit_);
        auto choice = choose_scoring();
        scoring_label_ = std::move(choice.label);
        map_textures_.use_scorer(std::move(choice.scorer));
        return {};
    }

    void show_trace(std::shared_ptr<const Trace> trace) override {
        if (!trace || trace == shown_ || trace->layers.empty()) return;
        const Atlas atlas = make_atlas(*trace, atlas_layout(*trace, texture_limit_));
        const auto width = static_cast<GLsizei>(atlas.layout.width());
        const auto height = static_cast<GLsizei>(atlas.layout.height());
        if (!atlas_texture_) atlas_texture_ = gpu::Texture::make();
        glBindTexture(GL_TEXTURE_2D, atlas_texture_.name());
        if (atlas.layout == layout_) {
            glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, width, height, GL_RED, GL_FLOAT,
                            atlas.values.data());
        } else {
            glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
            glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
            glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
            glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, width, height, 0, GL_RED, GL_FLOAT,
                         atlas.values.data());
        }
        ++atlases_;
        layout_ = atlas.layout;
        largest_ = atlas.largest;
        shown_ = std::move(trace);
    }

    void draw_heads(ImDrawList* list, std::span<const HeadTile> tiles, const ColourScale& scale,
                    ImU32 hidden) override {
        if (!shown_ || tiles.empty()) return;
        TileBatch batch;
        batch.scale = scale;
        if (scale.fitted) batch.scale.low = 0;
        batch.hidden = hidden;
        batch.instances.reserve(tiles.size() * floats_per_tile);
        for (const HeadTile& tile : tiles) {
            if (tile.layer >= layout_.layers || tile.head >= layout_.heads) continue;
            batch.pooled = batch.pooled ||
                           tile.max.x - tile.min.x < static_cast<float>(layout_.columns) ||
                           tile.max.y - tile.min.y < static_cast<float>(layout_.rows);
            const float largest =
                largest_[static_cast<size_t>(tile.layer * layout_.heads + tile.head)];
            batch.instances.insert(
                batch.instances.end(),
                {tile.min.x, tile.min.y, tile.max.x, tile.max.y,
                 static_cast<float>(layout_.x(tile.layer, tile.head)),
                 static_cast<float>(layout_.y(tile.layer, tile.head)), tile.opacity,
                 scale.fitted && largest > 0 ? largest : scale.high});
        }
        queue(list, std::move(batch));
    }

    ColourScale draw_map(ImDrawList* list, const MapPicture& picture, ImVec2 min, ImVec2 max,
                         const ColourScale& scale, const MapStyle& style) override {
        ColourScale drawn = scale;
        if (!picture.layer || picture.region.rows() <= 0 || picture.region.columns() <= 0)
            return drawn;
        const ImVec2 pixels = ImGui::GetIO().DisplayFramebufferScale;
        const auto rows = static_cast<Index>((max.y - min.y) * pixels.y);
        const auto columns = static_cast<Index>((max.x - min.x) * pixels.x);
        map_is_pooled_ = picture.region.rows() > rows || picture.region.columns() > columns;
        const MapPieces pieces = map_textures_.look(picture, rows, columns);
        if (scale.fitted) {
            drawn.low = pieces.low;
            drawn.high = pieces.high;
            if (scale.diverging) {
                drawn.high = std::max(std::abs(drawn.low), std::abs(drawn.high));
                if (drawn.high == 0) drawn.high = 1;  // nothing differs: all of it is zero's colour
                drawn.low = -drawn.high;
            }
        }
        const MapPlacement place(picture.region, min, max);
        for (const auto& [texture, part] : pieces.pieces) {
            const ImVec2 corner = place.at(part.query_begin, part.key_begin);
            const ImVec2 end = place.at(part.query_end, part.key_end);
            // Pixels for one texel, which may stand for several cells.
            const MapRegion& held = texture.region;
            const ImVec2 texel(place.width(held.columns()) / static_cast<float>(texture.columns),
                               place.height(held.rows()) / static_cast<float>(texture.rows));
            const ImVec2 origin = place.at(held.query_begin, held.key_begin);
            queue(list, MapDraw{texture, corner, end, origin, texel, drawn, style});
        }
        return drawn;
    }

    void draw_boxes(ImDrawList* list, std::span<const Box> boxes, float rounding) override {
        if (!boxes.empty()) queue(list, BoxPainter::batch(boxes, rounding));
    }

    bool take_news() override { return map_textures_.take_news(); }
    std::optional<std::string> take_error() override { return map_textures_.take_error(); }
    bool settled() const override { return map_textures_.settled(); }
    bool map_is_pooled() const override { return map_is_pooled_; }

    MapCache& maps() override { return cache_; }

    std::string scoring_label() const override {
        if (map_textures_.failure().empty()) return scoring_label_;
        return fmt::format("CPU ({})", map_textures_.failure());
    }

  private:
    void queue(ImDrawList* list, Drawing what) {
        if (frame_ != ImGui::GetFrameCount()) {
            frame_ = ImGui::GetFrameCount();
            queued_.clear();
            map_textures_.tidy();
        }
        Digest digest = std::visit([](const auto& drawn) { return digest_of(drawn); }, what);
        digest.add(atlases_);
        announce_drawing(list, digest);
        queued_.push_back({this, std::move(what)});
        list->AddCallback(render, &queued_.back());
        list->AddCallback(ImDrawCallback_ResetRenderState, nullptr);
    }

    static void render(const ImDrawList*, const ImDrawCmd* command) {
        const auto* queued = static_cast<const Queued*>(command->UserCallbackData);
        if (!scissor_to(*command)) return;
        std::visit([&](const auto& what) { queued->owner->draw(what, *ImGui::GetDrawData()); },
                   queued->what);
    }

    // Textures on units 0 and 1; unit 0 is left active, as ImGui's renderer expects.
    void bind(GlProgram& program, GLuint values, float hidden_below, const ColourScale& scale,
              ImU32 hidden, const ImDrawData& data) {
        program.use();
        glActiveTexture(GL_TEXTURE1);
        glBindTexture(GL_TEXTURE_2D, colour_table_.name());
        glBindSampler(1, 0);
        glActiveTexture(GL_TEXTURE0);
        glBindTexture(GL_TEXTURE_2D, values);
        glBindSampler(0, 0);
        program.set("values", 0);
        program.set("colour_table", 1);
        program.set("table_row", colour_table_row(scale));
        program.set("low", scale.low);
        program.set_colour("hidden_colour", hidden);
        program.set("hidden_below", hidden_below);
        program.set("display", data.DisplayPos.x, data.DisplayPos.y, data.DisplaySize.x,
                    data.DisplaySize.y);
    }

    void draw(const TileBatch& batch, const ImDrawData& data) {
        GlProgram* program = program_for(tiles_, batch.scale, batch.pooled);
        if (program == nullptr) return;
        bind(*program, atlas_texture_.name(), hidden_limit, batch.scale, batch.hidden, data);
        program->set("grid_size", layout_.map_columns, layout_.map_rows);
        program->set("cells", static_cast<int>(layout_.columns), static_cast<int>(layout_.rows));
        glBindVertexArray(tile_array_.name());
        glBindBuffer(GL_ARRAY_BUFFER, instances_.name());
        glBufferData(GL_ARRAY_BUFFER,
                     static_cast<GLsizeiptr>(batch.instances.size() * sizeof(float)),
                     batch.instances.data(), GL_STREAM_DRAW);
        glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4,
                              static_cast<GLsizei>(batch.instances.size() / floats_per_tile));
    }

    void draw(const MapDraw& draw, const ImDrawData& data) {
        const bool pooled = draw.texel_size.x < 1 || draw.texel_size.y < 1;
        GlProgram* program = program_for(maps_, draw.scale, pooled);
        if (program == nullptr) return;
        bind(*program, draw.texture.name, draw.texture.hidden_below, draw.scale, draw.style.hidden,
             data);
        program->set("rectangle", draw.min.x, draw.min.y, draw.max.x, draw.max.y);
        program->set("texels", static_cast<int>(draw.texture.columns),
                     static_cast<int>(draw.texture.rows));
        program->set("texel_origin", draw.texel_origin.x, draw.texel_origin.y);
        program->set("texel_size", draw.texel_size.x, draw.texel_size.y);
        program->set("high", draw.scale.high);
        program->set("gap_width", draw.style.gap_width);
        program->set_colour("gap_colour", draw.style.gap);
        glBindVertexArray(map_array_.name());
        glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    }

    void draw(const BoxPainter::Batch& batch, const ImDrawData& data) { boxes_.draw(batch, data); }

    GlProgram* program_for(ProgramFamily& family, const ColourScale& scale, bool pooled) {
        const unsigned variant = (is_logarithmic(scale) ? ProgramFamily::logarithmic : 0u) |
                                 (scale.diverging ? ProgramFamily::diverging : 0u) |
                                 (pooled ? ProgramFamily::pooled : 0u);
        if (const Status built = family.build(variant); !built) {
            scoring_label_ = fmt::format("CPU ({})", built.message());
            return nullptr;
        }
        return &family.program(variant);
    }

    ProgramFamily tiles_{"tiles", draw_shaders::tiles_vert, draw_shaders::tiles_frag};
    ProgramFamily maps_{"map", draw_shaders::map_vert, draw_shaders::map_frag};
    BoxPainter boxes_;
    gpu::VertexArray tile_array_, map_array_;
    gpu::Buffer instances_;
    gpu::Texture colour_table_, atlas_texture_;
    GLint texture_limit_ = 1024;
    std::shared_ptr<const Trace> shown_;
    AtlasLayout layout_;
    std::uint64_t atlases_ = 0;   // uploaded so far
    std::vector<float> largest_;  // [layers * heads]
    MapCache cache_;
    MapTextures map_textures_;
    bool map_is_pooled_ = false;
    std::string scoring_label_;
    std::deque<Queued> queued_;
    int frame_ = -1;
};

}  // namespace

Result<std::unique_ptr<HeadTextures>> HeadTextures::create(Scheduler& jobs) {
    auto textures = std::make_unique<GlHeadTextures>(jobs);
    FOVEA_CHECK(textures->start());
    return std::unique_ptr<HeadTextures>(std::move(textures));
}

}  // namespace fovea::app
