#pragma once

#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace fovea::text {

/// An open-addressed table from 64-bit keys to small values, for the millions of look-ups that
/// merging and matching make. The key ~0 is not allowed.
template <class Value>
class FlatMap {
  public:
    void reserve(size_t count) {
        const size_t wanted = std::bit_ceil(count * 2 + 8);
        if (wanted > slots_.size()) rehash(wanted);
    }

    size_t size() const { return size_; }

    /// The value stored under `key`, made by default where there was none.
    Value& operator[](std::uint64_t key) {
        if ((size_ + 1) * 2 > slots_.size()) rehash(slots_.empty() ? 16 : slots_.size() * 2);
        Slot& slot = slots_[place(key)];
        if (slot.key == unused) {
            slot.key = key;
            ++size_;
        }
        return slot.value;
    }

    const Value* find(std::uint64_t key) const {
        if (slots_.empty()) return nullptr;
        const Slot& slot = slots_[place(key)];
        return slot.key == key ? &slot.value : nullptr;
    }

  private:
    static constexpr std::uint64_t unused = ~std::uint64_t{0};
    struct Slot {
        std::uint64_t key = unused;
        Value value{};
    };

    size_t place(std::uint64_t key) const {
        const std::uint64_t mixed = (key ^ key >> 29) * 0x9E3779B97F4A7C15u;
        for (size_t i = mixed >> shift_;; ++i) {
            const Slot& slot = slots_[i & (slots_.size() - 1)];
            if (slot.key == key || slot.key == unused) return i & (slots_.size() - 1);
        }
    }

    void rehash(size_t count) {
        std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(count));
        shift_ = 64 - std::countr_zero(count);
        for (const Slot& slot : old) {
            if (slot.key != unused) slots_[place(slot.key)] = slot;
        }
    }

    std::vector<Slot> slots_;
    size_t size_ = 0;
    int shift_ = 64;
};

}  // namespace fovea::text
