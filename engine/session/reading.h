#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/memory_left.h"
#include "engine/edit/edits.h"
#include "engine/model/forward.h"
#include "engine/model/model.h"
#include "engine/text/tokenizer.h"
#include "engine/trace/trace.h"

namespace fovea {

class VocabularyIndex;

/// A model with the tokenizer that belongs to it; null where the folder has none.
struct LoadedModel {
    std::string name;  ///< what a person calls it: the catalogue's name or the folder's
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Tokenizer> tokenizer;  ///< null where the folder has none
    /// Of what an encoder-decoder writes, where its alphabet is another (Marian); else null.
    std::shared_ptr<const Tokenizer> target_tokenizer;
    /// What was found strange while it was loaded: a sentence each, most often none.
    std::vector<std::string> warnings;

    /// Of the tokens that a part's queries stand for, or its keys.
    const Tokenizer* tokenizer_of_target() const {
        return (target_tokenizer ? target_tokenizer : tokenizer).get();
    }
    /// Of the tokens that are predicted.
    const Tokenizer* tokenizer_of_predictions() const {
        return model->encoder() ? tokenizer_of_target() : tokenizer.get();
    }
    /// Two sentences can be read as one.
    bool takes_pairs() const { return tokenizer && tokenizer->has_pairs(); }
};

/// The sentence that says that it does not.
std::string takes_no_pair(const LoadedModel& loaded);

/// Loads config, weights and tokenizer of a folder. Blocks; any thread.
Result<std::shared_ptr<const LoadedModel>> load_folder(const std::filesystem::path& folder);

/// What a person asks for: a sentence read by a model under edits.
struct ReadingRequest {
    std::uint64_t revision = 0;
    std::shared_ptr<const LoadedModel> model;
    std::string text;
    /// A second sentence, read with the first as one, as the tokenizer's template for pairs joins
    /// them; nullopt: there is none.
    std::optional<std::string> pair = std::nullopt;
    /// The tokens that the tokenizer puts around what was typed ([CLS], <s>) are there.
    bool special_tokens = true;
    /// With ids, of which sentence each is (the command line); empty: all of the first.
    std::vector<std::int32_t> token_types = {};
    /// Of an encoder-decoder, what its decoder reads; nullopt: the model writes it itself, taking
    /// the likeliest token each time, without the edits.
    std::optional<std::string> target = std::nullopt;
    /// The same as ids, from the start token on (the command line); empty: `target` counts.
    std::vector<std::int32_t> target_ids = {};
    Edits edits;
    bool picture_only = false;
    /// Where predictions are wanted; nullopt: the last token, or the first mask token.
    std::optional<Index> prediction_position;
    Index prediction_count = 10;
    /// Entries of the vocabulary whose standing is wanted, likely or not.
    std::vector<std::int32_t> watched = {};
    /// What somebody who looks for an entry of the vocabulary has typed: a piece's beginning, or an
    /// id; empty: nobody does.
    std::string lookup = {};
    /// What comes next in the text is wanted as well: under the edits, or without them.
    enum class Write { nothing, unedited, edited } write = Write::nothing;
    /// A sentence beyond the context, or an edit of a token that is not there, is an error (the
    /// command line). Elsewhere the sentence is cut, and such an edit left out, and shown as such.
    bool strict = false;
    /// What the reading may take; nullopt: what the machine has left when it begins.
    std::optional<MemoryLeft> memory = std::nullopt;
};

/// One entry of the vocabulary in the next-token table.
struct PredictionChange {
    std::int32_t id = 0;
    std::string piece;    ///< as a person reads it
    Standing with_edits;  ///< equal where there are none
    Standing without;
};

/// What a model writes next: a token, or as many as make a whole character; in a masked model what
/// fills the first mask.
struct Continuation {
    std::vector<std::int32_t> ids;  ///< empty: nothing is written, and `remark` says why
    /// With them: the sentence, the second one where there are two, or an encoder-decoder's target.
    std::string text;
    bool in_target = false;
    bool in_pair = false;  ///< `text` is the second sentence
    std::string remark;    ///< a sentence: why nothing more is written; empty: it may go on
};

/// What a model made of one sentence. Immutable; any thread may read it.
struct Reading {
    ReadingRequest request;
    std::vector<Token> tokens;        // [n], what was read
    std::vector<std::string> labels;  // [n], for drawing
    /// Of an encoder-decoder, from the decoder's start token on; empty elsewhere.
    std::vector<Token> target_tokens;
    std::vector<std::string> target_labels;
    std::string target_text;      ///< typed, or written by the model
    bool target_written = false;  ///< by the model
    Index target_tokens_cut = 0;  ///< so many of the target were not read
    /// Where the sentence was longer than the context: bytes of the text from here on, and so many
    /// tokens, were not read.
    std::optional<size_t> cut_at;
    std::optional<size_t> pair_cut_at;  ///< the same of the second sentence
    Index tokens_cut = 0;               ///< of both

    std::shared_ptr<const Trace> original;  ///< the model's own; never null
    std::shared_ptr<const Trace> edited;    ///< under the edits; null where there are none
    /// The one to look at.
    const Trace& shown(bool with_edits) const { return with_edits && edited ? *edited : *original; }
    const Trace& shown(bool with_edits, Part part) const { return shown(with_edits).of(part); }

    /// The tokens on the two axes of a part's maps, and their labels.
    const std::vector<Token>& query_tokens(Part part) const {
        return of_target(part) ? target_tokens : tokens;
    }
    const std::vector<Token>& key_tokens(Part part) const {
        return part == Part::decoder ? target_tokens : tokens;
    }
    const std::vector<std::string>& query_labels(Part part) const {
        return of_target(part) ? target_labels : labels;
    }
    const std::vector<std::string>& key_labels(Part part) const {
        return part == Part::decoder ? target_labels : labels;
    }
    static bool of_target(Part part) { return part == Part::decoder || part == Part::cross; }

    /// In the sentence, or in the target where there is one.
    std::optional<Index> prediction_position;
    std::vector<PredictionChange> predictions;  ///< empty where there is no language head
    /// As many of the model's own, less those that are among the predictions still.
    std::vector<PredictionChange> fallen;
    /// The request's that the vocabulary has, in its order.
    std::vector<PredictionChange> watched;
    /// What `request.lookup` may mean, the best match first.
    std::vector<PredictionChange> found;
    Index found_count = 0;  ///< all matches, listed in `found` or not
    /// From which they come, [1, vocabulary]; null where there are none.
    std::shared_ptr<const Tensor> own_logits;
    std::shared_ptr<const Tensor> edited_logits;        ///< null where edits leave them alone
    std::shared_ptr<const VocabularyIndex> vocabulary;  ///< null until something was looked up
    std::optional<Continuation> continuation;           ///< where one was asked for
    std::string warning;                                ///< a sentence, or empty (NaN in a layer)
    /// What a token's [begin, end) are bytes of.
    const std::string& typed(const Token& token) const {
        return token.of_pair && request.pair ? *request.pair : request.text;
    }

    bool picture_only() const { return edited && edited->picture_only; }

    double tokenize_ms = 0;
    double forward_ms = 0;  ///< of the passes that were new; 0: there was none
};

/// The message of the error of a sentence in which nothing is typed.
inline constexpr std::string_view empty_sentence_message = "the sentence is empty";

/// The tokens of a sentence, as many as the context holds.
struct SentenceTokens {
    std::vector<Token> tokens;
    std::optional<size_t> cut_at, pair_cut_at;  ///< as in Reading
    Index tokens_cut = 0;
};
Result<SentenceTokens> sentence_tokens(const ReadingRequest& request);

/// All that is typed, in one text: the sentence, and behind a line break the second one of a pair.
std::string joined_text(const ReadingRequest& request);
/// Where that one begins in it.
inline size_t pair_begins(const ReadingRequest& request) {
    return request.text.size() + 1;
}
/// The tokens of a sentence with their bytes in it.
std::vector<Token> in_joined_text(std::vector<Token> tokens, const ReadingRequest& request);

/// Tokenise, run, predict: what the worker does for a request. Pure; blocks. What
/// `previous` (or null) has computed already is reused. An empty sentence is an error in words, and
/// so is one that needs more memory than there is: that is known before it begins.
Result<std::shared_ptr<const Reading>> read(const ReadingRequest& request, const Reading* previous,
                                            const CancelToken& cancel);

/// The same for token ids that came from elsewhere; request.text is only kept as a title. The
/// model's tokenizer may be null: then tokens are labelled by their ids.
Result<std::shared_ptr<const Reading>> read_ids(const std::vector<std::int32_t>& ids,
                                                const ReadingRequest& request,
                                                const Reading* previous, const CancelToken& cancel);

}  // namespace fovea
