#pragma once

#include <array>
#include <string_view>

namespace fovea {

/// What a kind of number is called: the one name that the window, files, options and the README
/// use. The numbers of a row (entropy, mean distance, …) are named by row_metrics() in the same
/// way.
struct QuantityName {
    std::string_view one;     ///< in a sentence, a caption or a tip: "attention logit"
    std::string_view brief;   ///< of many, where attention is what is spoken of: "logits"
    std::string_view array;   ///< in files with many arrays, options and sessions; "" in none
    std::string_view column;  ///< of a table with one row a cell; "" in none
    std::string_view former;  ///< what `array` was once: still read, never written; "" for none
};

namespace quantity {

// As the models' own library calls them: attentions, hidden_states, logits.
inline constexpr QuantityName attention_weight{"attention weight", "weights", "attentions",
                                               "weight", "weights"};
inline constexpr QuantityName attention_logit{"attention logit", "logits", "attention_logits",
                                              "logit", "scores"};
inline constexpr QuantityName masked_logit{"masked attention logit", "masked logits",
                                           "masked_attention_logits", "", "masked_scores"};
inline constexpr QuantityName value_weighted{"value-weighted attention", "value-weighted",
                                             "value_weighted", "", ""};
/// The same as numbers in files.
inline constexpr QuantityName value_norm{"value-weighted norm", "value norms", "value_norms", "",
                                         ""};
inline constexpr QuantityName hidden_state{"hidden state", "hidden states", "hidden_states", "",
                                           ""};
/// Of the vocabulary's entries, before the softmax over them.
inline constexpr QuantityName token_logit{"logit", "logits", "logits", "", ""};
inline constexpr QuantityName probability{"probability", "probabilities", "", "", ""};
inline constexpr QuantityName log_probability{"log-probability", "ln p", "", "", ""};

inline constexpr std::array all{attention_weight, attention_logit, masked_logit,
                                value_weighted,   value_norm,      hidden_state,
                                token_logit,      probability,     log_probability};

}  // namespace quantity
}  // namespace fovea
