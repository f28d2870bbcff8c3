#include "app/panels/head_changes.h"

#include <chrono>

#include "engine/trace/row_change.h"

namespace fovea::app {

void HeadChanges::begin(const Frame& frame) {
    *this = {};
    reading_ = frame.reading;
    part_ = frame.part;
    if (!frame.reading || !frame.reading->edited) return;
    layers_ = frame.layers();
    heads_ = frame.heads();
    queries_ = frame.queries();
    rows_ = queries_ <= longest_whole ? queries_ : rows_of_long;
    means_.reserve(static_cast<size_t>(layers_ * heads_));
}

bool HeadChanges::advance(const Frame& frame, double seconds) {
    const bool same = !reading_.owner_before(frame.reading) &&
                      !frame.reading.owner_before(reading_) && part_ == frame.part;
    if (!same) begin(frame);
    if (rows_ == 0) return false;
    const Trace& before = frame.reading->original->of(part_);
    const Trace& after = frame.reading->edited->of(part_);
    const auto start = std::chrono::steady_clock::now();
    const auto spent = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    const auto all = static_cast<size_t>(layers_ * heads_);
    while (means_.size() < all) {
        const Index place = static_cast<Index>(means_.size());
        const auto layer = static_cast<size_t>(place / heads_);
        // Below the lowest edit both passes share what they computed.
        if (before.layers[layer] == after.layers[layer]) {
            means_.push_back(0);
            continue;
        }
        for (; next_row_ < rows_; ++next_row_) {
            if (spent() > seconds) return true;
            sum_ += static_cast<double>(row_change(*before.layers[layer], *after.layers[layer],
                                                   place % heads_, row_at(next_row_)));
        }
        means_.push_back(static_cast<float>(sum_ / static_cast<double>(rows_)));
        sum_ = 0;
        next_row_ = 0;
    }
    return false;
}

std::optional<float> HeadChanges::of(HeadId head) const {
    const auto place = static_cast<size_t>(head.layer * heads_ + head.head);
    if (head.head >= heads_ || place >= means_.size()) return std::nullopt;
    return means_[place];
}

}  // namespace fovea::app
