#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/text/tokenizer.h"

/// Whatever a tokenizer.json says, it is refused or it tokenises: known ids, spans within the
/// text, spellings that can be shown. What follows a zero byte is tokenised too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string_view json = input.substr(0, input.find('\0'));
    const auto tokenizer = fovea::Tokenizer::parse(json, "fuzz");
    if (!tokenizer) return 0;
    using namespace std::string_view_literals;
    const std::string_view texts[] = {
        "",
        "The  café's 42\n[MASK] cafe\u0301 注意 🙂🙂 <s>a\u0323\u0301 ﬁ\u200d !"sv,
        input.substr(std::min(size, json.size() + 1)),
    };
    for (const std::string_view text : texts) {
        const auto tokens = (*tokenizer)->encode(text, true);
        if (!tokens) continue;
        for (const fovea::Token& token : *tokens) {
            if (token.id < 0 || token.id >= (*tokenizer)->vocabulary_size()) std::abort();
            if (token.begin > token.end || token.end > text.size()) std::abort();
            fovea::token_label(**tokenizer, token);
        }
    }
    return 0;
}
