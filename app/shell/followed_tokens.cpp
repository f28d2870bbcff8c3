#include "app/shell/followed_tokens.h"

#include <algorithm>

#include "engine/session/aligned_tokens.h"
#include "engine/session/moved_tokens.h"
#include "engine/session/target.h"

namespace fovea::app {
namespace {

const std::string none;

std::string text_of(Sentence sentence, const ReadingRequest& request) {
    return sentence == Sentence::target ? request.target.value_or(none) : joined_text(request);
}

std::optional<std::vector<Token>> source_tokens(const ReadingRequest& request) {
    auto sentence = sentence_tokens(request);
    if (sentence) return in_joined_text(std::move(sentence->tokens), request);
    // Where nothing is typed there are the tokens that are always there.
    if (sentence.message() != empty_sentence_message) return std::nullopt;
    const Tokenizer& tokenizer = *request.model->tokenizer;
    auto specials = request.pair ? tokenizer.encode_pair("", *request.pair, request.special_tokens)
                                 : tokenizer.encode("", request.special_tokens);
    if (!specials) return std::nullopt;
    return *std::move(specials);
}

bool reads(const Reading& shown, Sentence sentence, const ReadingRequest& request) {
    const ReadingRequest& read = shown.request;
    if (read.model != request.model) return false;
    if (sentence == Sentence::target) return shown.target_text == request.target;
    return read.text == request.text && read.pair == request.pair &&
           read.special_tokens == request.special_tokens;
}

std::optional<std::vector<Token>> tokens_of(Sentence sentence, const ReadingRequest& request,
                                            const Reading* shown) {
    const bool target = sentence == Sentence::target;
    if (shown && reads(*shown, sentence, request))
        return target ? shown->target_tokens : in_joined_text(shown->tokens, request);
    if (!target) return source_tokens(request);
    auto tokens = typed_target_tokens(*request.model, request.target.value_or(none));
    if (!tokens) return std::nullopt;
    return *std::move(tokens);
}

bool same_tokens(const std::vector<Token>& a, const std::vector<Token>& b) {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (a[i].id != b[i].id || a[i].begin != b[i].begin) return false;
    return true;
}

}  // namespace

std::optional<std::vector<BlockEdit>> BlockFollower::follow(const std::vector<BlockEdit>& blocks,
                                                            const ReadingRequest& was,
                                                            const ReadingRequest& is,
                                                            std::optional<size_t> caret,
                                                            const Reading* shown) {
    const std::shared_ptr<const LoadedModel>& model = was.model;
    const std::string old_text = text_of(sentence_, was), new_text = text_of(sentence_, is);
    const TextChange step = text_change(old_text, new_text, caret);
    const size_t step_end = old_text.size() - step.suffix;
    // The same change goes on where it touches what was changed before, and nobody has changed
    // anything else meanwhile.
    const bool goes_on = change_ && change_->model == model && change_->now == old_text &&
                         change_->blocks_now == blocks && step.prefix <= change_->end &&
                         step_end >= change_->begin;
    if (!goes_on) {
        change_.reset();
        if (blocks.empty() || !model) return std::nullopt;
        auto tokens = tokens_of(sentence_, was, shown);
        if (!tokens) return std::nullopt;
        change_ = Change{model,    old_text, *std::move(tokens), blocks,
                         old_text, {},       step.prefix,        step_end};
    }
    const auto tokens = tokens_of(sentence_, is, nullptr);
    if (!tokens) {
        change_.reset();
        return std::nullopt;
    }
    Change& change = *change_;
    change.begin = std::min(change.begin, step.prefix);
    change.end = std::max(change.end, step_end) - step_end + new_text.size() - step.suffix;
    const bool certain = goes_on || step.certain;
    const TokenMoves moves = moved_tokens({change.text, change.tokens}, {new_text, *tokens},
                                          certain ? std::optional(change.end) : std::nullopt);
    SentenceMoves both{.encoder_decoder = model->model->encoder() != nullptr};
    (sentence_ == Sentence::target ? both.target : both.source) = &moves;
    change.now = new_text;
    change.blocks_now = moved_blocks(change.blocks, both);
    return change.blocks_now;
}

void follow_tokens(const Reading& before, const Reading& after, Part part, ViewState& view,
                   bool swapped) {
    if (!view.selected_query && !view.pinned) return;
    const bool same_model = before.request.model == after.request.model;
    const auto moves = [&](bool target) -> std::optional<TokenMoves> {
        const auto& was = target ? before.target_tokens : before.tokens;
        const auto& is = target ? after.target_tokens : after.tokens;
        if (same_tokens(was, is)) return std::nullopt;
        if (swapped) return aligned_tokens(was, is);
        const auto moved = [&](const TokenisedText& from, const TokenisedText& to) {
            return same_model ? moved_tokens(from, to) : tokens_of_same_text(from, to);
        };
        if (target) return moved({before.target_text, was}, {after.target_text, is});
        return moved({joined_text(before.request), in_joined_text(was, before.request)},
                     {joined_text(after.request), in_joined_text(is, after.request)});
    };
    const bool target_asks = Reading::of_target(part), target_answers = part == Part::decoder;
    const auto queries = moves(target_asks);
    const auto keys = target_answers == target_asks ? queries : moves(target_answers);
    const auto now = [](Index token, const std::optional<TokenMoves>& moved) {
        if (!moved) return std::optional(token);
        return token < static_cast<Index>(moved->size()) ? (*moved)[static_cast<size_t>(token)]
                                                         : std::nullopt;
    };
    if (view.selected_query) view.selected_query = now(*view.selected_query, queries);
    if (!view.pinned) return;
    const auto query = now(view.pinned->query, queries), key = now(view.pinned->key, keys);
    view.pinned.reset();
    if (query && key) view.pinned = ViewState::Pin{*query, *key};
}

}  // namespace fovea::app
