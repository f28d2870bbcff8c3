#include "engine/session/target.h"

#include <algorithm>
#include <limits>

#include "engine/arch/model_config.h"
#include "engine/core/utf8.h"
#include "engine/session/id_tokens.h"

namespace fovea {
namespace {

/// The model's own continuation, the likeliest token each time.
class TargetWriter {
  public:
    TargetWriter(const Model& model, const std::vector<std::int32_t>& ids,
                 const CancelToken& cancel)
        : model_(model), ids_(ids), cancel_(cancel) {}

    Result<std::vector<std::int32_t>> write() {
        const ModelConfig& config = model_.config();
        std::vector<std::int32_t> written = {static_cast<std::int32_t>(config.decoder_start)};
        // A translation is seldom twice as long as its source; a model that finds no end repeats
        // itself.
        const Index longest =
            std::min<Index>(model_.target_context(), 2 * static_cast<Index>(ids_.size()) + 16);
        std::shared_ptr<const Trace> trace;
        while (static_cast<Index>(written.size()) < longest) {
            FOVEA_TRY(trace, run(model_, {ids_, {}, written}, trace.get(), cancel_));
            const std::int32_t next = likeliest(*trace, written);
            if (next == config.end_token) break;
            written.push_back(next);
        }
        return written;
    }

  private:
    std::int32_t likeliest(const Trace& trace, const std::vector<std::int32_t>& written) const {
        const Index last = trace.length() - 1;
        Tensor row = logits(model_, trace, last, last + 1);
        const Index padding = model_.config().padding_id;
        if (padding >= 0 && padding < row.size())
            row.data()[padding] = -std::numeric_limits<float>::infinity();
        model_.writing_rules().apply(written, static_cast<std::int32_t>(model_.config().end_token),
                                     row.values());
        return top_ids(row.values(), 1).front();
    }

    const Model& model_;
    const std::vector<std::int32_t>& ids_;
    const CancelToken& cancel_;
};

/// What a person would read for written tokens, and where each of them stands in it. What the
/// tokenizer puts around a text of its own accord (<s>) is none.
void spell_out(const LoadedModel& loaded, std::vector<Token>& tokens, std::string& text) {
    const Tokenizer* tokenizer = loaded.tokenizer_of_target();
    if (!tokenizer) return;
    std::vector<std::int32_t> around;
    if (const auto nothing = tokenizer->encode("", /*add_special=*/true))
        for (const Token& token : *nothing)
            around.push_back(token.id);
    const auto spell = [&](const auto& words_of) {
        text.clear();
        for (size_t i = 0; i < tokens.size(); ++i) {
            Token& token = tokens[i];
            token.special =
                i == 0 || std::find(around.begin(), around.end(), token.id) != around.end();
            token.begin = text.size();
            if (!token.special) {
                std::string words = words_of(token.id);
                if (text.empty() && words.starts_with(' ')) words.erase(0, 1);
                text += words;
            }
            token.end = text.size();
        }
    };
    // A character may be several tokens; bytes that make none are shown as such.
    spell([&](std::int32_t id) {
        return tokenizer->is_special(id) ? tokenizer->piece(id) : tokenizer->bytes(id);
    });
    if (text::first_invalid_byte(text))
        spell([&](std::int32_t id) { return tokenizer->piece(id); });
}

}  // namespace

Result<std::vector<Token>> typed_target_tokens(const LoadedModel& loaded, const std::string& text) {
    const Tokenizer* tokenizer = loaded.tokenizer_of_target();
    if (!tokenizer)
        return fail("{}: has no tokenizer, so it cannot read a target; give its ids", loaded.name);
    const ModelConfig& config = loaded.model->config();
    FOVEA_TRY(std::vector<Token> tokens, tokenizer->encode(text, /*add_special=*/true));
    while (!tokens.empty() && tokens.back().special && tokens.back().id == config.end_token)
        tokens.pop_back();
    Token start = token_of(static_cast<std::int32_t>(config.decoder_start), tokenizer);
    start.special = true;
    tokens.insert(tokens.begin(), std::move(start));
    return tokens;
}

Status read_target(const std::vector<std::int32_t>& ids, const CancelToken& cancel,
                   Reading& reading) {
    const ReadingRequest& request = reading.request;
    const LoadedModel& loaded = *request.model;
    const Model& model = *loaded.model;
    if (!model.encoder()) {
        if (request.target || !request.target_ids.empty())
            return fail("{} has no decoder beside an encoder, so it takes no target", loaded.name);
        return {};
    }
    const Tokenizer* tokenizer = loaded.tokenizer_of_target();
    auto& tokens = reading.target_tokens;
    if (!request.target_ids.empty()) {
        tokens = tokens_of(request.target_ids, tokenizer);
        spell_out(loaded, tokens, reading.target_text);
    } else if (request.target) {
        FOVEA_TRY(tokens, typed_target_tokens(loaded, *request.target));
        reading.target_text = *request.target;
    } else {
        FOVEA_TRY(const auto written, TargetWriter(model, ids, cancel).write());
        tokens = tokens_of(written, tokenizer);
        spell_out(loaded, tokens, reading.target_text);
        reading.target_written = true;
    }
    const Index surplus = static_cast<Index>(tokens.size()) - model.target_context();
    if (surplus > 0 && request.strict)
        return fail("the target has {} tokens, the context of {} holds {}", tokens.size(),
                    loaded.name, model.target_context());
    if (surplus > 0) {
        tokens.resize(static_cast<size_t>(model.target_context()));
        reading.target_tokens_cut = surplus;
    }
    reading.target_labels = labels_of(tokens, tokenizer);
    return {};
}

}  // namespace fovea
