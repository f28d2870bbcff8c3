#include "engine/text/readers/gguf_pre_tokenizers.h"

#include <array>
#include <string>

namespace fovea::text {
namespace {

// Regular expressions as the models' own tokenizer.json have them.
#define FOVEA_SPLIT(expression)                                      \
    R"({"type": "Split", "behavior": "Isolated", "invert": false, )" \
    R"("pattern": {"Regex": ")" expression R"("}})"
#define FOVEA_BYTES R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})"
#define FOVEA_GPT2 R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": true})"
#define FOVEA_SEQUENCE(steps) R"({"type": "Sequence", "pretokenizers": [)" steps "]}"

constexpr std::string_view gpt2 = FOVEA_GPT2;

// The digits one by one.
constexpr std::string_view single_digits =
    FOVEA_SEQUENCE(R"({"type": "Digits", "individual_digits": true}, )" FOVEA_GPT2);

#define FOVEA_CONTRACTIONS R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|)"
#define FOVEA_REST R"( ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+)"

constexpr std::string_view llama3 = FOVEA_SEQUENCE(
    FOVEA_SPLIT(FOVEA_CONTRACTIONS
                R"([^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|)" FOVEA_REST) ", " FOVEA_BYTES);

constexpr std::string_view qwen2 = FOVEA_SEQUENCE(FOVEA_SPLIT(
    FOVEA_CONTRACTIONS R"([^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|)" FOVEA_REST) ", " FOVEA_BYTES);

// Mistral's: a capital begins a word.
#define FOVEA_CAPITALS R"([\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}])"
#define FOVEA_SMALL R"([\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}])"
constexpr std::string_view tekken = FOVEA_SEQUENCE(FOVEA_SPLIT(
    R"([^\\r\\n\\p{L}\\p{N}]?)" FOVEA_CAPITALS "*" FOVEA_SMALL
    "+|"
    R"([^\\r\\n\\p{L}\\p{N}]?)" FOVEA_CAPITALS "+" FOVEA_SMALL
    "*|"
    R"(\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+)") ", " FOVEA_BYTES);

constexpr std::string_view bloom =
    FOVEA_SEQUENCE(FOVEA_SPLIT(R"( ?[^(\\s|[.,!?…。，、।۔،])]+)") ", " FOVEA_BYTES);

// What llama.cpp falls back on where a file does not say.
constexpr std::string_view fallback = FOVEA_SEQUENCE(
    FOVEA_SPLIT(R"([\\p{P}\\$\\+<=>\\^~\\|]+)") ", "
    FOVEA_SPLIT(R"('s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S))")
    ", " FOVEA_SPLIT(R"(\\p{N}+)") ", " FOVEA_SPLIT("[0-9][0-9][0-9]") ", " FOVEA_BYTES);

constexpr std::array known = {
    GgufPreTokenizer{"default", fallback},
    GgufPreTokenizer{"gpt-2", gpt2},
    GgufPreTokenizer{"phi-2", gpt2},
    GgufPreTokenizer{"roberta-bpe", gpt2},
    GgufPreTokenizer{"jina-v1-en", gpt2},
    GgufPreTokenizer{"jina-v2-es", gpt2},
    GgufPreTokenizer{"jina-v2-de", gpt2},
    GgufPreTokenizer{"jina-v2-code", gpt2},
    GgufPreTokenizer{"modern-bert", gpt2, true},
    GgufPreTokenizer{"mpt", gpt2, true},
    GgufPreTokenizer{"olmo", gpt2, true},
    GgufPreTokenizer{"jais", gpt2},
    GgufPreTokenizer{"trillion", gpt2},
    GgufPreTokenizer{"smollm", single_digits},
    GgufPreTokenizer{"starcoder", single_digits},
    GgufPreTokenizer{"refact", single_digits},
    GgufPreTokenizer{"codeshell", single_digits},
    GgufPreTokenizer{"exaone", single_digits},
    GgufPreTokenizer{"minerva-7b", single_digits},
    GgufPreTokenizer{"command-r", single_digits, true},
    GgufPreTokenizer{"bloom", bloom},
    GgufPreTokenizer{"llama-bpe", llama3, false, true, true},
    GgufPreTokenizer{"llama3", llama3, false, true, true},
    GgufPreTokenizer{"llama-v3", llama3, false, true, true},
    GgufPreTokenizer{"falcon3", llama3, false, true, true},
    GgufPreTokenizer{"smaug-bpe", llama3},
    GgufPreTokenizer{"dbrx", llama3},
    GgufPreTokenizer{"qwen2", qwen2, true},
    GgufPreTokenizer{"deepseek-r1-qwen", qwen2, true},
    GgufPreTokenizer{"megrez", qwen2, true},
    GgufPreTokenizer{"stablelm2", qwen2, true},
    GgufPreTokenizer{"tekken", tekken, false, true, true},
};

}  // namespace

Result<GgufPreTokenizer> gguf_pre_tokenizer(std::string_view name) {
    for (const GgufPreTokenizer& row : known)
        if (row.name == name) return row;
    std::string names;
    for (const GgufPreTokenizer& row : known)
        names += (names.empty() ? "" : ", ") + std::string(row.name);
    return fail("the pre-tokenizer \"{}\" is not known (known: {})", name, names);
}

}  // namespace fovea::text
