#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/edit/edits.h"

namespace fovea::app {

/// Everything that decides a result: undo, session files and tests see all of it.
struct Document {
    std::string model;  ///< folder or catalogue name
    std::string text;
    /// A second sentence, read with the first as one; nullopt: there is none, and empty: none yet.
    std::optional<std::string> pair = std::nullopt;
    bool special_tokens = true;  ///< the tokenizer puts its own ([CLS], <s>) around what is typed
    /// Of an encoder-decoder, what its decoder reads; nullopt: the model writes it.
    std::optional<std::string> target = std::nullopt;
    /// A sentence that stands for itself beside the first (B, where that is A): read by the same
    /// model, with the same second sentence and target, and as the model is, since the edits act on
    /// the first. What an analysis of two subjects compares; nullopt: there is none.
    std::optional<std::string> against = std::nullopt;
    Edits edits;
    /// What analyses were set to, where it is not their default: "lens.colour" is "rank".
    std::map<std::string, std::string> analysis_parameters;
    bool edits_enabled = true;  ///< Tab shows the model unedited
    bool picture_only = false;  ///< edits act on the picture, not inside the model
    bool operator==(const Document&) const = default;
};

/// Every change of a Document. `apply` is the only way to make one.
struct SetText {
    std::string text;
    /// Where the caret stood behind what was typed, in bytes: what follows it was not touched.
    std::optional<size_t> caret = std::nullopt;
    /// The painted blocks, where their tokens are in the new text; nullopt: as they are.
    std::optional<std::vector<BlockEdit>> blocks = std::nullopt;
    bool written = false;  ///< by the model: a step of its own
};
struct SetPair {
    std::optional<std::string> pair;
    std::optional<size_t> caret = std::nullopt;  ///< these three as in SetText
    std::optional<std::vector<BlockEdit>> blocks = std::nullopt;
    bool written = false;
};
struct SetSpecialTokens {
    bool special_tokens = true;
    std::optional<std::vector<BlockEdit>> blocks = std::nullopt;  ///< as in SetText
};
struct SetTarget {
    std::optional<std::string> target;
    std::optional<size_t> caret = std::nullopt;  ///< these three as in SetText
    std::optional<std::vector<BlockEdit>> blocks = std::nullopt;
    bool written = false;
};
struct SetAgainst {
    std::optional<std::string> against;
};
/// The sentence beside the first becomes the first. The edits stay, and act on it.
struct SwapSubjects {
    /// The painted blocks, where their tokens are in the other sentence; nullopt: as they are.
    std::optional<std::vector<BlockEdit>> blocks = std::nullopt;
};
/// What an analysis is set to: its name, a dot, the parameter's. An empty value is the default.
struct SetAnalysisParameter {
    std::string name, value;
};
struct SetModel {
    std::string model;
    /// What is left of the edits, their tokens where the other model has them; nullopt: those that
    /// name none.
    std::optional<Edits> edits = std::nullopt;
};  ///< drops the edits that name a layer, a head or a part: another model has others; and the
    ///< target, which another model would write in another language
/// What sliders and keys set.
inline constexpr float coldest_set = 0.05f, hottest_set = 20;
struct SetTemperature {
    Scope scope;
    float value = 1;
};  ///< of exactly this scope; 1 removes it
struct SetMask {
    MaskEdit mask;
};
struct AddBlocks {
    std::vector<BlockEdit> blocks;
};
struct RemoveBlocks {
    std::vector<BlockEdit> blocks;
};
struct SetAblation {
    Scope scope;
    std::optional<AblationTarget> to;
};  ///< nullopt: not silenced
struct SetEdits {
    Edits edits;
};  ///< replaces all (a file, "reset all")
struct EnableEdits {
    bool enabled = true;
};
struct SetPictureOnly {
    bool picture_only = false;
};

using Command =
    std::variant<SetText, SetPair, SetSpecialTokens, SetTarget, SetAgainst, SwapSubjects, SetModel,
                 SetTemperature, SetMask, AddBlocks, RemoveBlocks, SetAblation, SetEdits,
                 EnableEdits, SetPictureOnly, SetAnalysisParameter>;

/// Changes the document; false where the command changed nothing.
bool apply(Document& document, const Command& command);

/// What undo calls the step: "temperature of layer 2 head 5".
std::string describe(const Command& command);

/// The document with its past and future. Steps of one gesture (keys of one word, one drag of a
/// slider, one stroke of paint) are one step of undo: those with the same kind and scope between
/// two calls of `end_gesture`, or typed without a pause (`now` in seconds). Call `end_gesture` when
/// the mouse is let go.
class History {
  public:
    explicit History(Document document = {});
    const Document& document() const { return document_; }
    std::uint64_t revision() const { return revision_; }

    bool issue(const Command& command, double now);
    /// Changes the document as part of its last step: what follows from it by itself.
    void amend(const Command& command);
    void end_gesture();
    bool undo();  ///< false where there is nothing to undo
    bool redo();
    bool can_undo() const { return !past_.empty(); }
    bool can_redo() const { return !future_.empty(); }
    std::string undo_label() const;  ///< what undo would take back; empty: nothing
    std::string redo_label() const;
    void reset(Document document);  ///< a session was opened: no past, no future

  private:
    struct Step {
        Document before;
        std::string label;
    };
    Document document_;
    std::uint64_t revision_ = 1;
    std::vector<Step> past_;    ///< bounded by memory, not by steps
    std::vector<Step> future_;  ///< `before` is the document that redo goes to
    size_t past_bytes_ = 0;
    std::string gesture_;  ///< what is being dragged, typed or painted; empty: nothing
    double last_issue_ = 0;
};

}  // namespace fovea::app
