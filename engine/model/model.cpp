#include "engine/model/model.h"

#include "engine/arch/arch_spec.h"
#include "engine/io/checkpoint.h"
#include "engine/io/files.h"
#include "engine/model/bind.h"
#include "engine/model/config.h"
#include "engine/model/weights.h"

namespace fovea {

namespace fs = std::filesystem;

Model::~Model() = default;

Result<std::shared_ptr<const Model>> Model::load(const fs::path& folder) {
    std::error_code error;
    if (!fs::is_directory(folder, error)) return fail("{}: no such folder", folder.string());
    const fs::path config_file = folder / "config.json";
    const fs::path weights_file = folder / "model.safetensors";
    FOVEA_TRY(const std::string config_text, read_text_file(config_file));
    FOVEA_TRY(ParsedConfig parsed, parse_config(config_text, config_file.string()));
    if (!fs::exists(weights_file, error)) {
        if (fs::exists(folder / "pytorch_model.bin", error))
            return fail(
                "{}: holds only pytorch_model.bin, a pickle that Fovea does not read; save it "
                "again "
                "with transformers' save_pretrained to get model.safetensors",
                folder.string());
        return fail("{}: no such file", weights_file.string());
    }

    auto model = std::shared_ptr<Model>(new Model);
    model->folder_ = folder;
    model->arch_ = parsed.arch;
    FOVEA_TRY(model->checkpoint_, Checkpoint::open_safetensors(weights_file));
    FOVEA_TRY(Weights weights, bind_weights(*parsed.arch, parsed.config, *model->checkpoint_));
    model->config_ = std::make_unique<const ModelConfig>(parsed.config);
    model->weights_ = std::make_unique<const Weights>(std::move(weights));
    return std::shared_ptr<const Model>(std::move(model));
}

std::string Model::name() const {
    const fs::path canonical = fs::absolute(folder_).lexically_normal();
    return canonical.has_filename() ? canonical.filename().string()
                                    : canonical.parent_path().filename().string();
}

Index Model::layers() const {
    return config_->layers;
}
Index Model::heads() const {
    return config_->heads;
}
Index Model::vocabulary() const {
    return config_->vocabulary;
}
Index Model::context() const {
    return config_->context;
}
bool Model::has_language_head() const {
    return weights_->has_head;
}
bool Model::causal() const {
    return arch_->causal;
}
ModelMask Model::mask(Index) const {
    return {arch_->causal, 0};
}

}  // namespace fovea
