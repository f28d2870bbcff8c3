#include "app/shell/written_target_blocks.h"

#include <algorithm>
#include <cstdint>

#include "engine/session/moved_tokens.h"

namespace fovea::app {
namespace {

/// Steps of undo that are remembered; of those before, blocks are where they were painted.
constexpr size_t most_places = 64;

/// A longest common subsequence of the two: what a model writes for another source may differ in
/// many places, where what a person types differs in one.
TokenMoves moves_between(const std::vector<Token>& before, const std::vector<Token>& after) {
    const size_t columns = after.size() + 1;
    // [before + 1, after + 1]: how many tokens the two have in common from there on.
    std::vector<std::uint16_t> common((before.size() + 1) * columns);
    const auto at = [&](size_t i, size_t j) -> std::uint16_t& { return common[i * columns + j]; };
    for (size_t i = before.size(); i-- > 0;)
        for (size_t j = after.size(); j-- > 0;)
            at(i, j) = before[i].id == after[j].id
                           ? static_cast<std::uint16_t>(at(i + 1, j + 1) + 1)
                           : std::max(at(i + 1, j), at(i, j + 1));
    TokenMoves moves(before.size());
    for (size_t i = 0, j = 0; i < before.size() && j < after.size();) {
        if (before[i].id == after[j].id)
            moves[i++] = static_cast<Index>(j++);
        else if (at(i + 1, j) >= at(i, j + 1))
            ++i;
        else
            ++j;
    }
    return moves;
}

}  // namespace

const WrittenTargetBlocks::Place* WrittenTargetBlocks::newest_with(
    const std::vector<BlockEdit>& blocks) const {
    const auto found = std::find_if(places_.rbegin(), places_.rend(),
                                    [&](const Place& place) { return place.blocks == blocks; });
    return found == places_.rend() ? nullptr : &*found;
}

void WrittenTargetBlocks::remember(Place place) {
    std::erase_if(places_, [&](const Place& old) {
        return old.blocks == place.blocks && old.read == place.read;
    });
    if (places_.size() == most_places) places_.erase(places_.begin());
    places_.push_back(std::move(place));
}

void WrittenTargetBlocks::follow_source(const std::vector<BlockEdit>& before,
                                        const std::vector<BlockEdit>& after, const Move& move) {
    const Place* place = newest_with(before);
    if (!place) return;
    auto origin = std::make_shared<Origin>(*place->origin);
    if (auto moved = move(origin->blocks)) origin->blocks = *std::move(moved);
    remember({std::nullopt, after, std::move(origin)});
}

std::optional<std::vector<BlockEdit>> WrittenTargetBlocks::follow(
    const std::vector<BlockEdit>& blocks, const Reading& reading) {
    const ReadingRequest& request = reading.request;
    if (model_.lock() != request.model) {
        model_ = request.model;
        forget();
    }
    if (!request.model->model->encoder()) return std::nullopt;
    const Sentences read{request.text, request.pair, request.special_tokens, request.target};
    const auto here = std::ranges::find_if(
        places_, [&](const Place& place) { return place.read == read && place.blocks == blocks; });
    if (here != places_.end()) {  // as undo left it
        remember(Place(*here));
        return std::nullopt;
    }
    const std::vector<Token>& target = reading.target_tokens;
    const Place* before = newest_with(blocks);
    if (!before || !reading.target_written) {
        if (!blocks.empty())
            remember({read, blocks, std::make_shared<const Origin>(Origin{blocks, target})});
        return std::nullopt;
    }
    const std::shared_ptr<const Origin> origin = before->origin;
    const TokenMoves moves = moves_between(origin->target, target);
    std::vector<BlockEdit> moved =
        moved_blocks(origin->blocks, {.target = &moves, .encoder_decoder = true});
    remember({read, moved, origin});
    if (moved == blocks) return std::nullopt;
    return moved;
}

}  // namespace fovea::app
