#include "engine/jobs/memo.h"

#include <iterator>

namespace fovea {

size_t Memo::bytes() const {
    const std::scoped_lock lock(mutex_);
    return bytes_;
}

std::shared_ptr<const void> Memo::find(const MadeFrom& made_from, std::type_index type) {
    const std::scoped_lock lock(mutex_);
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        if (entry->type != type || !(entry->made_from == made_from)) continue;
        entries_.splice(entries_.begin(), entries_, entry);
        return entries_.front().result;
    }
    return nullptr;
}

void Memo::put(Entry entry) {
    std::list<Entry> forgotten;  // let go of after the lock: that may take its time
    const std::scoped_lock lock(mutex_);
    for (auto old = entries_.begin(); old != entries_.end();) {
        const auto here = old++;
        const bool same = here->type == entry.type && here->made_from == entry.made_from;
        if (same || here->made_from.is_gone()) forget(here, forgotten);
    }
    if (entry.bytes > most_bytes_ || entry.made_from.is_gone()) return;
    bytes_ += entry.bytes;
    entries_.push_front(std::move(entry));
    while (bytes_ > most_bytes_ || entries_.size() > most_results_)
        forget(std::prev(entries_.end()), forgotten);
}

void Memo::keep_only(std::span<const std::weak_ptr<const void>> objects) {
    std::list<Entry> forgotten;
    const std::scoped_lock lock(mutex_);
    const auto is_kept = [&](const std::weak_ptr<const void>& object) {
        return MadeFrom::is_same(object, {}) ||
               std::any_of(objects.begin(), objects.end(),
                           [&](const auto& kept) { return MadeFrom::is_same(object, kept); });
    };
    for (auto old = entries_.begin(); old != entries_.end();) {
        const auto here = old++;
        const auto& from = here->made_from.objects;
        if (!std::all_of(from.begin(), from.end(), is_kept)) forget(here, forgotten);
    }
}

void Memo::forget(std::list<Entry>::iterator which, std::list<Entry>& forgotten) {
    bytes_ -= which->bytes;
    forgotten.splice(forgotten.end(), entries_, which);
}

}  // namespace fovea
