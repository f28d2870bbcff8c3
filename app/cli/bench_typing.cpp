#include "app/cli/bench_typing.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "app/cli/bench_clock.h"
#include "app/cli/bench_sentence.h"
#include "app/maps/thumbnail_atlas.h"
#include "engine/session/worker.h"
#include "engine/trace/head_map.h"

namespace fovea::app {

namespace {

constexpr Index texture_limit = 4096;

/// Somebody who asks the worker and waits for the picture.
class Reader {
  public:
    explicit Reader(const std::shared_ptr<const LoadedModel>& model) { request_.model = model; }

    ReadingRequest& request() { return request_; }

    /// Milliseconds until the picture is ready.
    Result<double> ask() {
        const auto start = std::chrono::steady_clock::now();
        ++request_.revision;
        worker_.submit(request_);
        std::optional<WorkerReport> report;
        while (!report || report->revision != request_.revision) {
            std::unique_lock lock(mutex_);
            woken_.wait(lock, [&] { return awake_; });
            awake_ = false;
            lock.unlock();
            if (auto newest = worker_.take()) report = std::move(newest);
        }
        if (!report->reading) return Error{report->error};
        draw(report->reading->shown(true));
        return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
            .count();
    }

  private:
    void draw(const Trace& trace) {
        make_atlas(trace, atlas_layout(trace, texture_limit));
        const LayerTrace& layer = *trace.layers.front();
        constexpr Index cells = 512;  // of the large map on the screen
        pooled_head_map(layer, 0, Quantity::weights, whole_map(layer), cells, cells,
                        Pooling::largest);
    }

    ReadingRequest request_;
    std::mutex mutex_;
    std::condition_variable woken_;
    bool awake_ = false;
    // Last: they end before what the callback touches.
    Scheduler jobs_{[this] {
        const std::lock_guard lock(mutex_);
        awake_ = true;
        woken_.notify_one();
    }};
    Worker worker_{jobs_};
};

}  // namespace

Result<TypingTimes> measure_typing(const std::shared_ptr<const LoadedModel>& model) {
    constexpr size_t keys = 200;
    const std::string text = sentence_of(keys).substr(0, keys);
    Reader reader(model);
    std::vector<double> times;
    for (size_t typed = 1; typed <= keys; ++typed) {
        reader.request().text = text.substr(0, typed);
        FOVEA_TRY(const double milliseconds, reader.ask());
        times.push_back(milliseconds);
    }
    return TypingTimes{static_cast<Index>(keys), quantile(times, 0.5), quantile(times, 0.99)};
}

Result<SliderTimes> measure_slider(const std::shared_ptr<const LoadedModel>& model, Index tokens) {
    FOVEA_TRY(const BenchSentence sentence, sentence_with(*model, tokens));
    Reader reader(model);
    ReadingRequest& request = reader.request();
    request.text = sentence.text;
    request.picture_only = true;
    FOVEA_TRY(double milliseconds, reader.ask());
    constexpr int frames = 120;
    std::vector<double> times;
    const double before = cpu_ms();
    for (int frame = 0; frame < frames; ++frame) {
        request.edits.temperatures = {{{}, 0.5f + 0.01f * static_cast<float>(frame)}};
        FOVEA_TRY(milliseconds, reader.ask());
        times.push_back(milliseconds);
    }
    SliderTimes slider;
    slider.heads = model->model->layers() * model->model->heads();
    slider.tokens = tokens;
    slider.frame_cpu_ms = (cpu_ms() - before) / frames;
    slider.frame_ms = quantile(times, 0.5);
    return slider;
}

}  // namespace fovea::app
