// Tokenising a sentence as it is typed, and a page.
#include <benchmark/benchmark.h>

#include "engine/text/tokenizer.h"
#include "tests/cli/tiny_tokenizer.h"

namespace fovea {
namespace {

void word_piece(benchmark::State& state) {
    const auto tokenizer = Tokenizer::parse(test::tiny_tokenizer(), "tiny");
    if (!tokenizer) {
        state.SkipWithError(tokenizer.message().c_str());
        return;
    }
    std::string text;
    for (int i = 0; i < state.range(0); ++i)
        text += "The cats sat. ";
    for (auto _ : state)
        benchmark::DoNotOptimize((*tokenizer)->encode(text, true));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(word_piece)
    ->Name("tokenize/word_piece")
    ->ArgName("sentences")
    ->Arg(1)
    ->Arg(32)
    ->Arg(1024);

}  // namespace
}  // namespace fovea
