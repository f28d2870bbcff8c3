#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace fovea::text {

/// Token spellings and their ids, both ways. Spellings lie in one block of memory, so that a
/// quarter of a million of them load in a few milliseconds.
class Vocabulary {
  public:
    static constexpr std::int32_t none = -1;

    /// Room for `tokens` more; also what makes an id absurdly large (memory follows the largest).
    void expect(size_t tokens, size_t bytes);

    /// Two ids of one spelling, one id of two spellings and ids out of all proportion are errors.
    Status add(std::string_view spelling, std::int64_t id);

    /// Same, but a spelling seen before moves to the new id (Unigram lists do repeat).
    Status add_again(std::string_view spelling, std::int64_t id);

    /// The id of a spelling, or `none`.
    std::int32_t find(std::string_view spelling) const;

    bool holds(std::int64_t id) const;
    std::string_view spelling(std::int32_t id) const;

    /// Ids that have a spelling: fewer than `size` where there are holes.
    size_t count() const { return held_; }

    /// Largest id + 1.
    std::int32_t size() const { return static_cast<std::int32_t>(entries_.size()); }

  private:
    struct Entry {
        std::uint64_t offset = 0;
        std::uint32_t length = absent;
    };
    struct Slot {
        std::uint32_t hash = 0;
        std::int32_t id = none;
    };
    static constexpr std::uint32_t absent = ~std::uint32_t{0};

    Status check(std::string_view spelling, std::int64_t id) const;
    void store(std::string_view spelling, std::int32_t id);
    size_t place(std::string_view spelling, std::uint32_t hash) const;
    void rehash(size_t count);

    std::string characters_;
    std::vector<Entry> entries_;  // by id
    std::vector<Slot> slots_;     // by hash; a power of two
    size_t stored_ = 0;
    size_t expected_ = 0;
    size_t held_ = 0;
};

}  // namespace fovea::text
