#include "engine/gpu/scorer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include "compute_shaders_files.h"
#include "engine/gpu/compute_program.h"
#include "engine/gpu/gl.h"
#include "engine/gpu/mask_words.h"
#include "engine/gpu/projection_cache.h"
#include "engine/gpu/score_layout.h"

namespace fovea::gpu {

namespace {

constexpr std::size_t projection_budget = std::size_t{256} << 20;
constexpr const char* scoring = "scoring attention on the GPU";

/// A buffer that is filled anew by every call.
class StreamBuffer {
  public:
    void fill(const void* data, std::ptrdiff_t size) {
        if (!buffer_) buffer_ = Buffer::make();
        glBindBuffer(GL_SHADER_STORAGE_BUFFER, buffer_.name());
        glBufferData(GL_SHADER_STORAGE_BUFFER, size, data, GL_STREAM_DRAW);
        size_ = size;
    }
    void bind(unsigned binding) const { bind(binding, {0, size_}); }
    void bind(unsigned binding, BufferRange range) const {
        glBindBufferRange(GL_SHADER_STORAGE_BUFFER, binding, buffer_.name(), range.offset,
                          range.size);
    }
    GLuint name() const { return buffer_.name(); }

  private:
    Buffer buffer_;
    std::ptrdiff_t size_ = 0;
};

struct TextureBinding {
    GLenum target;
    GLenum query;
};

Status check_target(const HeadJob& job, const Projections& projections) {
    if (job.target.texture == 0) return fail("{}: no texture to write to", scoring);
    const bool layered = job.target.layer >= 0;
    const TextureBinding binding =
        layered ? TextureBinding{GL_TEXTURE_2D_ARRAY, GL_TEXTURE_BINDING_2D_ARRAY}
                : TextureBinding{GL_TEXTURE_2D, GL_TEXTURE_BINDING_2D};
    GLint before = 0;
    glGetIntegerv(binding.query, &before);
    glBindTexture(binding.target, job.target.texture);
    GLint width = 0, height = 0, layers = 0, format = 0;
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_WIDTH, &width);
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_HEIGHT, &height);
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_DEPTH, &layers);
    glGetTexLevelParameteriv(binding.target, 0, GL_TEXTURE_INTERNAL_FORMAT, &format);
    glBindTexture(binding.target, static_cast<GLuint>(before));
    FOVEA_CHECK(check_gl("looking at the texture to write to"));
    if (format != GL_R32F) return fail("{}: the texture's format is not R32F", scoring);
    if (width < projections.keys || height < projections.queries) {
        return fail("{}: the texture has {} x {} texels, the map {} x {}", scoring, height, width,
                    projections.queries, projections.keys);
    }
    if (layered && job.target.layer >= layers) {
        return fail("{}: layer {} of a texture of {} layers", scoring, job.target.layer, layers);
    }
    return {};
}

/// Everything but offsets of masks and rows, and where the weights go.
Result<ScoreJob> describe(const HeadJob& job) {
    if (job.layer == nullptr || job.layer->projections == nullptr) {
        return fail("{}: a head without its queries and keys", scoring);
    }
    const Projections& projections = *job.layer->projections;
    if (job.head < 0 || job.head >= projections.heads) {
        return fail("{}: head {} of {}", scoring, job.head, projections.heads);
    }
    if (projections.queries > (1 << 24) || projections.keys > (1 << 24)) {
        return fail("{}: {} queries by {} keys are too many", scoring, projections.queries,
                    projections.keys);
    }
    const float temperature = job.edits.temperature;
    if (!(temperature > 0) || !std::isfinite(temperature)) {
        return fail("{}: the temperature is {}, it must be above zero", scoring, temperature);
    }

    ScoreJob described;
    described.queries = static_cast<int>(projections.queries);
    described.keys = static_cast<int>(projections.keys);
    described.head_dim = static_cast<int>(projections.head_dim);
    described.query_offset =
        static_cast<int>(job.head * projections.queries * projections.head_dim);
    described.key_offset =
        static_cast<int>(projections.key_head(job.head) * projections.keys * projections.head_dim);
    described.bias_offset =
        projections.bias.empty()
            ? -1
            : static_cast<int>(job.head * (projections.queries + projections.keys - 1));
    described.scale = projections.scale;
    described.inverse_temperature = std::min(1 / temperature, std::numeric_limits<float>::max());
    return described;
}

bool empty_map(const HeadJob& job) {
    return job.layer != nullptr && job.layer->projections != nullptr &&
           (job.layer->projections->queries == 0 || job.layer->projections->keys == 0);
}

/// One dispatch: described heads of one layer that go to one texture (array), or to none.
struct Group {
    const std::shared_ptr<const Projections>* projections = nullptr;
    GLuint texture = 0;  ///< 0: rows only
    bool layered = false;
    std::vector<ScoreJob> jobs;
};

/// What the shader leaves for each row.
struct Row {
    float log_sum_exp;
    float entropy;
};

}  // namespace

struct Scorer::State {
    std::string device;
    std::array<std::optional<ComputeProgram>, 2> programs;  // for [textures, texture arrays]
    ProjectionCache projections{projection_budget};
    StreamBuffer jobs, masks, rows;

    Result<unsigned> program(bool layered);
    Status dispatch(const Group& group);
    Status run(std::span<const Group> groups, const std::vector<std::uint32_t>& mask_words,
               Index rows_total);
};

Result<unsigned> Scorer::State::program(bool layered) {
    auto& program = programs[layered ? 1 : 0];
    if (!program) {
        FOVEA_TRY(program, ComputeProgram::compile("score.comp", score_prologue(layered),
                                                   compute_shaders::score_comp));
    }
    return program->name();
}

Status Scorer::State::dispatch(const Group& group) {
    FOVEA_TRY(const UploadedProjections* uploaded, projections.get(*group.projections));
    FOVEA_TRY(const unsigned program_name, program(group.layered));

    jobs.fill(group.jobs.data(), static_cast<std::ptrdiff_t>(group.jobs.size() * sizeof(ScoreJob)));
    jobs.bind(jobs_binding);
    const auto bind = [&](ScoreBinding binding, const BufferRange& range) {
        glBindBufferRange(GL_SHADER_STORAGE_BUFFER, binding, uploaded->buffer.name(), range.offset,
                          range.size);
    };
    bind(queries_binding, uploaded->query);
    bind(keys_binding, uploaded->key);
    // A binding must hold something even where no job looks at it.
    bind(bias_binding, uploaded->bias.size > 0 ? uploaded->bias : uploaded->query);

    if (group.texture != 0) {
        glBindImageTexture(0, group.texture, 0, group.layered ? GL_TRUE : GL_FALSE, 0,
                           GL_WRITE_ONLY, GL_R32F);
    }
    glUseProgram(program_name);
    const auto row_blocks = (group.jobs.front().queries + score_tile - 1) / score_tile;
    glDispatchCompute(static_cast<GLuint>(row_blocks), 1, static_cast<GLuint>(group.jobs.size()));
    return {};
}

Status Scorer::State::run(std::span<const Group> groups,
                          const std::vector<std::uint32_t>& mask_words, Index rows_total) {
    constexpr std::uint32_t nothing = 0;
    masks.fill(mask_words.empty() ? &nothing : mask_words.data(),
               static_cast<std::ptrdiff_t>(std::max<size_t>(mask_words.size(), 1) * 4));
    rows.fill(nullptr, static_cast<std::ptrdiff_t>(std::max<Index>(rows_total, 1) * sizeof(Row)));
    masks.bind(masks_binding);
    rows.bind(rows_binding);

    Status status;
    for (const Group& group : groups) {
        status = dispatch(group);
        if (!status) break;
    }

    glUseProgram(0);
    glBindImageTexture(0, 0, 0, GL_FALSE, 0, GL_READ_ONLY, GL_R32F);
    for (unsigned binding = jobs_binding; binding <= rows_binding; ++binding) {
        glBindBufferBase(GL_SHADER_STORAGE_BUFFER, binding, 0);
    }
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    glMemoryBarrier(GL_TEXTURE_FETCH_BARRIER_BIT | GL_TEXTURE_UPDATE_BARRIER_BIT |
                    GL_FRAMEBUFFER_BARRIER_BIT | GL_BUFFER_UPDATE_BARRIER_BIT |
                    GL_SHADER_IMAGE_ACCESS_BARRIER_BIT);
    FOVEA_CHECK(status);
    return check_gl(scoring);
}

Scorer::Scorer() : state_(std::make_unique<State>()) {}
Scorer::~Scorer() = default;

Result<std::unique_ptr<Scorer>> Scorer::create() {
    if (!epoxy_is_desktop_gl()) return fail("OpenGL ES has no compute shaders of version 4.3");
    const int version = epoxy_gl_version();
    if (version < 43) {
        return fail("OpenGL 4.3 is missing (this driver has {}.{})", version / 10, version % 10);
    }
    drop_gl_errors();
    std::unique_ptr<Scorer> scorer(new Scorer);
    const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
    scorer->state_->device = name == nullptr ? "unnamed GPU" : name;
    FOVEA_TRY([[maybe_unused]] const unsigned program, scorer->state_->program(false));
    return scorer;
}

Status Scorer::score(std::span<const HeadJob> jobs) {
    drop_gl_errors();
    state_->projections.drop_expired();
    std::vector<Group> groups;
    std::vector<std::uint32_t> mask_words;
    Index rows_total = 0;
    for (const HeadJob& job : jobs) {
        if (empty_map(job)) continue;
        FOVEA_TRY(ScoreJob described, describe(job));
        FOVEA_CHECK(append_mask(job.edits.mask, described, mask_words));
        const auto& projections = job.layer->projections;
        FOVEA_CHECK(check_target(job, *projections));
        described.row_offset = static_cast<int>(rows_total);
        described.write_weights = 1;
        described.hidden_weight = job.mark_hidden ? hidden_mark : 0;
        described.target_layer = job.target.layer;
        rows_total += described.queries;

        const bool layered = job.target.layer >= 0;
        const bool joins = layered && !groups.empty() && groups.back().layered &&
                           groups.back().texture == job.target.texture &&
                           *groups.back().projections == projections;
        if (!joins) groups.push_back({&projections, job.target.texture, layered, {}});
        groups.back().jobs.push_back(described);
    }
    if (groups.empty()) return {};
    return state_->run(groups, mask_words, rows_total);
}

Result<RowResults> Scorer::score_and_read(const HeadJob& job, std::vector<float>* weights) {
    drop_gl_errors();
    state_->projections.drop_expired();
    FOVEA_TRY(ScoreJob described, describe(job));
    RowResults results;
    const auto queries = static_cast<size_t>(described.queries);
    if (weights != nullptr) weights->assign(queries * static_cast<size_t>(described.keys), 0);
    results.log_sum_exp.assign(queries, -std::numeric_limits<float>::infinity());
    results.entropy.assign(queries, std::numeric_limits<float>::quiet_NaN());
    if (empty_map(job)) return results;

    std::vector<std::uint32_t> mask_words;
    FOVEA_CHECK(append_mask(job.edits.mask, described, mask_words));
    Texture texture;
    if (weights != nullptr) {
        GLint largest = 0;
        glGetIntegerv(GL_MAX_TEXTURE_SIZE, &largest);
        if (described.queries > largest || described.keys > largest) {
            return fail("{}: a map of {} x {} is larger than this driver's largest texture, {}",
                        scoring, described.queries, described.keys, largest);
        }
        texture = Texture::make();
        glBindTexture(GL_TEXTURE_2D, texture.name());
        glTexStorage2D(GL_TEXTURE_2D, 1, GL_R32F, described.keys, described.queries);
        glBindTexture(GL_TEXTURE_2D, 0);
        FOVEA_CHECK(check_gl("making room for a head's weights on the GPU"));
        described.write_weights = 1;
    }

    const Group group{&job.layer->projections, texture.name(), false, {described}};
    FOVEA_CHECK(state_->run({&group, 1}, mask_words, described.queries));

    std::vector<Row> rows(queries);
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, state_->rows.name());
    glGetBufferSubData(GL_SHADER_STORAGE_BUFFER, 0,
                       static_cast<std::ptrdiff_t>(rows.size() * sizeof(Row)), rows.data());
    glBindBuffer(GL_SHADER_STORAGE_BUFFER, 0);
    for (size_t i = 0; i < queries; ++i) {
        results.log_sum_exp[i] = rows[i].log_sum_exp;
        results.entropy[i] = rows[i].entropy;
    }
    if (weights != nullptr) {
        glBindTexture(GL_TEXTURE_2D, texture.name());
        glGetTexImage(GL_TEXTURE_2D, 0, GL_RED, GL_FLOAT, weights->data());
        glBindTexture(GL_TEXTURE_2D, 0);
    }
    FOVEA_CHECK(check_gl("reading a head's weights from the GPU"));
    return results;
}

const std::string& Scorer::device_name() const {
    return state_->device;
}

UploadCount Scorer::upload_count() const {
    return {state_->projections.uploads(), state_->projections.bytes()};
}

}  // namespace fovea::gpu
