#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/text/readers/folder_tokenizer.h"

/// Whatever a SentencePiece model file says, it is refused or it tokenises: known ids, spans within
/// the text, spellings that can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto made = fovea::text::make_sentence_piece(fovea::text::FolderSettings(), bytes);
    if (!made) return 0;
    using namespace std::string_view_literals;
    const std::string_view texts[] = {
        "",
        "  The  caf\u00e9's 42\n\u00bd cafe\u0301 \u6ce8\u610f <s>a\u0323\u0301 \ufb01\u200d !"sv,
    };
    for (const std::string_view text : texts) {
        const auto tokens = (*made)->encode(text, true);
        if (!tokens) continue;
        for (const fovea::Token& token : *tokens) {
            if (token.id < 0 || token.id >= (*made)->vocabulary_size()) std::abort();
            if (token.begin > token.end || token.end > text.size()) std::abort();
            fovea::token_label(**made, token);
        }
    }
    return 0;
}
