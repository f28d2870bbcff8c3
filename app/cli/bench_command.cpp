#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/bench_model.h"
#include "app/cli/bench_scoring.h"
#include "app/cli/bench_typing.h"
#include "app/cli/subcommand.h"

namespace fovea::app {

namespace {

struct BenchArguments {
    std::string model;
    std::string tokens;  // empty: those below
    std::string head_dims = "64,128";
    bool gpu = false;
    bool typing = false;
    bool json = false;

    std::string_view lengths() const {
        if (!tokens.empty()) return tokens;
        return gpu ? "512,2048,8192" : "12,128";
    }
};

nlohmann::ordered_json optional_number(const std::optional<double>& value) {
    return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
}

/// All that was measured.
struct Times {
    std::vector<LengthTimes> runs;
    std::optional<TypingTimes> typing;
    std::optional<SliderTimes> slider;
};

/// Of the machine in the middle of the runs.
MachineLimits machine_of(const std::vector<LengthTimes>& runs) {
    return runs.empty() ? MachineLimits{} : runs[runs.size() / 2].machine;
}

void print_json(const Times& times) {
    const MachineLimits machine = machine_of(times.runs);
    nlohmann::ordered_json json;
    json["machine"] = {{"threads", machine.threads},
                       {"read_gb_s", machine.read_gb_s},
                       {"gemm_gflop_s", machine.gemm_gflop_s}};
    json["runs"] = nlohmann::ordered_json::array();
    for (const LengthTimes& run : times.runs)
        json["runs"].push_back({{"tokens", run.tokens},
                                {"tokenize_ms", optional_number(run.tokenize_ms)},
                                {"forward_ms", run.forward_ms},
                                {"floor_ms", run.floor_ms()},
                                {"ratio", run.forward_ms / run.floor_ms()},
                                {"append_ms", optional_number(run.append_ms)},
                                {"predict_ms", optional_number(run.predict_ms)},
                                {"all_maps_ms", optional_number(run.all_maps_ms)},
                                {"one_map_ms", optional_number(run.one_map_ms)},
                                {"resoftmax_cpu_ms", run.resoftmax_cpu_ms},
                                {"resoftmax_gpu_ms", optional_number(run.resoftmax_gpu_ms)},
                                {"gpu", run.gpu},
                                {"peak_memory_mb", run.peak_memory_mb},
                                {"weight_mb", run.weight_bytes / 1e6},
                                {"gflop", run.operations / 1e9},
                                {"read_gb_s", run.machine.read_gb_s},
                                {"gemm_gflop_s", run.machine.gemm_gflop_s}});
    if (times.typing)
        json["typing"] = {{"keystrokes", times.typing->keystrokes},
                          {"median_ms", times.typing->median_ms},
                          {"quantile_99_ms", times.typing->quantile_99_ms}};
    if (times.slider)
        json["slider"] = {{"heads", times.slider->heads},
                          {"tokens", times.slider->tokens},
                          {"frame_ms", times.slider->frame_ms},
                          {"frame_cpu_ms", times.slider->frame_cpu_ms}};
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    fmt::print("{}\n", json.dump(2, ' ', false, replace));
}

std::string milliseconds(const std::optional<double>& value) {
    return value ? fmt::format("{:.{}f}", *value, *value < 10 ? 3 : 1) : "-";
}

void print_table(const Times& times) {
    const MachineLimits machine = machine_of(times.runs);
    fmt::print("{} threads · reads {:.1f} GB/s · Eigen {:.0f} GFLOP/s (768 x 768 by 512)\n\n",
               machine.threads, machine.read_gb_s, machine.gemm_gflop_s);
    fmt::print(
        "{:>6}  {:>9}  {:>9}  {:>9}  {:>6}  {:>9}  {:>9}  {:>9}  {:>9}  {:>13}  {:>13}  {:>8}\n",
        "tokens", "tokenize", "forward", "floor", "ratio", "append", "predict", "all maps",
        "one map", "resoftmax CPU", "resoftmax GPU", "memory");
    for (const LengthTimes& run : times.runs)
        fmt::print(
            "{:>6}  {:>9}  {:>9}  {:>9}  {:>6.2f}  {:>9}  {:>9}  {:>9}  {:>9}  {:>13}  {:>13}  "
            "{:>5.0f} MB\n",
            run.tokens, milliseconds(run.tokenize_ms), milliseconds(run.forward_ms),
            milliseconds(run.floor_ms()), run.forward_ms / run.floor_ms(),
            milliseconds(run.append_ms), milliseconds(run.predict_ms),
            milliseconds(run.all_maps_ms), milliseconds(run.one_map_ms),
            milliseconds(run.resoftmax_cpu_ms), milliseconds(run.resoftmax_gpu_ms),
            run.peak_memory_mb);
    fmt::print(
        "\nMedian milliseconds, in turns with the floor's own: the weights read once, or the "
        "arithmetic, whichever takes this machine longer. "
        "Append: the last token, typed after the others. Predict: the logits of the token after "
        "it, "
        "which the forward pass does not include.\n");
    if (times.typing)
        fmt::print("Typing: {} keys, from each to its picture {:.1f} ms, 99 of 100 within {:.1f}\n",
                   times.typing->keystrokes, times.typing->median_ms, times.typing->quantile_99_ms);
    if (times.slider)
        fmt::print(
            "Slider: {} heads of {} tokens at another temperature, picture only: {:.1f} ms a "
            "frame, {:.1f} ms of all cores\n",
            times.slider->heads, times.slider->tokens, times.slider->frame_ms,
            times.slider->frame_cpu_ms);
    if (!times.runs.empty()) fmt::print("GPU: {}\n", times.runs.back().gpu);
}

/// Lengths, each one token at least.
Result<std::vector<std::int32_t>> parse_lengths(std::string_view text) {
    FOVEA_TRY(auto lengths, parse_ids(text));
    for (const std::int32_t length : lengths)
        if (length < 1) return fail("a sentence has one token at least, a head one component");
    return lengths;
}

Outcome run_gpu_bench(const BenchArguments& arguments) {
    FOVEA_TRY(const auto lengths, parse_lengths(arguments.lengths()));
    FOVEA_TRY(const auto head_dims, parse_lengths(arguments.head_dims));
    FOVEA_TRY(const auto bench, measure_gpu_scoring(lengths, head_dims));
    arguments.json ? print_scoring_json(bench) : print_scoring_table(bench);
    return {};
}

Outcome run_bench(const BenchArguments& arguments) {
    if (arguments.gpu) return run_gpu_bench(arguments);
    if (arguments.model.empty()) return Outcome::usage("bench: --model or --gpu is required");
    FOVEA_TRY(const auto lengths, parse_lengths(arguments.lengths()));
    FOVEA_TRY(const auto model, load_model(arguments.model));
    Times times;
    for (const std::int32_t length : lengths) {
        FOVEA_TRY(auto run, measure_length(*model, length));
        times.runs.push_back(std::move(run));
    }
    if (arguments.typing) {
        FOVEA_TRY(times.typing, measure_typing(model));
        const Index tokens = std::min<Index>(128, model->model->context());
        FOVEA_TRY(times.slider, measure_slider(model, tokens));
    }
    arguments.json ? print_json(times) : print_table(times);
    return {};
}

std::function<Outcome()> declare_bench(CLI::App& app) {
    auto arguments = std::make_shared<BenchArguments>();
    app.add_option("--model", arguments->model, "A model's folder, or the name of an installed one")
        ->type_name("FOLDER_OR_NAME");
    app.add_option("--tokens", arguments->tokens,
                   "Lengths of sentence: 12,128 if not given, with --gpu 512,2048,8192")
        ->type_name("LIST")
        ->check(checked_by(parse_lengths));
    auto* gpu = app.add_flag("--gpu", arguments->gpu,
                             "Measure attention on this machine's GPU instead of a model");
    gpu->excludes("--model");
    app.add_option("--head-dims", arguments->head_dims, "With --gpu: components of a head")
        ->type_name("LIST")
        ->capture_default_str()
        ->check(checked_by(parse_lengths))
        ->needs(gpu);
    app.add_flag("--typing", arguments->typing,
                 "Also: 200 keys typed one by one, and a temperature dragged")
        ->excludes(gpu);
    app.add_flag("--json", arguments->json, "One object instead of a table");
    return [arguments] { return run_bench(*arguments); };
}

}  // namespace

Subcommand bench_subcommand() {
    return {"bench", "Measure a model's speed and the floor that this machine sets", declare_bench};
}

}  // namespace fovea::app
