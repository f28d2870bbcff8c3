#include "engine/session/continuation.h"

#include <algorithm>
#include <span>

#include "engine/arch/model_config.h"
#include "engine/core/utf8.h"
#include "engine/session/id_tokens.h"
#include "engine/session/predict.h"
#include "engine/session/target.h"
#include "engine/text/piece_label.h"

namespace fovea {
namespace {

constexpr size_t longest_character = 4;  // bytes, and so tokens

/// Bytes that end inside a character, which more bytes may complete.
bool may_become_whole(std::string_view bytes) {
    const auto broken = text::first_invalid_byte(bytes);
    return broken && text::is_begun_character(bytes.substr(*broken));
}

/// A text as the request's tokenizer cuts it; nothing where it cannot.
using Cut = std::vector<std::int32_t> (*)(const ReadingRequest&, const std::string&);

std::vector<std::int32_t> cut_sentence(const ReadingRequest& request, const std::string& text) {
    const Tokenizer& tokenizer = *request.model->tokenizer;
    const auto tokens = request.pair
                            ? tokenizer.encode_pair(text, *request.pair, request.special_tokens)
                            : tokenizer.encode(text, request.special_tokens);
    return tokens ? ids_of(*tokens) : std::vector<std::int32_t>();
}

std::vector<std::int32_t> cut_second(const ReadingRequest& request, const std::string& text) {
    const auto tokens =
        request.model->tokenizer->encode_pair(request.text, text, request.special_tokens);
    return tokens ? ids_of(*tokens) : std::vector<std::int32_t>();
}

std::vector<std::int32_t> cut_target(const ReadingRequest& request, const std::string& text) {
    const auto tokens = typed_target_tokens(*request.model, text);
    return tokens ? ids_of(*tokens) : std::vector<std::int32_t>();
}

class Continuing {
  public:
    Continuing(const Reading& reading, const CancelToken& cancel)
        : reading_(reading),
          loaded_(*reading.request.model),
          model_(*loaded_.model),
          tokenizer_(loaded_.tokenizer_of_predictions()),
          with_edits_(reading.request.write == ReadingRequest::Write::edited &&
                      edits_reach_predictions(reading)),
          cancel_(cancel) {}

    Result<Continuation> write() {
        result_.in_target = model_.encoder() != nullptr;
        if (!model_.has_language_head())
            return refuse("{} has no language-model head: it writes nothing", loaded_.name);
        if (!tokenizer_) return refuse("{} has no tokenizer: it writes no text", loaded_.name);
        return model_.predicts_next() ? go_on() : fill_mask();
    }

  private:
    template <class... Args>
    Continuation refuse(fmt::format_string<Args...> format, Args&&... args) {
        Continuation refused;
        refused.in_target = result_.in_target;
        refused.remark = fmt::format(format, std::forward<Args>(args)...);
        return refused;
    }

    std::int32_t likeliest(std::span<const float> logits) const {
        const auto best = top_ids(logits, 2);
        // A decoder's padding is never written.
        const bool padding = result_.in_target && best[0] == model_.config().padding_id;
        return best[padding && best.size() > 1 ? 1 : 0];
    }

    bool is_end(std::int32_t id) const {
        return id == model_.config().end_token || tokenizer_->is_special(id);
    }

    /// A second sentence of which nothing is typed yet is no place to go on from.
    bool second_goes_on() const {
        return !result_.in_target && std::ranges::any_of(reading_.tokens, [](const Token& token) {
            return token.of_pair && !token.special;
        });
    }

    /// What is written into, and how it is cut.
    const std::string& written_into() const {
        if (result_.in_target) return reading_.target_text;
        return result_.in_pair ? *reading_.request.pair : reading_.request.text;
    }
    Cut cut() const {
        if (result_.in_target) return cut_target;
        return result_.in_pair ? cut_second : cut_sentence;
    }

    /// The text goes on with the likeliest token.
    Result<Continuation> go_on() {
        result_.in_pair = second_goes_on();
        const auto& tokens = result_.in_target ? reading_.target_tokens : reading_.tokens;
        const Index context = result_.in_target ? model_.target_context() : model_.context();
        // What the tokenizer puts behind a sentence is no place to go on from.
        size_t place = tokens.size();
        while (!result_.in_target && place > 1 && tokens[place - 1].special)
            --place;
        std::vector<std::int32_t> ids = ids_of(tokens);
        const std::vector<std::int32_t> behind(ids.begin() + static_cast<Index>(place), ids.end());
        ids.resize(place);
        const bool all_read =
            result_.in_target ? reading_.target_tokens_cut == 0 : reading_.tokens_cut == 0;

        std::string bytes;
        std::shared_ptr<const Trace> longer;
        do {
            if (!all_read || static_cast<Index>(ids.size() + behind.size()) >= context)
                return refuse("{} reads at most {} tokens: there is no place for another",
                              loaded_.name, context);
            const Index last = static_cast<Index>(ids.size()) - 1;
            const auto row =
                longer ? std::make_shared<const Tensor>(logits(model_, *longer, last, last + 1))
                       : logits_at(reading_, with_edits_, last);
            const std::int32_t next = likeliest(row->values());
            if (is_end(next))
                return refuse("{} ends the {} here: the likeliest token is “{}”", loaded_.name,
                              result_.in_target ? "target" : "text",
                              piece_label(tokenizer_->piece(next)));
            const std::string more = tokenizer_->bytes(next);
            if (more.empty()) return refuse("the likeliest token, id {}, stands for no text", next);
            bytes += more;
            ids.push_back(next);
            result_.ids.push_back(next);
            if (!may_become_whole(bytes)) break;
            FOVEA_TRY(longer, pass(ids, longer.get()));
        } while (result_.ids.size() < longest_character);
        if (text::first_invalid_byte(bytes))
            return refuse("the likeliest token, “{}”, is a byte that makes no character here",
                          piece_label(tokenizer_->piece(result_.ids.back())));

        ids.insert(ids.end(), behind.begin(), behind.end());
        const std::string& before = written_into();
        std::vector<std::string> texts = {before + bytes, before + " " + bytes};
        if (before.empty() && bytes.starts_with(' ')) texts.insert(texts.begin(), bytes.substr(1));
        choose(texts, ids, bytes);
        return result_;
    }

    /// One token more than before.
    Result<std::shared_ptr<const Trace>> pass(const std::vector<std::int32_t>& ids,
                                              const Trace* before) const {
        const bool edited = with_edits_;
        ForwardRequest request;
        request.ids = result_.in_target ? ids_of(reading_.tokens) : ids;
        request.token_types = types_of(request.ids.size());
        if (result_.in_target) request.decoder_ids = ids;
        if (edited)
            request.edits =
                clip_edits(reading_.request.edits,
                           model_.edit_limits(static_cast<Index>(request.ids.size()),
                                              static_cast<Index>(request.decoder_ids.size())));
        return run(model_, request, before ? before : &reading_.shown(edited), cancel_);
    }

    /// [count]: what is new is of the sentence that it goes on with.
    std::vector<std::int32_t> types_of(size_t count) const {
        const auto& encoder = reading_.original->encoder;
        std::vector<std::int32_t> types = (encoder ? encoder : reading_.original)->token_types;
        if (types.empty() || result_.in_target) return types;
        const auto last = std::ranges::find_if(reading_.tokens.rbegin(), reading_.tokens.rend(),
                                               [](const Token& token) { return !token.special; });
        const size_t place = static_cast<size_t>(reading_.tokens.rend() - last);
        types.resize(place);
        types.resize(count, types.empty() ? 0 : types.back());
        return types;
    }

    Result<Continuation> fill_mask() {
        const auto mask = first_mask(reading_);
        if (!mask) {
            const auto id = tokenizer_->mask_id();
            if (!id) return refuse("{} has no mask token: it writes nothing", loaded_.name);
            return refuse("{} fills in {}: there is none in the sentence", loaded_.name,
                          piece_label(tokenizer_->piece(*id)));
        }
        result_.in_pair = reading_.tokens[static_cast<size_t>(*mask)].of_pair;
        const std::int32_t next = likeliest(logits_at(reading_, with_edits_, *mask)->values());
        if (is_end(next))
            return refuse("the likeliest token is “{}”, which stands for no text",
                          piece_label(tokenizer_->piece(next)));
        const std::string bytes = tokenizer_->bytes(next);
        if (bytes.empty() || text::first_invalid_byte(bytes))
            return refuse("the likeliest token, “{}”, is no text by itself",
                          piece_label(tokenizer_->piece(next)));
        result_.ids = {next};
        const Token& token = reading_.tokens[static_cast<size_t>(*mask)];
        const std::string& text = written_into();
        const std::string before = text.substr(0, token.begin), after = text.substr(token.end);
        std::string_view bare = bytes, joined = before;
        while (bare.starts_with(' '))
            bare.remove_prefix(1);
        while (joined.ends_with(' '))
            joined.remove_suffix(1);
        std::vector<std::int32_t> ids = ids_of(reading_.tokens);
        ids[static_cast<size_t>(*mask)] = next;
        const auto with = [&](std::string_view left, std::string_view middle) {
            return std::string(left).append(middle).append(after);
        };
        // A piece that goes on with a word ("##ing") has no space in front of it.
        choose({with(before, bytes), with(before, bare), with(joined, bytes)}, ids,
               std::string(bare));
        return result_;
    }

    /// The first text that is cut into the wanted tokens; else the first one, and a remark.
    void choose(const std::vector<std::string>& texts, const std::vector<std::int32_t>& wanted,
                const std::string& written) {
        for (const std::string& text : texts) {
            if (cut()(reading_.request, text) != wanted) continue;
            result_.text = text;
            return;
        }
        result_.text = texts.front();
        result_.remark = fmt::format(
            "with “{}” the {} is cut into other tokens than the model wrote: what follows is what "
            "these make of it",
            piece_label(written), result_.in_target ? "target" : "text");
    }

    const Reading& reading_;
    const LoadedModel& loaded_;
    const Model& model_;
    const Tokenizer* tokenizer_;
    const bool with_edits_;
    const CancelToken& cancel_;
    Continuation result_;
};

}  // namespace

Result<Continuation> continuation_of(const Reading& reading, const CancelToken& cancel) {
    return Continuing(reading, cancel).write();
}

}  // namespace fovea
