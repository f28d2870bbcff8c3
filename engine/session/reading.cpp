#include "engine/session/reading.h"

#include <algorithm>
#include <chrono>

#include "engine/core/out_of_memory.h"
#include "engine/io/gguf.h"
#include "engine/session/continuation.h"
#include "engine/session/id_tokens.h"
#include "engine/session/predict.h"
#include "engine/session/reading_memory.h"
#include "engine/session/target.h"
#include "engine/text/alphabet.h"
#include "engine/text/readers/gguf_tokenizer.h"
#include "engine/trace/rescore.h"

namespace fovea {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// Drops up to `surplus` tokens from the end of what was typed of one sentence, and says from which
/// byte on; the specials that the post-processor put behind it stay.
std::optional<size_t> drop_last(std::vector<Token>& tokens, bool of_pair, Index& surplus) {
    const auto typed = [&](const Token& token) {
        return !token.special && token.of_pair == of_pair;
    };
    const auto last = std::find_if(tokens.rbegin(), tokens.rend(), typed).base();
    auto first = last;
    while (surplus > 0 && first != tokens.begin() && typed(*std::prev(first))) {
        --first;
        --surplus;
    }
    if (first == last) return std::nullopt;
    const size_t cut_at = first->begin;
    tokens.erase(first, last);
    return cut_at;
}

/// Until what was typed fits: of a pair the second sentence gives way first.
void cut_to_context(SentenceTokens& sentence, Index context) {
    const Index too_many = static_cast<Index>(sentence.tokens.size()) - context;
    Index surplus = too_many;
    if (surplus <= 0) return;
    sentence.pair_cut_at = drop_last(sentence.tokens, true, surplus);
    sentence.cut_at = drop_last(sentence.tokens, false, surplus);
    sentence.tokens_cut = too_many - surplus;
}

/// [n], as the tokenizer's template has them; empty where the model does not tell sentences apart.
std::vector<std::int32_t> token_types(const Reading& reading) {
    const ReadingRequest& request = reading.request;
    if (!request.token_types.empty()) return request.token_types;
    if (request.model->model->token_types() < 2) return {};
    std::vector<std::int32_t> types;
    for (const Token& token : reading.tokens)
        types.push_back(token.type);
    const bool plain = std::ranges::all_of(types, [](std::int32_t type) { return type == 0; });
    return plain ? std::vector<std::int32_t>() : types;
}

/// A trace of the same model and tokens to start from; nullptr where there is none.
const Trace* cached_trace(const Reading* previous, bool for_edits) {
    if (!previous) return nullptr;
    if (for_edits && previous->edited && !previous->edited->picture_only)
        return previous->edited.get();
    return previous->original.get();
}

/// A trace of a causal model whose tokens all stand at the beginning of `ids`; nullptr elsewhere.
const Trace* as_prefix(const Trace* before, const Model& model,
                       const std::vector<std::int32_t>& ids) {
    if (!before || !model.causal() || model.encoder() || before->ids.size() > ids.size())
        return nullptr;
    return std::equal(before->ids.begin(), before->ids.end(), ids.begin()) ? before : nullptr;
}

bool reads_the_same(const Reading* previous, const ForwardRequest& request) {
    if (!previous) return false;
    const Trace& trace = *previous->original;
    const Trace& source = trace.of(Part::encoder);
    if (source.ids != request.ids || source.token_types != request.token_types) return false;
    return !trace.encoder || trace.ids == request.decoder_ids;
}

/// The edits stand and only later tokens differ: of the edited trace more can be reused than of the
/// model's own, whose layers are the same below the lowest edit only.
bool types_on(const Reading* previous, const ReadingRequest& request,
              const std::vector<std::int32_t>& ids) {
    if (!previous || !previous->edited || previous->edited->picture_only ||
        previous->request.edits != request.edits)
        return false;
    const Trace& edited = *previous->edited;
    return request.model->model->causal() && (!edited.encoder || edited.encoder->ids == ids);
}

/// What the model wrote for the same sentence it would write again.
bool keep_written_target(const Reading* previous, const std::vector<std::int32_t>& ids,
                         Reading& reading) {
    const ReadingRequest& request = reading.request;
    if (request.target || !request.target_ids.empty() || !previous || !previous->target_written ||
        previous->original->of(Part::encoder).ids != ids)
        return false;
    reading.target_tokens = previous->target_tokens;
    reading.target_labels = previous->target_labels;
    reading.target_text = previous->target_text;
    reading.target_tokens_cut = previous->target_tokens_cut;
    reading.target_written = true;
    return true;
}

Status run_traces(Reading& reading, const std::vector<std::int32_t>& ids, const Reading* previous,
                  const CancelToken& cancel) {
    const ReadingRequest& request = reading.request;
    const Model& model = *request.model->model;
    const auto start = Clock::now();
    bool anything_new = false;
    ForwardRequest pass{ids, {}, ids_of(reading.target_tokens), token_types(reading)};
    const auto target_tokens = static_cast<Index>(pass.decoder_ids.size());
    const bool same_sentence = reads_the_same(previous, pass);
    const bool edited = !request.edits.empty();
    const bool picture = edited && request.picture_only;
    FOVEA_CHECK(
        check_memory(request, {.tokens = static_cast<Index>(ids.size()),
                               .target_tokens = target_tokens,
                               .original = !same_sentence,
                               .edited = edited,
                               .picture_only = picture,
                               .prefix = as_prefix(cached_trace(previous, false), model, ids)}));
    const int passes = (same_sentence ? 0 : 1) + (edited && !picture ? 1 : 0);
    cancel.expect_passes(std::max(passes, 1) * (model.encoder() ? 2 : 1));
    if (same_sentence) {
        reading.original = previous->original;
    } else {
        anything_new = true;
        FOVEA_TRY(reading.original, run(model, pass, cached_trace(previous, false), cancel));
    }
    if (edited) {
        const auto limits = model.edit_limits(static_cast<Index>(ids.size()), target_tokens);
        pass.edits = request.strict ? request.edits : clip_edits(request.edits, limits);
        FOVEA_CHECK(check_edits(pass.edits, limits));
        anything_new = anything_new || !previous || previous->request.edits != request.edits ||
                       previous->request.picture_only != request.picture_only;
        const bool stands = same_sentence && previous->edited &&
                            previous->request.edits == request.edits &&
                            previous->request.picture_only == request.picture_only;
        if (stands) {
            reading.edited = previous->edited;
        } else if (picture) {
            const Trace* before =
                same_sentence && previous->picture_only() ? previous->edited.get() : nullptr;
            reading.edited = rescore(*reading.original, pass.edits, before, cancel);
        } else {
            const Trace* from = same_sentence || types_on(previous, request, ids)
                                    ? cached_trace(previous, true)
                                    : reading.original.get();
            FOVEA_TRY(reading.edited, run(model, pass, from, cancel));
        }
    }
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    if (anything_new) reading.forward_ms = milliseconds_since(start);
    return {};
}

Result<std::shared_ptr<const Reading>> finish(std::shared_ptr<Reading> reading,
                                              const Reading* previous, const CancelToken& cancel) {
    // Of another model nothing can be reused.
    if (previous && previous->request.model != reading->request.model) previous = nullptr;
    const std::vector<std::int32_t> ids = ids_of(reading->tokens);
    cancel.expect_passes(0);  // a target is written until the model ends it
    if (!keep_written_target(previous, ids, *reading))
        FOVEA_CHECK(read_target(ids, cancel, *reading));
    FOVEA_CHECK(run_traces(*reading, ids, previous, cancel));
    predict(*reading, previous);
    if (reading->request.write != ReadingRequest::Write::nothing) {
        FOVEA_TRY(reading->continuation, continuation_of(*reading, cancel));
    }
    // Of a file that lost its end what is gone reads as zeros, and all that was made of it is
    // wrong.
    if (const Status status = reading->request.model->model->checkpoint().intact(); !status)
        return fail("{}; open the model again once it is whole", status.message());
    for (const Part part : {Part::encoder, Part::self}) {
        const auto layer = reading->shown(true, part).first_non_finite_layer;
        if (!layer) continue;
        reading->warning =
            *layer < 0
                ? std::string("the embeddings hold NaN or infinity")
                : fmt::format("from layer {} on the model's states hold NaN or infinity", *layer);
        break;
    }
    return std::shared_ptr<const Reading>(std::move(reading));
}

Result<std::vector<Token>> typed_tokens(const ReadingRequest& request) {
    const Tokenizer& tokenizer = *request.model->tokenizer;
    if (!request.pair) return tokenizer.encode(request.text, request.special_tokens);
    if (!tokenizer.has_pairs()) return fail("{}", takes_no_pair(*request.model));
    return tokenizer.encode_pair(request.text, *request.pair, request.special_tokens);
}

Result<std::shared_ptr<const LoadedModel>> load_parts(const std::filesystem::path& folder) {
    auto loaded = std::make_shared<LoadedModel>();
    FOVEA_TRY(loaded->model, Model::load(folder));
    loaded->name = loaded->model->name();
    loaded->warnings = loaded->model->warnings();
    if (const auto& gguf = loaded->model->gguf()) {
        FOVEA_TRY(loaded->tokenizer, gguf_tokenizer(*gguf));
        // A file has no tokenizer beside it; a folder that holds one may.
        if (loaded->tokenizer || is_gguf_file(folder))
            return std::shared_ptr<const LoadedModel>(std::move(loaded));
    }
    FOVEA_TRY(loaded->tokenizer, Tokenizer::load_folder(folder));
    if (!loaded->tokenizer) {
        FOVEA_TRY(Alphabets alphabets, load_alphabets(folder / "config.json"));
        loaded->tokenizer = std::move(alphabets.source);
        loaded->target_tokenizer = std::move(alphabets.target);
    } else {
        for (std::string& warning : loaded->tokenizer->warnings())
            loaded->warnings.push_back(std::move(warning));
        FOVEA_TRY(loaded->target_tokenizer, Tokenizer::load_target(folder));
    }
    return std::shared_ptr<const LoadedModel>(std::move(loaded));
}

Result<SentenceTokens> tokens_of_text(const ReadingRequest& request) {
    const LoadedModel& loaded = *request.model;
    if (!loaded.tokenizer)
        return fail("{}: has no tokenizer, so it cannot read text",
                    loaded.model->folder().string());
    const size_t bytes = request.text.size() + (request.pair ? request.pair->size() : 0);
    FOVEA_CHECK(check_text_memory(bytes, request.memory));
    SentenceTokens sentence;
    FOVEA_TRY(sentence.tokens, typed_tokens(request));
    const auto typed = [](const Token& token) { return !token.special; };
    if (std::none_of(sentence.tokens.begin(), sentence.tokens.end(), typed))
        return Error{std::string(empty_sentence_message)};
    const auto length = static_cast<Index>(sentence.tokens.size());
    if (request.strict && length > loaded.model->context())
        return fail("the sentence has {} tokens, the context of {} holds {}", length, loaded.name,
                    loaded.model->context());
    cut_to_context(sentence, loaded.model->context());
    return sentence;
}

Result<std::shared_ptr<const Reading>> read_text(const ReadingRequest& request,
                                                 const Reading* previous,
                                                 const CancelToken& cancel) {
    const LoadedModel& loaded = *request.model;
    auto reading = std::make_shared<Reading>();
    reading->request = request;
    const auto start = Clock::now();
    FOVEA_TRY(SentenceTokens sentence, tokens_of_text(request));
    reading->tokens = std::move(sentence.tokens);
    reading->cut_at = sentence.cut_at;
    reading->pair_cut_at = sentence.pair_cut_at;
    reading->tokens_cut = sentence.tokens_cut;
    reading->labels = labels_of(reading->tokens, loaded.tokenizer.get());
    reading->tokenize_ms = milliseconds_since(start);
    return finish(std::move(reading), previous, cancel);
}

}  // namespace

std::string takes_no_pair(const LoadedModel& loaded) {
    return fmt::format("{} takes no second sentence: its tokenizer has no template for pairs",
                       loaded.name);
}

std::string joined_text(const ReadingRequest& request) {
    return request.pair ? request.text + '\n' + *request.pair : request.text;
}

std::vector<Token> in_joined_text(std::vector<Token> tokens, const ReadingRequest& request) {
    for (Token& token : tokens) {
        if (!token.of_pair) continue;
        token.begin += pair_begins(request);
        token.end += pair_begins(request);
    }
    return tokens;
}

Result<std::shared_ptr<const LoadedModel>> load_folder(const std::filesystem::path& folder) {
    return or_out_of_memory("the model in " + folder.string(), [&] { return load_parts(folder); });
}

Result<SentenceTokens> sentence_tokens(const ReadingRequest& request) {
    return or_out_of_memory("this sentence", [&] { return tokens_of_text(request); });
}

Result<std::shared_ptr<const Reading>> read(const ReadingRequest& request, const Reading* previous,
                                            const CancelToken& cancel) {
    return or_out_of_memory("this sentence", [&] { return read_text(request, previous, cancel); });
}

Result<std::shared_ptr<const Reading>> read_ids(const std::vector<std::int32_t>& ids,
                                                const ReadingRequest& request,
                                                const Reading* previous,
                                                const CancelToken& cancel) {
    return or_out_of_memory("these tokens", [&] {
        auto reading = std::make_shared<Reading>();
        reading->request = request;
        const Tokenizer* tokenizer = request.model->tokenizer.get();
        reading->tokens = tokens_of(ids, tokenizer);
        const auto& types = request.token_types;
        for (size_t i = 0; i < std::min(types.size(), ids.size()); ++i)
            reading->tokens[i].type = types[i];
        reading->labels = labels_of(reading->tokens, tokenizer);
        return finish(std::move(reading), previous, cancel);
    });
}

}  // namespace fovea
