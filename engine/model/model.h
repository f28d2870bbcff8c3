#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/edit/attention_mask.h"
#include "engine/edit/edits.h"

namespace fovea {

class Checkpoint;
struct ArchSpec;
struct ModelConfig;
struct Weights;

/// A transformer ready to run: its configuration, and its weights bound to the roles that the
/// architecture names. Immutable; any thread may use it.
class Model {
  public:
    /// Reads config.json and model.safetensors of a Hugging Face folder. Weights are mapped, not
    /// copied. One error lists every missing or misshapen tensor.
    static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& folder);

    ~Model();
    const ArchSpec& arch() const { return *arch_; }
    const ModelConfig& config() const { return *config_; }
    const Weights& weights() const { return *weights_; }
    const Checkpoint& checkpoint() const { return *checkpoint_; }
    const std::filesystem::path& folder() const { return folder_; }

    /// The folder's name.
    std::string name() const;

    Index layers() const;
    Index heads() const;
    Index vocabulary() const;
    Index context() const;  ///< longest sentence in tokens
    bool has_language_head() const;
    /// Predicts the next token (GPT-2, Llama) rather than a masked one (BERT).
    bool causal() const;
    /// The model's own mask in a layer.
    ModelMask mask(Index layer) const;
    EditLimits edit_limits(Index tokens) const { return {layers(), heads(), tokens, tokens}; }

  private:
    Model() = default;
    const ArchSpec* arch_ = nullptr;
    std::unique_ptr<const ModelConfig> config_;
    std::unique_ptr<const Weights> weights_;
    std::shared_ptr<const Checkpoint> checkpoint_;
    std::filesystem::path folder_;
};

}  // namespace fovea
