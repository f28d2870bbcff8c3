#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/arch/arch_spec.h"
#include "engine/core/result.h"

namespace fovea {

struct ParsedConfig {
    const ArchSpec* arch = nullptr;
    ModelConfig config;  ///< of the decoder where there is an encoder
    /// `arch` is the encoder of an encoder-decoder, saved without the other half (T5EncoderModel).
    bool encoder_alone = false;
    std::optional<ModelConfig> encoder;
    /// Keys that nothing reads and that are not known to mean nothing: "rope_scaling.new_factor".
    std::vector<std::string> unread;
};

/// Reads a config.json: finds the architecture by `model_type`, else by `architectures`, fills the
/// sizes it names, and refuses by name what the engine would run wrongly. `name` stands in errors.
Result<ParsedConfig> parse_config(std::string_view json, std::string_view name);

}  // namespace fovea
