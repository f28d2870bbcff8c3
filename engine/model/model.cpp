#include "engine/model/model.h"

#include "engine/arch/arch_spec.h"
#include "engine/arch/gguf_config.h"
#include "engine/arch/gguf_keys.h"
#include "engine/arch/gguf_names.h"
#include "engine/arch/gguf_rows.h"
#include "engine/io/checkpoint.h"
#include "engine/io/files.h"
#include "engine/io/foreign_weights.h"
#include "engine/io/gguf.h"
#include "engine/model/bind.h"
#include "engine/model/config.h"
#include "engine/model/load_warnings.h"
#include "engine/model/weights.h"

namespace fovea {

namespace fs = std::filesystem;

Stack::Stack() = default;
Stack::Stack(Stack&&) noexcept = default;
Stack& Stack::operator=(Stack&&) noexcept = default;
Stack::~Stack() = default;
Model::~Model() = default;

NormSettings norm_settings(const Stack& stack) {
    return {stack.arch->norm, stack.config->norm_epsilon, stack.config->norm_gain_offset};
}

namespace {

Result<Stack> bind_stack(const ArchSpec& arch, const ModelConfig& config,
                         const Checkpoint& checkpoint) {
    Stack stack;
    stack.arch = &arch;
    FOVEA_TRY(Weights weights, bind_weights(arch, config, checkpoint));
    stack.config = std::make_unique<const ModelConfig>(config);
    stack.weights = std::make_unique<const Weights>(std::move(weights));
    return stack;
}

/// What a folder or a GGUF file says before its weights are bound.
struct Source {
    ParsedConfig parsed;
    std::shared_ptr<const Checkpoint> checkpoint;
    std::shared_ptr<const ArchSpec> renamed = nullptr;  ///< by the names of a GGUF file
    std::string warning = {};                           ///< of keys that nothing reads
    WritingRules writing_rules = {};
    std::string writing_warning = {};
};

Result<Source> read_folder(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) return fail("{}: no such folder", folder.string());
    const fs::path config_file = folder / "config.json";
    if (!fs::exists(config_file, error))
        if (const auto adapter = adapter_in(folder))
            return fail("{}: {}", folder.string(), *adapter);
    FOVEA_TRY(const std::string config_text, read_text_file(config_file));
    FOVEA_TRY(ParsedConfig parsed, parse_config(config_text, config_file.string()));
    FOVEA_TRY(auto checkpoint, Checkpoint::open_folder(folder));
    std::string warning = unread_warning(config_file.string(), parsed.unread);
    Source source{std::move(parsed), std::move(checkpoint), nullptr, std::move(warning)};
    if (!source.parsed.arch->encoder) return source;
    // Before there was a file of its own, config.json said how a model writes.
    const fs::path own_file = folder / "generation_config.json";
    const bool has_own = fs::exists(own_file, error);
    FOVEA_TRY(const std::string text, has_own ? read_text_file(own_file) : config_text);
    const std::string name = (has_own ? own_file : config_file).string();
    FOVEA_TRY(source.writing_rules, parse_writing_rules(text, name));
    source.writing_warning = unfollowed_warning(name, source.writing_rules.unfollowed);
    return source;
}

Result<Source> read_gguf(const std::shared_ptr<const Gguf>& gguf) {
    FOVEA_TRY(const std::string config_text, gguf_config_json(*gguf));
    FOVEA_TRY(ParsedConfig parsed, parse_config(config_text, gguf->name()));
    FOVEA_TRY(auto checkpoint, gguf_weights(gguf));
    auto renamed = std::make_shared<const ArchSpec>(
        gguf_architecture(*parsed.arch, *checkpoint, parsed.encoder_alone));
    return Source{std::move(parsed), std::move(checkpoint), std::move(renamed),
                  unread_warning(gguf->name(), GgufMetadata(*gguf).unread())};
}

}  // namespace

Result<std::shared_ptr<const Model>> Model::load(const fs::path& folder) {
    auto model = std::shared_ptr<Model>(new Model);
    model->folder_ = folder;
    FOVEA_TRY(const std::optional<fs::path> gguf_file, find_gguf(folder));
    if (gguf_file) {
        FOVEA_TRY(model->gguf_, Gguf::open(*gguf_file));
    }
    FOVEA_TRY(Source source, gguf_file ? read_gguf(model->gguf_) : read_folder(folder));
    model->checkpoint_ = std::move(source.checkpoint);
    model->renamed_ = std::move(source.renamed);
    const ArchSpec& arch = model->renamed_ ? *model->renamed_ : *source.parsed.arch;
    FOVEA_TRY(model->main_, bind_stack(arch, source.parsed.config, *model->checkpoint_));
    if (source.parsed.encoder) {
        FOVEA_TRY(model->encoder_,
                  bind_stack(*arch.encoder, *source.parsed.encoder, *model->checkpoint_));
    }
    auto bound = model->main_.weights->bound;
    if (model->encoder_) {
        const auto& more = model->encoder_->weights->bound;
        bound.insert(bound.end(), more.begin(), more.end());
    }
    model->writing_rules_ = std::move(source.writing_rules);
    model->warnings_ = {std::move(source.warning), std::move(source.writing_warning),
                        unused_warning(*model->checkpoint_, arch, bound)};
    std::erase(model->warnings_, "");
    return std::shared_ptr<const Model>(std::move(model));
}

std::string Model::name() const {
    const fs::path canonical = fs::absolute(folder_).lexically_normal();
    if (ending_of(canonical) == ".gguf") return canonical.stem().string();
    return canonical.has_filename() ? canonical.filename().string()
                                    : canonical.parent_path().filename().string();
}

const Stack& Model::stack(Part part) const {
    return part == Part::encoder && encoder_ ? *encoder_ : main_;
}
std::span<const Part> Model::parts() const {
    static constexpr Part one[] = {Part::self};
    static constexpr Part three[] = {Part::encoder, Part::decoder, Part::cross};
    if (encoder_) return three;
    return one;
}
Index Model::layers(Part part) const {
    return stack(part).config->layers;
}
Index Model::heads(Part part) const {
    return stack(part).config->heads;
}
Index Model::vocabulary() const {
    return config().vocabulary;
}
Index Model::context() const {
    return stack(Part::encoder).config->context;
}
Index Model::target_context() const {
    return config().context;
}
Index Model::token_types() const {
    const Stack& first = encoder_ ? *encoder_ : main_;
    const BoundTensors& w = first.weights->model;
    return w.has(Role::type_embedding) ? w[Role::type_embedding].rows : 0;
}

bool Model::has_language_head() const {
    return weights().has_head;
}
bool Model::causal() const {
    return config().causal;
}
bool Model::predicts_next() const {
    return config().head == HeadKind::next_token;
}
ModelMask Model::mask(Index layer, Part part) const {
    if (part == Part::cross) return {};
    const Stack& of_part = stack(part);
    return {of_part.config->causal, of_part.config->window_of(layer)};
}
std::vector<EditLimits> Model::edit_limits(Index tokens, Index target_tokens) const {
    if (!encoder_) return {{layers(), heads(), tokens, tokens, Part::self}};
    std::vector<EditLimits> limits;
    for (const Part part : parts())
        limits.push_back({layers(part), heads(part), part == Part::encoder ? tokens : target_tokens,
                          part == Part::decoder ? target_tokens : tokens, part});
    return limits;
}

}  // namespace fovea
