#include "app/panels/explanation.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/panels/cell_facts.h"
#include "app/panels/panel_parts.h"

namespace fovea::app {
namespace {

constexpr std::string_view explanation_tag = "explanation";

/// "lens.colour"
std::string own_name(const Analysis& analysis, const OwnParameter& own) {
    return fmt::format("{}.{}", analysis.name, own.name);
}

Explanation::Question question_of(const Frame& frame) {
    Explanation::Question question;
    question.analysis = &chosen_analysis(frame.view);
    question.subjects = subjects_in_view(frame);
    // Elsewhere it changes no answer, and what is typed there asks nothing anew.
    if (!question.analysis->needs.second_sentence) question.subjects.b = nullptr;
    const Analysis::Reads& reads = question.analysis->reads;
    if (reads.cell) question.parameters.cell = cell_in_question(frame);
    if (reads.position) question.parameters.position = frame.reading->prediction_position;
    // The first two entries that are pinned in the next-token table: the target, and what it is
    // held against.
    const auto& pins = frame.reading->watched;
    if (reads.target && !pins.empty()) question.parameters.target = pins[0].id;
    if (reads.versus && pins.size() > 1) question.parameters.versus = pins[1].id;
    for (const OwnParameter& own : question.analysis->own)
        question.parameters.own[std::string(own.name)] =
            own_parameter(frame.document, *question.analysis, own);
    return question;
}

/// All that the answer follows from, in words; with the reading it is remembered by this.
std::string in_words(const Explanation::Question& question) {
    const Parameters& p = question.parameters;
    std::string words =
        fmt::format("{} {} {}", question.analysis->name, question.subjects.with_edits,
                    static_cast<int>(question.subjects.part));
    if (p.cell)
        words += fmt::format(" cell {} {} {} {}", p.cell->layer, p.cell->head, p.cell->query,
                             p.cell->key);
    words += fmt::format(" at {} of {} not {}", p.position.value_or(-1), p.target.value_or(-1),
                         p.versus.value_or(-1));
    for (const auto& [name, value] : p.own)
        words += fmt::format(" {}={}", name, value);
    return words;
}

}  // namespace

bool Explanation::Question::operator==(const Question& other) const {
    return analysis == other.analysis && subjects.a == other.subjects.a &&
           subjects.b == other.subjects.b && subjects.with_edits == other.subjects.with_edits &&
           subjects.part == other.subjects.part && parameters == other.parameters;
}

Subjects subjects_in_view(const Frame& frame) {
    return {frame.reading, frame.against, frame.document.edits_enabled, frame.part};
}

const Analysis& chosen_analysis(const ViewState& view) {
    const Analysis* chosen = analysis_by_name(view.analysis);
    return chosen ? *chosen : analyses().front();
}

std::string_view own_parameter(const Document& document, const Analysis& analysis,
                               const OwnParameter& own) {
    const auto set = document.analysis_parameters.find(own_name(analysis, own));
    if (set == document.analysis_parameters.end()) return own.choices.front();
    const auto known = std::find(own.choices.begin(), own.choices.end(), set->second);
    return known == own.choices.end() ? own.choices.front() : *known;
}

Command set_own_parameter(const Analysis& analysis, const OwnParameter& own,
                          std::string_view value) {
    const bool usual = value == own.choices.front();
    return SetAnalysisParameter{own_name(analysis, own), usual ? "" : std::string(value)};
}

HeadCell cell_in_question(const Frame& frame) {
    const HeadId head = chosen_head(frame);
    const auto& pin = frame.view.pinned;
    if (pin && pin->query < frame.queries() && pin->key < frame.keys())
        return {head.layer, head.head, pin->query, pin->key};
    const Index query = std::clamp<Index>(frame.view.selected_query.value_or(frame.queries() - 1),
                                          0, frame.queries() - 1);
    return {head.layer, head.head, query, cell_in_view(frame, query, std::nullopt).key};
}

bool take_answer(Explanation& it) {
    auto answer = it.ticket.take();
    if (!answer) return false;
    if (*answer) {
        it.findings = **answer;
        it.answered = it.asked;
        it.error.clear();
    } else if (answer->message() != cancelled_message) {
        it.error = answer->message();
    }
    return true;
}

namespace {

/// Of longer sentences a sketch comes first.
constexpr Index most_tokens_at_once = 24;

Explanation::Question sketch_of(Explanation::Question question) {
    if (const auto& sketch = question.analysis->sketch)
        question.parameters.own[std::string(sketch->parameter)] = sketch->value;
    return question;
}

void ask(Frame& frame, Explanation& it, const Explanation::Question& question) {
    it.asked = question;
    JobSpec spec;
    spec.lane = Lane::analysis;
    spec.tag = explanation_tag;
    spec.doing = "this explanation";
    spec.made_from = MadeFrom{in_words(question), {question.subjects.a}};
    if (question.subjects.b) spec.made_from->objects.emplace_back(question.subjects.b);
    it.ticket = frame.jobs.submit(
        std::move(spec),
        [question](const JobContext& context) -> Result<std::shared_ptr<const Findings>> {
            FOVEA_TRY(Findings found,
                      analyse(*question.analysis, question.subjects, question.parameters, context));
            return std::make_shared<const Findings>(std::move(found));
        });
}

}  // namespace

const Explanation& explain(Frame& frame) {
    Explanation& it = frame.cache->of<Explanation>();
    it.in_view = subjects_in_view(frame);
    const Explanation::Question question = question_of(frame);
    if (question == it.wanted) {
        if (!it.stale() && it.asked != it.wanted) ask(frame, it, it.wanted);
        return it;
    }
    it.wanted = question;
    const bool is_long = frame.reading->original->length() > most_tokens_at_once;
    ask(frame, it, is_long ? sketch_of(question) : question);
    return it;
}

ViewState::Asked asked_now(const ViewState& view) {
    return {view.analysis, view.selected, view.pinned, view.selected_query};
}

void explain_cell(ViewState& view, const Explanation& shown) {
    if (shows_explanation(view)) {
        const auto all = analyses();
        const Subjects& subjects = shown.in_view;
        auto at = static_cast<size_t>(&chosen_analysis(view) - all.data());
        for (size_t i = 0; i < all.size(); ++i) {
            at = (at + 1) % all.size();
            if (!subjects.a || !cannot_ask(all[at], subjects)) break;
        }
        view.analysis = all[at].name;
        return;
    }
    view.middle = explanations_view;
    view.analysis = "cell";
}

void follow(ViewState& view, const Referent& referent, std::string_view analysis) {
    const ViewState::Asked before = asked_now(view);
    if (const auto* head = std::get_if<HeadId>(&referent)) {
        view.selected = *head;
    } else if (const auto* cell = std::get_if<HeadCell>(&referent)) {
        view.selected = {cell->layer, cell->head};
        view.pinned = ViewState::Pin{cell->query, cell->key};
        view.selected_query = cell->query;
    } else if (const auto* state = std::get_if<StateOf>(&referent)) {
        view.selected_query = state->token;
        view.selected.layer = std::max<Index>(0, state->state - 1);
    } else if (const auto* token = std::get_if<TokenAt>(&referent)) {
        view.selected_query = token->token;
    } else {
        return;
    }
    if (!analysis.empty()) view.analysis = analysis;
    view.head_sought = true;
    if (asked_now(view) == before) return;
    constexpr size_t longest_trail = 64;
    if (view.trail.size() == longest_trail) view.trail.erase(view.trail.begin());
    view.trail.push_back(before);
}

void go_back_to(ViewState& view, size_t step) {
    if (step >= view.trail.size()) return;
    const ViewState::Asked& before = view.trail[step];
    view.selected = before.head;
    view.pinned = before.pinned;
    view.selected_query = before.query;
    view.analysis = before.analysis;
    view.trail.resize(step);
}

bool go_back(ViewState& view) {
    if (!shows_explanation(view) || view.trail.empty()) return false;
    go_back_to(view, view.trail.size() - 1);
    return true;
}

}  // namespace fovea::app
