#include "app/panels/search.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "app/panels/panel_parts.h"
#include "app/panels/text_search.h"
#include "app/ui/theme.h"

namespace fovea::app {
namespace {

using Entry = ViewState::Search::Entry;

// What a sentence says, and the bytes of each token in it.
struct SpelledOut {
    std::string text;
    std::vector<ByteRange> tokens;
};

SpelledOut spell_out(const Reading& reading, Sentence sentence) {
    const bool target = sentence == Sentence::target;
    const auto& tokens = target ? reading.target_tokens : reading.tokens;
    const auto& labels = target ? reading.target_labels : reading.labels;
    SpelledOut spelled;
    const bool typed = std::any_of(tokens.begin(), tokens.end(),
                                   [](const Token& token) { return token.end > token.begin; });
    if (typed) {
        spelled.text = target ? reading.target_text : joined_text(reading.request);
        for (const Token& token : target ? tokens : in_joined_text(tokens, reading.request))
            spelled.tokens.push_back({token.begin, std::min(token.end, spelled.text.size())});
        return spelled;
    }
    // Ids, and what a model wrote, come without a text: what their labels say, one after another.
    for (const std::string& label : labels) {
        if (!spelled.text.empty()) spelled.text += ' ';
        const size_t begin = spelled.text.size();
        std::string_view words = bare_label(label);
        // The mark of the space in front is nothing that is looked for.
        constexpr std::string_view space = "␣";
        while (words.starts_with(space) && words.size() > space.size())
            words.remove_prefix(space.size());
        spelled.text += words;
        spelled.tokens.push_back({begin, spelled.text.size()});
    }
    return spelled;
}

// One sentence ready to be searched.
struct Searchable {
    FoldedText text{""};
    std::vector<ByteRange> tokens;

    void take(const Reading& reading, Sentence sentence) {
        SpelledOut spelled = spell_out(reading, sentence);
        text = FoldedText(spelled.text);
        tokens = std::move(spelled.tokens);
    }
    std::vector<TokenRange> find(std::string_view words, Sentence sentence) const {
        return tokens_touched(text.find(words), tokens, sentence);
    }
};

bool same_reading(const std::weak_ptr<const Reading>& a, const std::shared_ptr<const Reading>& b) {
    return !a.owner_before(b) && !b.owner_before(a);
}

}  // namespace

const TokenRange& Occurrences::at(Index occurrence) const {
    const auto i = static_cast<size_t>(occurrence);
    return i < source.size() ? source[i] : target[i - source.size()];
}

Index Occurrences::from(Sentence sentence, Index token) const {
    const auto ranges = of(sentence);
    const auto found = std::partition_point(
        ranges.begin(), ranges.end(), [&](const TokenRange& range) { return range.first < token; });
    const Index before = sentence == Sentence::target ? static_cast<Index>(source.size()) : 0;
    const Index place = before + static_cast<Index>(found - ranges.begin());
    return place < count() ? place : 0;
}

const Occurrences& occurrences(const Frame& frame) {
    struct Memory {
        std::weak_ptr<const Reading> reading;
        Searchable source, target;
        bool both = false;
        std::string words;
        Occurrences found;
    };
    Memory& memory = frame.cache->of<Memory>();
    static const Occurrences nowhere;
    const auto& search = frame.view.search;
    if (search.entry != Entry::words || search.words.empty() || !frame.reading) return nowhere;
    const bool both = frame.part != Part::self;
    const bool same = same_reading(memory.reading, frame.reading) && memory.both == both;
    if (same && memory.words == search.words) return memory.found;
    if (!same) {
        memory = {};
        memory.reading = frame.reading;
        memory.both = both;
        memory.source.take(*frame.reading, Sentence::source);
        if (both) memory.target.take(*frame.reading, Sentence::target);
    }
    memory.words = search.words;
    memory.found = {memory.source.find(search.words, Sentence::source), {}};
    if (both) memory.found.target = memory.target.find(search.words, Sentence::target);
    return memory.found;
}

bool is_found(std::span<const TokenRange> ranges, Index token) {
    const auto at = std::partition_point(
        ranges.begin(), ranges.end(), [&](const TokenRange& range) { return range.last < token; });
    return at != ranges.end() && at->first <= token;
}

bool is_sought(const ViewState& view, Sentence sentence, Index token) {
    const auto& tokens = view.sought.tokens;
    return tokens && tokens->sentence == sentence && token >= tokens->first &&
           token <= tokens->last;
}

void go_to(Frame& frame, const TokenRange& tokens) {
    ViewState& view = frame.view;
    const bool asks = tokens.sentence == sentence_of(frame, true);
    const bool answers = tokens.sentence == sentence_of(frame, false);
    // A sentence of which the part in view has no maps is in the strip only.
    const bool has_maps = frame.part != Part::encoder || tokens.sentence == Sentence::source;
    const bool is_query = asks && has_maps && tokens.first < frame.queries();
    const bool is_key = answers && has_maps && tokens.first < frame.keys();
    if (is_query) view.selected_query = tokens.first;
    if (is_query || is_key)
        reveal(view, {frame.queries(), frame.keys()},
               is_query ? std::optional(tokens.first) : std::nullopt,
               is_key ? std::optional(tokens.first) : std::nullopt);
    view.sought.tokens = tokens;
    ++view.sought.times;
}

void go_to_occurrence(Frame& frame, Index occurrence) {
    const Occurrences& found = occurrences(frame);
    const Index count = found.count();
    if (count == 0) return;
    frame.view.search.at = ((occurrence % count) + count) % count;
    go_to(frame, found.at(frame.view.search.at));
}

std::optional<Index> typed_token(std::string_view number, Index tokens) {
    while (number.starts_with(' '))
        number.remove_prefix(1);
    while (number.ends_with(' '))
        number.remove_suffix(1);
    Index token = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), token);
    if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
    if (token < 0 || token >= tokens) return std::nullopt;
    return token;
}

bool shall_follow(const Frame& frame, const char* id) {
    const ImGuiID key = ImGui::GetID(id);
    ImGuiStorage* storage = ImGui::GetStateStorage();
    if (storage->GetInt(key, 0) == frame.view.sought.times) return false;
    storage->SetInt(key, frame.view.sought.times);
    return frame.view.sought.tokens.has_value();
}

void draw_axis_marks(Frame& frame, const MapWindow& window, float out) {
    const Occurrences& found = occurrences(frame);
    if (found.count() == 0) return;
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float thick = std::max(2.0f, std::floor(frame.px(2))), shortest = frame.px(2);
    const ImVec2 corner{std::floor(window.origin.x - out), std::floor(window.origin.y - out)};
    const MarkAxis down{window.top, window.top + window.rows(), window.origin.y, window.size.y,
                        shortest};
    for (const MarkRun& run : mark_runs(found.of(sentence_of(frame, true)), down))
        list->AddRectFilled({corner.x, run.from}, {corner.x + thick, run.to}, frame.theme.blue);
    const MarkAxis across{window.left, window.left + window.span, window.origin.x, window.size.x,
                          shortest};
    for (const MarkRun& run : mark_runs(found.of(sentence_of(frame, false)), across))
        list->AddRectFilled({run.from, corner.y}, {run.to, corner.y + thick}, frame.theme.blue);
}

}  // namespace fovea::app
