#include "engine/text/vocabulary.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fovea::text {
namespace {

std::uint64_t mix(std::uint64_t value) {
    value *= 0x9E3779B97F4A7C15u;
    return value ^ value >> 32;
}

std::uint32_t hash_of(std::string_view text) {
    std::uint64_t hash = text.size();
    while (text.size() >= 8) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), 8);
        hash = mix(hash ^ word);
        text.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
    return static_cast<std::uint32_t>(mix(mix(hash ^ rest)));
}

}  // namespace

void Vocabulary::expect(size_t tokens, size_t bytes) {
    expected_ += tokens;
    entries_.reserve(expected_);
    characters_.reserve(characters_.size() + bytes);
    const size_t wanted = std::bit_ceil(expected_ * 2 + 8);
    if (wanted > slots_.size()) rehash(wanted);
}

Status Vocabulary::check(std::string_view spelling, std::int64_t id) const {
    // Ids may have holes, but a file of a hundred bytes shall not ask for gigabytes.
    const auto limit = static_cast<std::int64_t>(std::min<size_t>(expected_ * 4 + 65536, 1u << 30));
    if (id < 0 || id >= limit) {
        return fail("token \"{}\" has the id {}, out of range for {} tokens", spelling, id,
                    expected_);
    }
    if (holds(id) && this->spelling(static_cast<std::int32_t>(id)) != spelling) {
        return fail("tokens \"{}\" and \"{}\" have the same id {}",
                    this->spelling(static_cast<std::int32_t>(id)), spelling, id);
    }
    return {};
}

Status Vocabulary::add(std::string_view spelling, std::int64_t id) {
    FOVEA_CHECK(check(spelling, id));
    if (const std::int32_t known = find(spelling); known != none && known != id) {
        return fail("token \"{}\" has two ids, {} and {}", spelling, known, id);
    }
    store(spelling, static_cast<std::int32_t>(id));
    return {};
}

Status Vocabulary::add_again(std::string_view spelling, std::int64_t id) {
    FOVEA_CHECK(check(spelling, id));
    store(spelling, static_cast<std::int32_t>(id));
    return {};
}

void Vocabulary::store(std::string_view spelling, std::int32_t id) {
    if ((stored_ + 1) * 2 > slots_.size()) rehash(std::max<size_t>(16, slots_.size() * 2));
    if (id >= size()) entries_.resize(static_cast<size_t>(id) + 1);
    if (!holds(id)) ++held_;
    entries_[static_cast<size_t>(id)] = {characters_.size(),
                                         static_cast<std::uint32_t>(spelling.size())};
    characters_.append(spelling);
    const std::uint32_t hash = hash_of(spelling);
    Slot& slot = slots_[place(spelling, hash)];
    if (slot.id == none) ++stored_;
    slot = {hash, id};
}

std::int32_t Vocabulary::find(std::string_view spelling) const {
    if (slots_.empty()) return none;
    return slots_[place(spelling, hash_of(spelling))].id;
}

bool Vocabulary::holds(std::int64_t id) const {
    return id >= 0 && id < size() && entries_[static_cast<size_t>(id)].length != absent;
}

std::string_view Vocabulary::spelling(std::int32_t id) const {
    if (!holds(id)) return {};
    const Entry& entry = entries_[static_cast<size_t>(id)];
    return std::string_view(characters_).substr(entry.offset, entry.length);
}

size_t Vocabulary::place(std::string_view spelling, std::uint32_t hash) const {
    const size_t mask = slots_.size() - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        const Slot& slot = slots_[i];
        if (slot.id == none) return i;
        if (slot.hash == hash && this->spelling(slot.id) == spelling) return i;
    }
}

void Vocabulary::rehash(size_t count) {
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(count));
    for (const Slot& slot : old) {
        if (slot.id == none) continue;
        size_t i = slot.hash & (count - 1);
        while (slots_[i].id != none)
            i = (i + 1) & (count - 1);
        slots_[i] = slot;
    }
}

}  // namespace fovea::text
