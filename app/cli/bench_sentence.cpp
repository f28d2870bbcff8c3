#include "app/cli/bench_sentence.h"

#include <random>
#include <string_view>

namespace fovea::app {

namespace {

constexpr std::string_view words[] = {"the", "old",   "man",   "sat", "by",    "a",     "river",
                                      "and", "saw",   "two",   "red", "birds", "fly",   "over",
                                      "his", "house", "while", "it",  "was",   "still", "dark"};

}  // namespace

std::string sentence_of(Index word_count) {
    std::string text;
    for (Index i = 0; i < word_count; ++i) {
        if (i > 0) text += ' ';
        text += words[static_cast<size_t>(i) % std::size(words)];
    }
    return text;
}

Result<BenchSentence> sentence_with(const LoadedModel& model, Index tokens) {
    BenchSentence sentence;
    if (!model.tokenizer) {
        std::mt19937 random(1);
        for (Index i = 0; i < tokens; ++i)
            sentence.ids.push_back(static_cast<std::int32_t>(static_cast<Index>(random()) %
                                                             model.model->vocabulary()));
        return sentence;
    }
    // More words never make fewer tokens, and a word makes one at least: the fewest words that
    // suffice lie between none and `tokens`.
    Index fewest = 0, enough = tokens;
    while (fewest < enough) {
        const Index middle = (fewest + enough) / 2;
        FOVEA_TRY(const auto encoded, model.tokenizer->encode(sentence_of(middle), true));
        if (static_cast<Index>(encoded.size()) >= tokens) {
            enough = middle;
        } else {
            fewest = middle + 1;
        }
    }
    sentence.text = sentence_of(enough);
    FOVEA_TRY(const auto encoded, model.tokenizer->encode(sentence.text, true));
    if (static_cast<Index>(encoded.size()) < tokens)
        return fail("{}: no sentence of {} tokens could be made", model.name, tokens);
    for (Index i = 0; i < tokens; ++i)
        sentence.ids.push_back(encoded[static_cast<size_t>(i)].id);
    return sentence;
}

}  // namespace fovea::app
