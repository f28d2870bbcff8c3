#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/edit/edits.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// Keeps blocks that are painted on a target on their tokens where the model writes the target: it
/// is another one for another source, and is known only when it is read. The blocks are taken from
/// where a person painted them, so that a token that is gone for a while brings its mask back.
class WrittenTargetBlocks {
  public:
    /// The blocks where their tokens are in the target of this reading of them; nullopt where they
    /// stand as they are.
    std::optional<std::vector<BlockEdit>> follow(const std::vector<BlockEdit>& blocks,
                                                 const Reading& reading);
    /// The source was changed, and blocks moved with it: `move` does the same to those that were
    /// painted (nullopt: they stand).
    using Move =
        std::function<std::optional<std::vector<BlockEdit>>(const std::vector<BlockEdit>&)>;
    void follow_source(const std::vector<BlockEdit>& before, const std::vector<BlockEdit>& after,
                       const Move& move);
    /// There is nothing that it remembers.
    bool is_idle() const { return places_.empty(); }
    /// A person took the last of them away: none comes back.
    void forget() { places_.clear(); }

  private:
    /// Blocks as a person painted them, and the target on which.
    struct Origin {
        std::vector<BlockEdit> blocks;
        std::vector<Token> target;
    };
    struct Sentences {
        std::string text;
        std::optional<std::string> pair;
        bool special_tokens = true;
        std::optional<std::string> target;
        bool operator==(const Sentences&) const = default;
    };
    /// What was read with which blocks: undo comes back to it.
    struct Place {
        std::optional<Sentences> read;  // nullopt: not yet
        std::vector<BlockEdit> blocks;
        std::shared_ptr<const Origin> origin;
    };
    const Place* newest_with(const std::vector<BlockEdit>& blocks) const;
    void remember(Place place);
    std::weak_ptr<const LoadedModel> model_;
    std::vector<Place> places_;  // the newest last
};

}  // namespace fovea::app
