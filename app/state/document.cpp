#include "app/state/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "engine/edit/head_names.h"
namespace fovea::app {

namespace {

using BlockKey = std::tuple<int, Index, Index, Index, Index>;

BlockKey key_of(const BlockEdit& block) {
    const Scope& scope = block.scope;
    return {scope.part ? static_cast<int>(*scope.part) : -1, scope.layer.value_or(-1),
            scope.head.value_or(-1), block.query.value_or(-1), block.key.value_or(-1)};
}

std::vector<BlockKey> sorted_keys(const std::vector<BlockEdit>& blocks) {
    std::vector<BlockKey> keys;
    keys.reserve(blocks.size());
    for (const BlockEdit& block : blocks)
        keys.push_back(key_of(block));
    std::sort(keys.begin(), keys.end());
    return keys;
}

template <class T>
bool replace(T& value, const T& with) {
    if (value == with) return false;
    value = with;
    return true;
}

struct Apply {
    Document& document;

    /// What is read changes, and blocks move with their tokens.
    template <class T>
    bool read(T& value, const T& with, const std::optional<std::vector<BlockEdit>>& blocks) const {
        if (!replace(value, with)) return false;
        if (blocks) document.edits.blocks = *blocks;
        return true;
    }

    bool operator()(const SetText& command) const {
        return read(document.text, command.text, command.blocks);
    }
    bool operator()(const SetPair& command) const {
        return read(document.pair, command.pair, command.blocks);
    }
    bool operator()(const SetSpecialTokens& command) const {
        return read(document.special_tokens, command.special_tokens, command.blocks);
    }
    bool operator()(const SetTarget& command) const {
        return read(document.target, command.target, command.blocks);
    }

    bool operator()(const SetAgainst& command) const {
        return replace(document.against, command.against);
    }
    bool operator()(const SwapSubjects& command) const {
        if (!document.against || *document.against == document.text) return false;
        std::swap(document.text, *document.against);
        if (command.blocks) document.edits.blocks = *command.blocks;
        return true;
    }
    bool operator()(const SetAnalysisParameter& command) const {
        auto& all = document.analysis_parameters;
        if (command.value.empty()) return all.erase(command.name) > 0;
        return replace(all[command.name], command.value);
    }

    bool operator()(const SetModel& command) const {
        if (!replace(document.model, command.model)) return false;
        document.target.reset();
        // Layer 3 head 1 of another model is another head, and many a model has no parts: what was
        // said of them has no meaning here.
        const auto names_a_head = [](const auto& edit) {
            return edit.scope.layer || edit.scope.head || edit.scope.part;
        };
        std::erase_if(document.edits.temperatures, names_a_head);
        std::erase_if(document.edits.blocks, names_a_head);
        std::erase_if(document.edits.ablations, names_a_head);
        if (command.edits) document.edits = *command.edits;
        return true;
    }

    bool operator()(const SetTemperature& command) const {
        if (!(command.value > 0) || !std::isfinite(command.value)) return false;
        auto& temperatures = document.edits.temperatures;
        const auto same = [&](const TemperatureEdit& edit) { return edit.scope == command.scope; };
        const auto first = std::find_if(temperatures.begin(), temperatures.end(), same);
        if (command.value == 1) return std::erase_if(temperatures, same) > 0;
        if (first == temperatures.end()) {
            temperatures.push_back({command.scope, command.value});
            return true;
        }
        // A file may name one scope twice (they multiply); a slider sets the scope's one value.
        const auto place = first - temperatures.begin();
        const bool changed = replace(first->value, command.value);
        const auto extra =
            std::remove_if(temperatures.begin() + place + 1, temperatures.end(), same);
        const bool repeated = extra != temperatures.end();
        temperatures.erase(extra, temperatures.end());
        return changed || repeated;
    }

    bool operator()(const SetMask& command) const {
        MaskEdit mask = command.mask;
        if (mask.kind == MaskKind::window) {
            if (mask.window < 1) return false;
        } else {
            mask.window = 0;
        }
        return replace(document.edits.mask, mask);
    }

    bool operator()(const AddBlocks& command) const {
        auto& blocks = document.edits.blocks;
        std::vector<BlockKey> present = sorted_keys(blocks);
        const size_t before = blocks.size();
        for (const BlockEdit& block : command.blocks) {
            if (!block.query && !block.key) continue;  // hides nothing
            const BlockKey key = key_of(block);
            const auto place = std::lower_bound(present.begin(), present.end(), key);
            if (place != present.end() && *place == key) continue;
            present.insert(place, key);
            blocks.push_back(block);
        }
        return blocks.size() != before;
    }

    bool operator()(const RemoveBlocks& command) const {
        const std::vector<BlockKey> unwanted = sorted_keys(command.blocks);
        return std::erase_if(document.edits.blocks, [&](const BlockEdit& block) {
                   return std::binary_search(unwanted.begin(), unwanted.end(), key_of(block));
               }) > 0;
    }

    bool operator()(const SetAblation& command) const {
        auto& ablations = document.edits.ablations;
        const auto same = [&](const AblationEdit& edit) { return edit.scope == command.scope; };
        if (!command.to) return std::erase_if(ablations, same) > 0;
        const auto present = std::find_if(ablations.begin(), ablations.end(), same);
        if (present != ablations.end()) return replace(present->to, *command.to);
        ablations.push_back({command.scope, *command.to});
        return true;
    }

    bool operator()(const SetEdits& command) const {
        return replace(document.edits, command.edits);
    }
    bool operator()(const EnableEdits& command) const {
        return replace(document.edits_enabled, command.enabled);
    }
    bool operator()(const SetPictureOnly& command) const {
        return replace(document.picture_only, command.picture_only);
    }
};

std::string scope_words(const Scope& scope) {
    return scope_name(scope, "all heads");
}

std::string block_words(const std::vector<BlockEdit>& blocks) {
    if (blocks.empty()) return "nothing";
    if (blocks.size() > 1) {
        const auto is_cell = [](const BlockEdit& block) { return block.query && block.key; };
        const bool cells = std::all_of(blocks.begin(), blocks.end(), is_cell);
        return fmt::format("{} {}", blocks.size(), cells ? "cells" : "blocks");
    }
    const BlockEdit& block = blocks.front();
    if (block.query && block.key) return fmt::format("cell {}, {}", *block.query, *block.key);
    if (block.key) return fmt::format("key {}", *block.key);
    return fmt::format("query {}", block.query.value_or(0));
}

struct Describe {
    std::string operator()(const SetText& command) const {
        return command.written ? "writing a token" : "typing";
    }
    std::string operator()(const SetPair& command) const {
        if (command.written) return "writing a token of the second sentence";
        return command.pair ? "typing the second sentence" : "one sentence";
    }
    std::string operator()(const SetSpecialTokens& command) const {
        return command.special_tokens ? "special tokens" : "no special tokens";
    }
    std::string operator()(const SetTarget& command) const {
        if (command.written) return "writing a token of the target";
        return command.target ? "typing the target" : "the model's own target";
    }
    std::string operator()(const SetAgainst& command) const {
        return command.against ? "typing sentence B" : "sentence A alone";
    }
    std::string operator()(const SwapSubjects&) const { return "swapping A and B"; }
    std::string operator()(const SetAnalysisParameter& command) const {
        const size_t dot = command.name.find('.');
        if (dot == command.name.npos) return command.name;
        return fmt::format("{} of {}", command.name.substr(dot + 1), command.name.substr(0, dot));
    }
    std::string operator()(const SetModel& command) const { return "model " + command.model; }
    std::string operator()(const SetTemperature& command) const {
        return "temperature of " + scope_words(command.scope);
    }
    std::string operator()(const SetMask& command) const {
        switch (command.mask.kind) {
            case MaskKind::model:
                return "mask of the model";
            case MaskKind::none:
                return "no mask";
            case MaskKind::causal:
                return "causal mask";
            case MaskKind::window:
                return "window mask";
        }
        return "mask";
    }
    std::string operator()(const AddBlocks& command) const {
        return "hiding " + block_words(command.blocks);
    }
    std::string operator()(const RemoveBlocks& command) const {
        return "showing " + block_words(command.blocks);
    }
    std::string operator()(const SetAblation& command) const {
        return (command.to ? "silencing " : "restoring ") + scope_words(command.scope);
    }
    std::string operator()(const SetEdits& command) const {
        return command.edits.empty() ? "reset of all edits" : "edits from a file";
    }
    std::string operator()(const EnableEdits& command) const {
        return command.enabled ? "edits on" : "edits off";
    }
    std::string operator()(const SetPictureOnly& command) const {
        return command.picture_only ? "edits on the picture only" : "edits inside the model";
    }
};

}  // namespace

bool apply(Document& document, const Command& command) {
    return std::visit(Apply{document}, command);
}

std::string describe(const Command& command) {
    return std::visit(Describe{}, command);
}

}  // namespace fovea::app
