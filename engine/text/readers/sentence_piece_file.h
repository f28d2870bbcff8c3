#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace fovea::text {

/// What Fovea needs of a SentencePiece model file (Kudo & Richardson 2018), a protocol buffer:
/// https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
struct SentencePieceFile {
    enum class PieceType { normal = 1, unknown, control, user_defined, unused, byte };
    struct Piece {
        std::string_view spelling;  ///< in the file's bytes
        float score = 0;
        PieceType type = PieceType::normal;
    };
    enum class Model { unigram = 1, byte_pairs, words, characters };

    std::vector<Piece> pieces;  ///< [tokens]
    Model model = Model::unigram;
    bool byte_fallback = false;
    std::string_view character_map;  ///< replacements before all else; may be empty
    bool add_space_in_front = true;
    bool remove_extra_spaces = true;
    bool escape_spaces = true;      ///< a space becomes "▁"
    bool spaces_end_words = false;  ///< "▁" stands behind a word instead of before
    std::int32_t unknown = 0;

    /// `bytes` must live as long as the result. Nothing in them is trusted.
    static Result<SentencePieceFile> read(std::string_view bytes);
};

}  // namespace fovea::text
