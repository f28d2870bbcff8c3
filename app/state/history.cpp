#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "app/state/document.h"

namespace fovea::app {

namespace {

/// Typing that pauses longer than this starts a new step of undo.
constexpr double pause_seconds = 1.0;
/// More bytes than this at once were pasted, not typed.
constexpr size_t longest_keystroke = 16;
/// The oldest steps go when the past holds more than this.
constexpr size_t past_budget_bytes = size_t{64} << 20;

bool is_space(char byte) {
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
}

/// The kind of a change of text: "typing" and "deleting" go on from one key to the next; "" is a
/// step of its own (a paste, a replaced selection).
struct TextChange {
    const char* kind = "";
    bool starts_word = false;
};

TextChange classify(std::string_view before, std::string_view after) {
    const size_t shorter = std::min(before.size(), after.size());
    size_t prefix = 0;
    while (prefix < shorter && before[prefix] == after[prefix])
        ++prefix;
    size_t suffix = 0;
    while (suffix < shorter - prefix &&
           before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix])
        ++suffix;
    const std::string_view removed = before.substr(prefix, before.size() - prefix - suffix);
    const std::string_view inserted = after.substr(prefix, after.size() - prefix - suffix);
    if (inserted.empty() && removed.size() <= longest_keystroke) return {"deleting", false};
    if (!removed.empty() || inserted.size() > longest_keystroke) return {};
    const bool several_words =
        inserted.size() > 1 && std::any_of(inserted.begin(), inserted.end(), is_space);
    if (several_words) return {};
    const bool after_space = prefix == 0 || is_space(after[prefix - 1]);
    return {"typing", after_space && !is_space(inserted.front())};
}

std::string scope_key(const Scope& scope) {
    return fmt::format("{}/{}/{}", scope.part ? static_cast<int>(*scope.part) : -1,
                       scope.layer.value_or(-1), scope.head.value_or(-1));
}

std::string blocks_key(const char* kind, const std::vector<BlockEdit>& blocks) {
    return kind + (blocks.empty() ? std::string() : scope_key(blocks.front().scope));
}

/// What a command is one move of.
struct Gesture {
    std::string key;           ///< equal ones in a row are one step; empty: always its own step
    bool is_typed = false;     ///< a pause ends it
    bool starts_word = false;  ///< and so does a word
};

Gesture typed_into(const char* field, std::string_view before, std::string_view after) {
    const TextChange change = classify(before, after);
    if (!*change.kind) return {};
    return {std::string(field) + change.kind, true, change.starts_word};
}

struct GestureOf {
    const Document& before;

    Gesture operator()(const SetText& command) const {
        if (command.written) return {};
        return typed_into("", before.text, command.text);
    }
    Gesture operator()(const SetPair& command) const {
        // That there is a second sentence at all is a step.
        if (command.written || !before.pair || !command.pair) return {};
        return typed_into("pair ", *before.pair, *command.pair);
    }
    Gesture operator()(const SetTarget& command) const {
        // From the model's own to a typed one is a step, however small the difference is.
        if (command.written || !before.target || !command.target) return {};
        return typed_into("target ", *before.target, *command.target);
    }
    Gesture operator()(const SetAgainst& command) const {
        if (!before.against || !command.against) return {};
        return typed_into("against ", *before.against, *command.against);
    }
    Gesture operator()(const SetTemperature& command) const {
        return {"temperature " + scope_key(command.scope)};
    }
    Gesture operator()(const SetMask& command) const {
        return {command.mask.kind == MaskKind::window ? "window" : ""};
    }
    Gesture operator()(const AddBlocks& command) const {
        return {blocks_key("paint ", command.blocks)};
    }
    Gesture operator()(const RemoveBlocks& command) const {
        return {blocks_key("erase ", command.blocks)};
    }
    template <class Other>
    Gesture operator()(const Other&) const {
        return {};
    }
};

/// Roughly the memory that a document holds.
size_t bytes_of(const Document& document) {
    const Edits& edits = document.edits;
    return sizeof(Document) + document.model.size() + document.text.size() +
           document.target.value_or("").size() + document.pair.value_or("").size() +
           document.against.value_or("").size() +
           document.analysis_parameters.size() * 2 * sizeof(std::string) +
           edits.temperatures.size() * sizeof(TemperatureEdit) +
           edits.blocks.size() * sizeof(BlockEdit) + edits.ablations.size() * sizeof(AblationEdit);
}

}  // namespace

History::History(Document document) : document_(std::move(document)) {}

bool History::issue(const Command& command, double now) {
    const Gesture gesture = std::visit(GestureOf{document_}, command);
    const bool goes_on =
        !gesture.is_typed || (now - last_issue_ < pause_seconds && !gesture.starts_word);
    const bool continues =
        !gesture.key.empty() && gesture.key == gesture_ && !past_.empty() && goes_on;

    Document before = document_;
    if (!apply(document_, command)) return false;
    ++revision_;
    last_issue_ = now;
    future_.clear();
    if (continues) {
        past_.back().label = describe(command);
        return true;
    }
    gesture_ = gesture.key;
    past_bytes_ += bytes_of(before);
    past_.push_back({std::move(before), describe(command)});
    size_t dropped = 0;
    while (past_bytes_ > past_budget_bytes && dropped + 1 < past_.size())
        past_bytes_ -= bytes_of(past_[dropped++].before);
    past_.erase(past_.begin(), past_.begin() + static_cast<std::ptrdiff_t>(dropped));
    return true;
}

void History::amend(const Command& command) {
    if (apply(document_, command)) ++revision_;
}

void History::end_gesture() {
    // A slider dragged away and back again changed nothing: nothing to undo.
    if (!gesture_.empty() && !past_.empty() && past_.back().before == document_) {
        past_bytes_ -= bytes_of(past_.back().before);
        past_.pop_back();
    }
    gesture_.clear();
}

bool History::undo() {
    end_gesture();
    if (past_.empty()) return false;
    Step step = std::move(past_.back());
    past_.pop_back();
    past_bytes_ -= bytes_of(step.before);
    std::swap(step.before, document_);
    future_.push_back(std::move(step));  // for redo, `before` is the document to go to
    ++revision_;
    return true;
}

bool History::redo() {
    gesture_.clear();
    if (future_.empty()) return false;
    Step step = std::move(future_.back());
    future_.pop_back();
    std::swap(step.before, document_);
    past_bytes_ += bytes_of(step.before);
    past_.push_back(std::move(step));
    ++revision_;
    return true;
}

std::string History::undo_label() const {
    return past_.empty() ? std::string() : past_.back().label;
}

std::string History::redo_label() const {
    return future_.empty() ? std::string() : future_.back().label;
}

void History::reset(Document document) {
    document_ = std::move(document);
    past_.clear();
    future_.clear();
    past_bytes_ = 0;
    gesture_.clear();
    ++revision_;
}

}  // namespace fovea::app
