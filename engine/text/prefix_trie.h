#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/text/flat_map.h"

namespace fovea::text {

/// Strings as a tree of bytes: which of them begin at a place in a text, in one walk.
class PrefixTrie {
  public:
    static constexpr std::int32_t none = -1;
    static constexpr std::uint32_t root = 0;
    static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

    /// A string that is there already takes the new value.
    void insert(std::string_view key, std::int32_t value) {
        std::uint32_t node = root;
        for (const char byte : key) {
            std::uint32_t& child = children_[edge(node, byte)];
            if (child == 0) {
                child = static_cast<std::uint32_t>(values_.size());
                values_.push_back(none);
            }
            node = child;
        }
        values_[node] = value;
    }

    /// The node one byte further, or `nowhere`.
    std::uint32_t step(std::uint32_t node, char byte) const {
        const std::uint32_t* child = children_.find(edge(node, byte));
        return child ? *child : nowhere;
    }

    std::uint32_t walk(std::uint32_t node, std::string_view bytes) const {
        for (const char byte : bytes) {
            if (node == nowhere) break;
            node = step(node, byte);
        }
        return node;
    }

    std::int32_t value(std::uint32_t node) const { return values_[node]; }

    struct Match {
        std::int32_t value = none;
        size_t bytes = 0;
    };

    /// The longest string, from `node` on, that `text` has at `position`.
    Match longest(std::uint32_t node, std::string_view text, size_t position) const {
        Match best;
        for (size_t i = position; i < text.size(); ++i) {
            node = step(node, text[i]);
            if (node == nowhere) break;
            if (values_[node] != none) best = {values_[node], i + 1 - position};
        }
        return best;
    }

  private:
    static std::uint64_t edge(std::uint32_t node, char byte) {
        return std::uint64_t{node} << 8 | static_cast<unsigned char>(byte);
    }

    FlatMap<std::uint32_t> children_;
    std::vector<std::int32_t> values_ = {none};
};

}  // namespace fovea::text
