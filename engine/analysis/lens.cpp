#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "engine/analysis/asked.h"
#include "engine/analysis/lens_guesses.h"
#include "engine/analysis/logit_lens.h"
#include "engine/analysis/wording.h"
#include "engine/core/memory_shortage.h"

namespace fovea {
namespace {

constexpr std::string_view colours[] = {"probability", "rank", "entropy"};
constexpr std::string_view extents[] = {"all", "position"};
constexpr std::array<OwnParameter, 2> own_parameters = {{
    {"colour",
     "what colours the squares: the best token's probability, the target's rank, or the "
     "entropy of the prediction",
     colours},
    {"tokens", "squares of all tokens, or of the position alone", extents},
}};

/// "emb.", "0", "1", …: after which layer.
finding::PlaceAxis depth_axis(Index states, Index token) {
    finding::PlaceAxis axis;
    axis.title = "after layer";
    for (Index state = 0; state < states; ++state) {
        axis.labels.push_back(state == 0 ? "emb." : fmt::format("{}", state - 1));
        axis.referents.push_back(StateOf{state, token});
    }
    return axis;
}

template <class Of>
std::vector<float> along(const std::vector<Guess>& guesses, Of&& of) {
    std::vector<float> values;
    for (const Guess& guess : guesses)
        values.push_back(static_cast<float>(of(guess)));
    return values;
}

/// The first state that the two passes do not share; all of them where they share all.
Index first_difference(const Trace& a, const Trace& b) {
    Index state = 0;
    const Index states = std::ssize(a.hidden_states);
    while (state < states && a.hidden_states[static_cast<size_t>(state)] ==
                                 b.hidden_states[static_cast<size_t>(state)])
        ++state;
    return state;
}

/// A sentence on where the target comes to be the best.
std::string when_best(const std::vector<Guess>& guesses, const std::string& target) {
    Index since = std::ssize(guesses);
    while (since > 0 && guesses[static_cast<size_t>(since) - 1].target_rank == 1)
        --since;
    const Index last_rank = guesses.back().target_rank;
    if (since == std::ssize(guesses))
        return fmt::format("{} is never the best token; in the end it is number {}.", target,
                           last_rank);
    if (since == 0) return fmt::format("{} is the best token from the embedding on.", target);
    return fmt::format("{} is the best token from after {} on; after {} it was number {}.", target,
                       wording::state(since), wording::state(since - 1),
                       guesses[static_cast<size_t>(since) - 1].target_rank);
}

/// The squares: the best token of every state at tokens [begin, end).
class Squares {
  public:
    Squares(const Subjects& subjects, const Lens& lens, std::string_view colour,
            std::int32_t target, Index begin, Index end)
        : subjects_(subjects), colour_(colour), begin_(begin), states_(lens.states()) {
        const auto& labels = subjects.a->query_labels(subjects.model().main_part());
        matrix_.rows = depth_axis(states_, begin);
        matrix_.rows.referents.clear();
        matrix_.columns.title = "token";
        for (Index token = begin; token < end; ++token) {
            matrix_.columns.labels.push_back(labels[static_cast<size_t>(token)]);
            matrix_.columns.referents.push_back(TokenAt{token});
        }
        const Index columns = end - begin;
        matrix_.values = Tensor::uninitialised({states_, columns});
        matrix_.texts.resize(static_cast<size_t>(states_ * columns));
        matrix_.cells.resize(matrix_.texts.size());
        if (colour == "rank")
            matrix_.value = {.title = "rank of the target",
                             .scale = finding::Scale::logarithmic,
                             .low = 1.0,
                             .decimals = 0,
                             .falling = true};
        else if (colour == "entropy")
            matrix_.value = {.title = "entropy", .unit = "nats", .low = 0.0, .falling = true};
        else
            matrix_.value = {"probability", "", finding::Scale::linear, false, 0.0, 1.0};
        ranking_.each = std::min(most_named, subjects.model().vocabulary());
        ranking_.followed = wording::piece(subjects, target);
        ranking_.ranks.resize(matrix_.texts.size());
        ranking_.which.resize(matrix_.texts.size() * static_cast<size_t>(ranking_.each));
        ranking_.values.resize(ranking_.which.size());
        top_ = Tensor::uninitialised({states_, columns, ranking_.each});
    }

    void put(Index token, std::span<const Guess> guesses) {
        const Index column = token - begin_, columns = matrix_.values.extent(1);
        for (Index state = 0; state < states_; ++state) {
            const Guess& guess = guesses[static_cast<size_t>(state)];
            matrix_.values.at(state, column) =
                colour_ == "rank"      ? static_cast<float>(guess.target_rank)
                : colour_ == "entropy" ? guess.entropy
                                       : std::exp(guess.log_probability);
            const auto at = static_cast<size_t>(state * columns + column);
            matrix_.texts[at] = wording::piece(subjects_, guess.top.front());
            matrix_.cells[at] = StateOf{state, token};
            ranking_.ranks[at] = guess.target_rank;
            for (size_t i = 0; i < guess.top.size(); ++i) {
                const size_t place = at * guess.top.size() + i;
                ranking_.which[place] = name(guess.top[i]);
                ranking_.values[place] = guess.probabilities[i];
                top_.data()[place] = static_cast<float>(guess.top[i]);
            }
        }
    }

    /// What the unedited model would say there; squares that say something else are marked.
    void put_unedited(Index token, Index first_state, std::span<const std::int32_t> best) {
        const Index column = token - begin_, columns = matrix_.values.extent(1);
        matrix_.changed.resize(matrix_.texts.size());
        matrix_.notes.resize(matrix_.texts.size());
        for (Index state = first_state; state < states_; ++state) {
            const std::int32_t own = best[static_cast<size_t>(state - first_state)];
            const auto at = static_cast<size_t>(state * columns + column);
            if (best_of(at) == static_cast<float>(own)) continue;
            matrix_.changed[at] = true;
            matrix_.notes[at] = "without edits: " + wording::piece(subjects_, own);
        }
    }

    finding::Matrix take_matrix() {
        matrix_.ranking = std::move(ranking_);
        return std::move(matrix_);
    }
    /// Before the matrix, which takes the ranking along.
    std::vector<FoundArray> take_arrays() {
        std::vector<FoundArray> all;
        const auto array = [&](const char* name, const std::vector<Index>& shape,
                               const auto& value) {
            Tensor values = Tensor::uninitialised(shape);
            for (Index i = 0; i < values.size(); ++i)
                values.data()[i] = static_cast<float>(value(static_cast<size_t>(i)));
            all.push_back(found_array(name, std::move(values)));
        };
        const Index columns = matrix_.values.extent(1);
        array("lens_best", {states_, columns}, [&](size_t at) { return best_of(at); });
        array("lens_ranks", {states_, columns}, [&](size_t at) { return ranking_.ranks[at]; });
        all.push_back(found_array("lens_top", std::move(top_)));
        array("lens_top_probabilities", {states_, columns, ranking_.each},
              [&](size_t at) { return ranking_.values[at]; });
        return all;
    }

  private:
    /// The id of a square's best token.
    float best_of(size_t square) const {
        return top_.data()[square * static_cast<size_t>(ranking_.each)];
    }
    /// Its place among the names.
    std::int32_t name(std::int32_t id) {
        const auto [at, is_new] =
            named_.emplace(id, static_cast<std::int32_t>(ranking_.names.size()));
        if (is_new) ranking_.names.push_back(wording::piece(subjects_, id));
        return at->second;
    }

    const Subjects& subjects_;
    std::string_view colour_;
    Index begin_, states_;
    finding::Matrix matrix_;
    finding::Ranking ranking_;
    std::unordered_map<std::int32_t, std::int32_t> named_;
    Tensor top_;  // [states, tokens, each]: ids
};

void add_curves(const Subjects& subjects, std::int32_t target, std::optional<std::int32_t> versus,
                const std::vector<Guess>& shown, const std::vector<Guess>& without, Index position,
                Findings& to) {
    const auto rank = [](const Guess& guess) { return guess.target_rank; };
    const auto divergence = [](const Guess& guess) { return guess.divergence; };
    finding::Series ranks, divergences;
    ranks.x = divergences.x = depth_axis(std::ssize(shown), position);
    ranks.downward = divergences.downward = true;
    ranks.y = {"rank", "", finding::Scale::logarithmic, false, 1.0, std::nullopt, 0};
    divergences.y = {"KL", "nats", finding::Scale::square_root, false, 0.0};
    const std::string name = wording::piece(subjects, target);
    ranks.lines.push_back({name, along(shown, rank), VocabularyEntry{target}});
    divergences.lines.push_back({divergences.y.title, along(shown, divergence)});
    if (versus)
        ranks.lines.push_back({wording::piece(subjects, *versus),
                               along(shown, [](const Guess& guess) { return guess.versus_rank; }),
                               VocabularyEntry{*versus}, true});
    if (!without.empty()) {
        // Beside two tokens it says whose it is.
        ranks.lines.push_back({versus ? name + ", unedited" : "unedited", along(without, rank),
                               VocabularyEntry{target}, true});
        divergences.lines.push_back({"unedited", along(without, divergence), {}, true});
    }
    const auto array = [&](std::string array_name, const std::vector<float>& values) {
        Tensor tensor = Tensor::uninitialised({std::ssize(values)});
        std::copy(values.begin(), values.end(), tensor.data());
        to.arrays.push_back(found_array(std::move(array_name), std::move(tensor)));
    };
    array("lens_rank", ranks.lines.front().values);
    array("lens_divergence", divergences.lines.front().values);
    to.findings.push_back({"rank", "rank",
                           fmt::format("place of {} among all tokens, 1 is the best", name),
                           std::move(ranks), "nostalgebraist 2020", true});
    to.findings.push_back(
        {"divergence", "KL, nats",
         "how far the prediction is from the model's last: Σ P ln(P/Q), P the last",
         std::move(divergences), "nostalgebraist 2020", true});
}

/// Whole, they are seldom wanted and may be larger than the machine: made while they are written.
void add_arrays(const Subjects& subjects, Index from, Index until, Findings& to) {
    const Model& model = subjects.model();
    const Trace& trace = subjects.model_trace();
    for (Index state = 0; state < std::ssize(trace.hidden_states); ++state) {
        FoundArray array{fmt::format("lens.{}", state), {until - from, model.vocabulary()}, {}};
        array.fill = [reading = subjects.a, &model, &trace, state, from](Index begin, Index end,
                                                                         float* to_rows) {
            const Tensor rows =
                lens_log_probabilities(model, trace, state, from + begin, from + end);
            std::copy_n(rows.data(), rows.size(), to_rows);
        };
        to.arrays.push_back(std::move(array));
    }
}

Result<Findings> compute_lens(const Subjects& subjects, const Parameters& parameters,
                              const JobContext& context) {
    FOVEA_TRY(const Index position, asked::position(subjects, parameters));
    FOVEA_TRY(const std::int32_t target, asked::target(subjects, parameters, position));
    FOVEA_TRY(const auto versus, asked::versus(subjects, parameters));
    const Model& model = subjects.model();
    const Reading& reading = *subjects.a;
    const Trace& trace = subjects.model_trace();
    const Lens lens(model, trace, target, versus);
    const double bytes = 8.0 * static_cast<double>(lens.states() * model.vocabulary()) *
                         static_cast<double>(lens.tokens_at_once());
    if (const auto shortage = memory_shortage(bytes))
        return fail("the lens needs {} at a time, and {}", size_in_words(bytes), *shortage);

    const std::vector<Guess> here = lens.guesses(position, position + 1);
    const bool edited = &trace != reading.original.get();
    const Lens unedited(model, *reading.original, target, versus);
    std::vector<Guess> without;
    if (edited) without = unedited.guesses(position, position + 1);

    const bool all = parameters.chosen("tokens", extents[0]) == "all";
    const Index begin = all ? 0 : position, end = all ? trace.length() : position + 1;
    Squares squares(subjects, lens, parameters.chosen("colour", colours[0]), target, begin, end);
    // Below the first edit the two passes share their states.
    const Index differ = first_difference(trace, *reading.original);
    const auto compare = [&](Index from, Index until) {
        if (!edited || differ == lens.states()) return;
        const std::vector<std::int32_t> best = unedited.best(from, until, differ);
        const Index states = lens.states() - differ;
        for (Index token = from; token < until; ++token)
            squares.put_unedited(
                token, differ,
                std::span(best).subspan(static_cast<size_t>((token - from) * states),
                                        static_cast<size_t>(states)));
    };
    if (!all) {
        squares.put(position, here);
        compare(position, position + 1);
    }
    for (Index token = begin; all && token < end;) {
        if (context.cancel.cancelled()) return Error{std::string(cancelled_message)};
        context.at("logit lens", static_cast<double>(token) / static_cast<double>(end));
        const Index next = std::min(end, token + lens.tokens_at_once());
        const std::vector<Guess> guesses = lens.guesses(token, next);
        for (Index i = token; i < next; ++i)
            squares.put(i,
                        std::span(guesses).subspan(static_cast<size_t>((i - token) * lens.states()),
                                                   static_cast<size_t>(lens.states())));
        compare(token, next);
        token = next;
    }

    Findings found;
    const auto& labels = reading.query_labels(model.main_part());
    found.question = "What would the model say after each layer?";
    found.reading = fmt::format(
        "Each square: the {} if the model stopped there. Beside, after {}: the target's rank, "
        "distance to the end.",
        model.predicts_next() ? "next token" : "token",
        wording::quoted(labels[static_cast<size_t>(position)]));
    // With the mark of its space: " Mary" and "Mary" are two tokens.
    const std::string name = fmt::format("“{}”", wording::piece(subjects, target));
    found.sentences.push_back(when_best(here, name));
    if (versus)
        found.sentences.back() += fmt::format(
            " “{}” ends as number {}.", wording::piece(subjects, *versus), here.back().versus_rank);
    std::vector<FoundArray> arrays = squares.take_arrays();
    found.findings.push_back({"lens", "Logit lens",
                              "the best token of every layer's state under the final norm and the "
                              "language head",
                              squares.take_matrix(), "nostalgebraist 2020"});
    add_curves(subjects, target, versus, here, without, position, found);
    std::ranges::move(arrays, std::back_inserter(found.arrays));
    add_arrays(subjects, begin, end, found);
    found.metadata.emplace_back("position", fmt::format("{}", position));
    found.metadata.emplace_back("target", fmt::format("{}", target));
    if (versus) found.metadata.emplace_back("versus", fmt::format("{}", *versus));
    return found;
}

}  // namespace

Analysis lens_analysis() {
    Analysis analysis;
    analysis.name = "lens";
    analysis.title = "Logit lens";
    analysis.question = "What would it say after each layer?";
    analysis.citation = "nostalgebraist 2020";
    analysis.needs.language_head = true;
    analysis.reads = {.position = true, .target = true, .versus = true};
    analysis.own = own_parameters;
    analysis.sketch = {"tokens", "position"};
    analysis.compute = compute_lens;
    return analysis;
}

}  // namespace fovea
