#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace fovea::text {

/// A trie as the Darts-clone library lays it out in files: each node is one 32-bit unit with its
/// label, a flag for "a key ends here", and the distance to its children. Nothing in it is trusted:
/// a walk that leaves the array simply finds nothing.
class DoubleArray {
  public:
    explicit DoubleArray(std::vector<std::uint32_t> units) : units_(std::move(units)) {}

    struct Match {
        std::uint32_t value = 0;
        size_t bytes = 0;
    };
    enum class Which { shortest, longest };

    /// A key that `text` begins with.
    std::optional<Match> find_prefix(std::string_view text, Which which) const {
        std::optional<Match> found;
        size_t place = 0;
        if (!step(place)) return found;
        for (size_t i = 0; i < text.size(); ++i) {
            const auto byte = static_cast<unsigned char>(text[i]);
            if (byte == 0) break;
            place ^= byte;
            if (place >= units_.size() || label(units_[place]) != byte) break;
            const bool key_ends = (units_[place] >> 8 & 1) != 0;
            if (!step(place)) break;
            if (!key_ends) continue;
            found = Match{units_[place] & 0x7FFFFFFFu, i + 1};
            if (which == Which::shortest) break;
        }
        return found;
    }

  private:
    static std::uint32_t label(std::uint32_t unit) { return unit & 0x800000FFu; }

    /// From a node to where its children begin.
    bool step(size_t& place) const {
        if (place >= units_.size()) return false;
        const std::uint32_t unit = units_[place];
        place ^= size_t{unit >> 10} << ((unit & 0x200u) >> 6);
        return place < units_.size();
    }

    std::vector<std::uint32_t> units_;
};

}  // namespace fovea::text
