#pragma once

#include "app/state/document.h"
#include "app/state/view_state.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// Keeps painted blocks on their tokens while a sentence changes. A word that is typed in front of
/// another becomes one with it until the space is typed: what is typed in one place is therefore
/// taken as one change of the text that stood before.
class BlockFollower {
  public:
    explicit BlockFollower(Sentence sentence) : sentence_(sentence) {}

    /// The blocks as they are in the new text; nullopt where they need not move, or a text cannot
    /// be tokenised. `was` and `is` say what is read before and after the change, `caret` where the
    /// person stands in the sentence that changed; the tokens that `shown` (or null) has are
    /// reused.
    std::optional<std::vector<BlockEdit>> follow(const std::vector<BlockEdit>& blocks,
                                                 const ReadingRequest& was,
                                                 const ReadingRequest& is,
                                                 std::optional<size_t> caret, const Reading* shown);

    /// There is nothing that it remembers.
    bool is_idle() const { return !change_; }

  private:
    /// Where what was typed began, and what has become of it.
    struct Change {
        std::shared_ptr<const LoadedModel> model;
        std::string text;  ///< before it
        std::vector<Token> tokens;
        std::vector<BlockEdit> blocks;
        std::string now;  ///< after it
        std::vector<BlockEdit> blocks_now;
        size_t begin = 0, end = 0;  ///< of what changed, in `now`
    };
    Sentence sentence_;
    std::optional<Change> change_;
};

/// Moves what the view names by token (the chosen one, the pinned cell) from one reading to the
/// next; what is gone is no longer chosen. `swapped`: they are two sentences that are held against
/// each other, and the token that stands in the place of one is taken for it.
void follow_tokens(const Reading& before, const Reading& after, Part part, ViewState& view,
                   bool swapped = false);

}  // namespace fovea::app
