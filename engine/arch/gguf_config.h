#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/io/gguf.h"

namespace fovea {

/// The config.json that a Hugging Face folder of the same model would have, from a GGUF file's
/// metadata and tensors. Whoever reads a config.json reads this, and refuses what must be refused.
/// One key is not Hugging Face's: "fovea_gain_offset" is what a norm adds to the gains in the file,
/// 0 here, since GGUF files hold Gemma's gains with their 1 added.
Result<std::string> gguf_config_json(const Gguf& gguf);

}  // namespace fovea
