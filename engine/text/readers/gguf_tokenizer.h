#pragma once

#include <memory>

#include "engine/core/result.h"
#include "engine/io/gguf.h"
#include "engine/text/tokenizer.h"

namespace fovea {

/// The tokenizer in a GGUF file's metadata (`tokenizer.ggml.*`), of one of the kinds
///     llama   SentencePiece's byte pairs by score
///     gpt2    byte-level byte pairs by merges, cut up before as `tokenizer.ggml.pre` says
///     bert    WordPiece
///     t5      Unigram
/// Another kind, or an unknown way to cut the text up, is an error that names it. Null where the
/// file has none.
Result<std::shared_ptr<const Tokenizer>> gguf_tokenizer(const Gguf& gguf);

}  // namespace fovea
