#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <thread>
#include <vector>

#include "app/maps/map_cells.h"
#include "tests/ui/made_up_trace.h"

namespace fovea::app {

/// What frames cost the thread that draws them, in milliseconds.
struct FrameCosts {
    double median = 0, worst = 0;
};

inline double milliseconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

/// On the processor: what others do meanwhile does not count.
inline double thread_milliseconds() {
    return milliseconds(CLOCK_THREAD_CPUTIME_ID);
}
inline double process_milliseconds() {
    return milliseconds(CLOCK_PROCESS_CPUTIME_ID);
}

/// What making the whole of the map below costs this machine, of the processor: its own measure.
inline double whole_map_milliseconds() {
    const auto trace = made_up_trace(one_causal_head(8192, 64));
    const double before = process_milliseconds();
    pooled_head_map(*trace->layers[0], 0, Quantity::weights, whole_map(*trace->layers[0]), 700, 700,
                    Pooling::largest);
    const double whole = process_milliseconds() - before;
    std::printf("whole %.3f ms\n", whole);
    return whole;
}

/// From the whole map of one causal head of 8,192 tokens to `last_span` of them, as fast as a wheel
/// turns. `look` draws a frame and returns how many cells it covered, which must be all in view;
/// `rest` follows it outside of its time.
inline FrameCosts zoom_into_map(
    double last_span, const std::function<Index(const MapPicture&)>& look,
    const std::function<void()>& rest = [] {}) {
    const auto trace = made_up_trace(one_causal_head(8192, 64));
    MapPicture picture;
    picture.layer = trace->layers[0];
    std::vector<double> frames;
    for (double span = 8192; span > last_span; span /= 1.05) {
        const auto cells = static_cast<Index>(span);
        const Index begin = (8192 - cells) / 2;
        picture.region = {begin, begin + cells, begin, begin + cells};
        const double before = thread_milliseconds();
        EXPECT_EQ(look(picture), cells * cells);
        frames.push_back(thread_milliseconds() - before);
        rest();
        std::this_thread::sleep_for(std::chrono::milliseconds(16));
    }
    std::sort(frames.begin(), frames.end());
    const FrameCosts costs{frames[frames.size() / 2], frames.back()};
    std::printf("%zu frames: median %.3f ms, worst %.3f ms of the UI thread\n", frames.size(),
                costs.median, costs.worst);
    return costs;
}

}  // namespace fovea::app
