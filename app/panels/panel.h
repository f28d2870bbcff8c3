#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/state/document.h"
#include "app/state/view_state.h"
#include "app/state/viewed_part.h"
#include "app/ui/surface.h"
#include "engine/session/reading.h"

namespace fovea {
class Scheduler;
}

namespace fovea::app {

class HeadTextures;
class HeadChanges;

/// The next-token table has at most so many rows.
inline constexpr Index most_predictions = 30;

/// What the arrow keys move: decided by where the mouse was last pressed.
enum class ArrowTarget { heads, tokens };

/// A column of panels in this frame, pixels. Where the panels are too high for it they first stand
/// closer, by less air around the lines between them.
struct ColumnRoom {
    float below = 0;      ///< what the panels below this one take, and the lines between
    float spare_air = 0;  ///< air that all lines of the column could still give up
    float given_air = 0;  ///< air that they have given up already
};

/// All that a panel may read and do in a frame. Panels own nothing: they draw `reading`, change
/// `view`, and ask for changes of the document through `issue`. UI thread only.
struct Frame : Surface {
    const Document& document;
    ViewState& view;
    const ViewState::Hover& hovered;  ///< what was under the pointer in the last frame: draw this;
                                      ///< write view.hover for the next
    HeadTextures& textures;
    Scheduler& jobs;                                   ///< what takes longer than a frame
    std::shared_ptr<const Reading> reading = nullptr;  ///< null before the first picture
    /// The sentence that is held against the one in view; null: there is none, or it is not read.
    std::shared_ptr<const Reading> against = nullptr;
    /// The part of the model that all panels look at; another one (view.part) begins with the next
    /// frame. Edits name it by `edit_part`.
    Part part = Part::self;
    /// The trace in view, of the part in view: edited where there are edits and they are on. Null
    /// with `reading`.
    const Trace* trace = nullptr;
    const Trace* original = nullptr;  ///< the model's own, of the same part
    bool stale = false;               ///< `reading` is older than the document
    std::string error = {};           ///< the newest error, a sentence; empty: none
    /// Of the picture; before there is one, or where the sentence is empty, the model at hand: its
    /// layers and heads have their places then already. Null without a model.
    const Model* model = nullptr;
    bool sentence_is_empty = false;  ///< that is why there is no `reading`
    /// The middle shows a difference: so do pictures and copies of it.
    bool compares = false;

    ColumnRoom column = {};

    std::function<void(Command)> issue = {};
    std::function<void()> end_gesture = {};  ///< the mouse was let go: one step of undo ends here
    std::function<void()> undo = {}, redo = {};
    /// Opens the sentence that is held against the one in view, or closes it.
    std::function<void()> turn_against = [] {};
    std::function<void()> swap_subjects = [] {};
    /// The model writes a token, or goes on until it is told to stop.
    std::function<void(bool on)> write = [](bool) {};
    std::function<void()> stop_writing = [] {};
    bool writing = false;
    /// What the arrow keys move; nullopt while they move the caret of a sentence.
    std::optional<ArrowTarget> arrows = std::nullopt;
    /// How much the edits changed each head, as far as it is known; null: nobody keeps it.
    HeadChanges* changes = nullptr;

    std::optional<Part> edit_part() const { return named(part); }
    Index layers() const { return shown_model() ? shown_model()->layers(part) : 0; }
    Index heads() const { return shown_model() ? shown_model()->heads(part) : 0; }
    /// The two axes of its maps.
    Index queries() const { return static_cast<Index>(query_labels().size()); }
    Index keys() const { return static_cast<Index>(key_labels().size()); }
    const std::vector<std::string>& query_labels() const {
        return reading ? reading->query_labels(part) : no_labels();
    }
    const std::vector<std::string>& key_labels() const {
        return reading ? reading->key_labels(part) : no_labels();
    }
    /// Queries and keys are the same tokens.
    bool one_sentence() const { return part != Part::cross; }

  private:
    const Model* shown_model() const {
        return reading ? reading->request.model->model.get() : model;
    }
    static const std::vector<std::string>& no_labels() {
        static const std::vector<std::string> none;
        return none;
    }
};

}  // namespace fovea::app
