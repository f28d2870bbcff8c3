#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/edit/attention_mask.h"
#include "engine/edit/edits.h"
#include "engine/model/writing_rules.h"

namespace fovea {

class Checkpoint;
class Gguf;
struct ArchSpec;
struct ModelConfig;
struct Weights;

/// One stack of layers: its configuration, and its weights bound to the roles that the architecture
/// names.
struct Stack {
    const ArchSpec* arch = nullptr;
    std::unique_ptr<const ModelConfig> config;
    std::unique_ptr<const Weights> weights;
    Stack();
    Stack(Stack&&) noexcept;
    Stack& operator=(Stack&&) noexcept;
    ~Stack();
};

/// A transformer ready to run. Immutable; any thread may use it.
class Model {
  public:
    /// Reads config.json and the safetensors, in one file or several, of a Hugging Face folder, or
    /// a GGUF file (also the only one in a folder without a config.json). Weights are mapped, not
    /// copied. One error lists every missing or misshapen tensor.
    static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& folder);

    ~Model();
    /// The only stack, or the decoder's.
    const ArchSpec& arch() const { return *main_.arch; }
    const ModelConfig& config() const { return *main_.config; }
    const Weights& weights() const { return *main_.weights; }
    const Stack& main() const { return main_; }
    /// nullptr where the model is no encoder-decoder.
    const Stack* encoder() const { return encoder_ ? &*encoder_ : nullptr; }
    /// The stack that a part's queries live in.
    const Stack& stack(Part part) const;
    const Checkpoint& checkpoint() const { return *checkpoint_; }
    const std::filesystem::path& folder() const { return folder_; }
    /// The file that it was loaded from, which holds a vocabulary too; null elsewhere.
    const std::shared_ptr<const Gguf>& gguf() const { return gguf_; }

    /// What the folder or file holds that nothing here reads and that may mean something: a
    /// sentence each, most often none.
    const std::vector<std::string>& warnings() const { return warnings_; }
    /// What holds an encoder-decoder back when it writes its target.
    const WritingRules& writing_rules() const { return writing_rules_; }

    /// The folder's name, or the GGUF file's without its ending.
    std::string name() const;

    /// {self}, or {encoder, decoder, cross}.
    std::span<const Part> parts() const;
    /// The part of the main stack's self-attention: self or decoder.
    Part main_part() const { return encoder_ ? Part::decoder : Part::self; }
    Index layers(Part part = Part::self) const;
    Index heads(Part part = Part::self) const;
    Index vocabulary() const;
    Index context() const;         ///< longest sentence in tokens
    Index target_context() const;  ///< the same of an encoder-decoder's target
    /// So many kinds of sentences the model tells apart by an embedding of each token's type (BERT:
    /// 2); 0 where it has no such embedding.
    Index token_types() const;
    bool has_language_head() const;
    /// No token sees one behind itself, in the only stack or the decoder.
    bool causal() const;
    /// The head predicts the token after each position (GPT-2, T5's decoder), not a masked one.
    bool predicts_next() const;
    /// The model's own mask in a layer.
    ModelMask mask(Index layer, Part part = Part::self) const;
    /// Of every part, for a sentence of so many tokens and a target of so many.
    std::vector<EditLimits> edit_limits(Index tokens, Index target_tokens = 0) const;

  private:
    Model() = default;

    std::shared_ptr<const ArchSpec> renamed_;  ///< what the stacks of a GGUF file were bound by
    Stack main_;
    std::optional<Stack> encoder_;
    std::shared_ptr<const Gguf> gguf_;
    std::shared_ptr<const Checkpoint> checkpoint_;
    std::filesystem::path folder_;
    std::vector<std::string> warnings_;
    WritingRules writing_rules_;
};

}  // namespace fovea
