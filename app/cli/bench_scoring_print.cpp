#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/cli/bench_scoring.h"

namespace fovea::app {

namespace {

/// Operations or bytes a second, in units of 10⁹.
double rate(double amount, double milliseconds) {
    return amount / milliseconds / 1e6;
}

std::string percent(double share) {
    return fmt::format("{:.1f} %", 100 * share);
}

}  // namespace

void print_scoring_json(const ScoringBench& bench) {
    nlohmann::ordered_json json;
    json["gpu"] = {{"device", bench.device},
                   {"peak_gflop_s", bench.peak_gflop_s},
                   {"copy_gb_s", bench.copy_gb_s}};
    json["threads"] = bench.threads;
    json["runs"] = nlohmann::ordered_json::array();
    for (const ScoringTimes& run : bench.runs) {
        const double flops = rate(run.score_operations, run.score_ms);
        const double bytes = rate(run.score_bytes, run.score_ms);
        const double pool_flops = rate(run.pool_operations, run.pool_ms);
        json["runs"].push_back({{"tokens", run.tokens},
                                {"head_dim", run.head_dim},
                                {"heads", run.heads},
                                {"cpu_ms", run.cpu_ms},
                                {"score_ms", run.score_ms},
                                {"score_speedup", run.cpu_ms / run.score_ms},
                                {"score_gflop_s", flops},
                                {"score_share_of_arithmetic", flops / bench.peak_gflop_s},
                                {"score_gb_s", bytes},
                                {"score_share_of_bandwidth", bytes / bench.copy_gb_s},
                                {"pool_cells", run.pool_side * run.pool_side},
                                {"pool_ms", run.pool_ms},
                                {"pool_gflop_s", pool_flops},
                                {"pool_share_of_arithmetic", pool_flops / bench.peak_gflop_s}});
    }
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;
    fmt::print("{}\n", json.dump(2, ' ', false, replace));
}

void print_scoring_table(const ScoringBench& bench) {
    fmt::print("{} · {:.0f} GFLOP/s · copies {:.1f} GB/s · CPU: {} threads\n\n", bench.device,
               bench.peak_gflop_s, bench.copy_gb_s, bench.threads);
    fmt::print("{:>6}  {:>8}  {:>10}  {:>10}  {:>8}  {:>9}  {:>8}  {:>8}  {:>8}  {:>10}  {:>9}\n",
               "tokens", "head_dim", "CPU", "GPU", "CPU/GPU", "GFLOP/s", "of peak", "GB/s",
               "of copy", "pooled", "of peak");
    for (const ScoringTimes& run : bench.runs) {
        const double flops = rate(run.score_operations, run.score_ms);
        const double bytes = rate(run.score_bytes, run.score_ms);
        const double pool_flops = rate(run.pool_operations, run.pool_ms);
        fmt::print(
            "{:>6}  {:>8}  {:>10.3f}  {:>10.3f}  {:>8.2f}  {:>9.1f}  {:>8}  {:>8.2f}  "
            "{:>8}  {:>10.3f}  {:>9}\n",
            run.tokens, run.head_dim, run.cpu_ms, run.score_ms, run.cpu_ms / run.score_ms, flops,
            percent(flops / bench.peak_gflop_s), bytes, percent(bytes / bench.copy_gb_s),
            run.pool_ms, percent(pool_flops / bench.peak_gflop_s));
    }
    fmt::print(
        "\nMedian milliseconds a head. GPU: softmax, then every weight into a texture; it makes "
        "each product twice. Pooled: the whole map at screen resolution. Peak: multiply-adds in "
        "registers; copy: from one buffer to another, both measured in this run.\n");
}

}  // namespace fovea::app
