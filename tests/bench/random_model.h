#pragma once

#include <filesystem>
#include <string>

#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/io/dtype.h"

namespace fovea::test {

/// A checkpoint with random weights, to time what does not depend on them. Its tokenizer takes
/// every byte of a text for a token, so that a sentence is as long as one likes.
struct RandomModel {
    enum class Kind { gpt2, llama };
    Kind kind = Kind::gpt2;
    DType dtype = DType::f32;  ///< f32, f16 or bf16
    Index layers = 12;
    Index heads = 12;
    Index width = 768;  ///< heads times head_dim
    Index feed_forward = 3072;
    Index vocabulary = 50257;  ///< 256 at least
    Index context = 1024;

    /// The sizes of GPT-2 124M.
    static RandomModel gpt2_124m() { return {}; }
    /// Eight layers of eight heads of 64, for long sentences.
    static RandomModel long_llama() {
        return {Kind::llama, DType::f32, 8, 8, 512, 1536, 256, 32768};
    }
    /// So many layers of heads of 16, to see how they are laid out.
    static RandomModel narrow_llama(Index layers, Index heads) {
        return {Kind::llama, DType::f32, layers, heads, 16 * heads, 32 * heads, 256, 4096};
    }
};

/// Writes config.json, tokenizer.json and model.safetensors; the same bytes each time.
Status write_random_model(const RandomModel& model, const std::filesystem::path& folder);

/// A text of so many of its tokens.
std::string letters(Index count);

}  // namespace fovea::test
