#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/tensor.h"

namespace fovea {

/// What holds an encoder-decoder back when it writes its target, beside its logits: the parts of
/// generation_config.json that count where the likeliest token is taken each time. Neutral by
/// default.
struct WritingRules {
    std::optional<std::int32_t> forced_first = {};  ///< the token after the start token, always
    Index shortest = 0;    ///< so many tokens, the start's too, before the end
    Index unrepeated = 0;  ///< no run of so many tokens occurs twice; 0: any may (Paulus et al.
                           ///< 2018)
    std::vector<std::int32_t> never = {};      ///< tokens that are not written
    std::vector<std::string> unfollowed = {};  ///< keys that would change what is written

    /// Takes what may not follow `written` (from the start token on) out of the logits of the next
    /// token.
    void apply(const std::vector<std::int32_t>& written, std::int32_t end_token,
               std::span<float> logits) const;
};

/// From the text of a generation_config.json, or of a config.json of the time before there was
/// one. A value that cannot be is an error.
Result<WritingRules> parse_writing_rules(std::string_view json, std::string_view name);

}  // namespace fovea
