#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "app/panels/list.h"
#include "app/panels/panel_parts.h"
#include "app/ui/widgets.h"

namespace fovea::app {

namespace {

constexpr std::array<std::string_view, 4> kind_labels{"model", "none", "causal", "window"};
constexpr std::array<std::string_view, 3> scope_labels{"this head", "this layer", "all heads"};
constexpr Index first_window = 8;

enum class Shape { key, query, cell };

/// Blocks that one chip stands for.
struct Group {
    std::vector<BlockEdit> blocks;
};
/// Shape, part, layer, head (-1: any): the order in which chips stand.
using GroupKey = std::tuple<Shape, int, Index, Index>;

Shape shape_of(const BlockEdit& block) {
    if (block.query && block.key) return Shape::cell;
    return block.key ? Shape::key : Shape::query;
}

std::map<GroupKey, Group> grouped(const std::vector<BlockEdit>& blocks) {
    std::map<GroupKey, Group> groups;
    for (const BlockEdit& block : blocks)
        groups[{shape_of(block), block.scope.part ? static_cast<int>(*block.scope.part) : -1,
                block.scope.layer.value_or(-1), block.scope.head.value_or(-1)}]
            .blocks.push_back(block);
    return groups;
}

/// Where blocks act, unless that is the head in view: " in layer 2".
std::string place_words(const Frame& frame, const Scope& scope) {
    const HeadId id = chosen_head(frame);
    if (scope == scope_of(id, frame.part)) return {};
    if (scope == Scope{}) return " everywhere";
    return " in " + scope_name_here(frame, scope);
}

bool chip(Frame& frame, const std::string& label, const std::vector<BlockEdit>& blocks,
          const std::string& tip) {
    const BlockEdit& first = blocks.front();
    const std::string id =
        fmt::format("{} {} {} {}", static_cast<int>(shape_of(first)), scope_name(first.scope),
                    first.query.value_or(-1), first.key.value_or(-1));
    if (!widgets::chip(frame, id.c_str(), label, tip)) return false;
    frame.issue(RemoveBlocks{blocks});
    frame.end_gesture();
    return true;
}

void draw_group(Frame& frame, Shape shape, const Group& group) {
    // Each hidden token has its own chip while they are few.
    constexpr size_t few = 6;
    const std::string where = place_words(frame, group.blocks.front().scope);
    const std::string tip_place = "Acts in " + scope_name(group.blocks.front().scope);
    const size_t count = group.blocks.size();
    if (shape == Shape::cell) {
        chip(frame, fmt::format("{} {}{}", count, count == 1 ? "cell" : "cells", where),
             group.blocks, "Painted cells\n" + tip_place + "\nClick: show them again");
        return;
    }
    // What is hidden from another part is a token of its sentences.
    const Part part = group.blocks.front().scope.part.value_or(frame.part);
    static const std::vector<std::string> none;
    const auto& labels = !frame.reading        ? none
                         : shape == Shape::key ? frame.reading->key_labels(part)
                                               : frame.reading->query_labels(part);
    const char* const noun = shape == Shape::key ? "key" : "query";
    if (count > few) {
        chip(frame,
             fmt::format("{} {} hidden{}", count, shape == Shape::key ? "keys" : "queries", where),
             group.blocks, "Hidden tokens\n" + tip_place + "\nClick: show them again");
        return;
    }
    for (const BlockEdit& block : group.blocks) {
        const Index token = shape == Shape::key ? *block.key : *block.query;
        chip(frame, fmt::format("{} {} hidden{}", noun, quoted_token(labels, token), where),
             {block},
             fmt::format("Hidden {}: token {}\n{}\nClick: show it again", noun, token, tip_place));
    }
}

void set_mask(Frame& frame, MaskEdit mask) {
    frame.issue(SetMask{mask});
}

void draw_window(Frame& frame) {
    const MaskEdit& mask = frame.document.edits.mask;
    if (mask.kind != MaskKind::window) return;
    widgets::gap(frame, 6);
    long window = static_cast<long>(mask.window);
    const long longest = std::max(window, static_cast<long>(std::max(frame.keys(), Index{1})));
    bool released = false;
    if (widgets::stepper(
            frame, "window", "keys nearer than", window, 1, longest,
            "Window · < and >\nA query sees only keys nearer than this many tokens\nClick the "
            "number to type it",
            released))
        set_mask(frame, {MaskKind::window, window});
    if (released) frame.end_gesture();
}

void draw_mask(Frame& frame) {
    widgets::heading(frame, "Mask");
    int scope = static_cast<int>(frame.view.paint_scope);
    if (widgets::heading_choice(
            frame, "scope", scope, scope_labels,
            "Where painting acts · O\nPainted cells and hidden tokens act in this "
            "head, in its layer, or in every head",
            "paint: "))
        frame.view.paint_scope = static_cast<ViewState::PaintScope>(scope);

    const MaskEdit& mask = frame.document.edits.mask;
    int kind = static_cast<int>(mask.kind);
    if (widgets::segments(
            frame, "kind", kind, kind_labels,
            frame.one_sentence()
                ? "Which keys a query sees · M\nthe model's own mask, none, only keys before it, "
                  "or "
                  "only near ones"
                : "Which keys a query sees · M\nIn the encoder and the decoder: a rule speaks of "
                  "places in one sentence,\ncross-attention keeps the model's own mask",
            mask.kind != MaskKind::model)) {
        MaskEdit next{static_cast<MaskKind>(kind), 0};
        if (next.kind == MaskKind::window)
            next.window = std::clamp(first_window, Index{1}, std::max(frame.keys(), Index{1}));
        set_mask(frame, next);
        frame.end_gesture();
    }
    draw_window(frame);
    widgets::gap(frame, 10);
    const auto groups = grouped(frame.document.edits.blocks);
    if (groups.empty()) {
        const ImVec2 corner = ImGui::GetCursorScreenPos();
        ImFont* face = frame.fonts.small;
        widgets::clipped_text(ImGui::GetWindowDrawList(), face,
                              {corner.x, widgets::text_top(face, corner.y, frame.px(20))},
                              ImGui::GetContentRegionAvail().x, frame.theme.faint,
                              "paint cells on the map, or hide a token below");
        widgets::gap(frame, 20);
    }
    for (const auto& [key, group] : groups)
        draw_group(frame, std::get<0>(key), group);
    widgets::gap(frame, 3);
}

}  // namespace

Panel mask_panel() {
    return {"mask", "", Place::right, draw_mask};
}

}  // namespace fovea::app
