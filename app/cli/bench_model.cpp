#include "app/cli/bench_model.h"

#include <fmt/format.h>

#include <fstream>
#include <random>
#include <string_view>
#include <vector>

#include "app/cli/bench_clock.h"
#include "app/cli/bench_gpu.h"
#include "engine/arch/arch_spec.h"
#include "engine/core/task_pool.h"
#include "engine/model/forward.h"
#include "engine/model/weights.h"
#include "engine/trace/head_map.h"
#include "engine/trace/score.h"

namespace fovea::app {

namespace {

constexpr std::string_view words[] = {"the", "old",   "man",   "sat", "by",    "a",     "river",
                                      "and", "saw",   "two",   "red", "birds", "fly",   "over",
                                      "his", "house", "while", "it",  "was",   "still", "dark"};

std::string sentence_of(Index word_count) {
    std::string text;
    for (Index i = 0; i < word_count; ++i) {
        if (i > 0) text += ' ';
        text += words[static_cast<size_t>(i) % std::size(words)];
    }
    return text;
}

struct Sentence {
    std::string text;  ///< empty without a tokenizer
    std::vector<std::int32_t> ids;
};

/// A sentence of exactly so many tokens; its text has at least as many.
Result<Sentence> sentence_with(const LoadedModel& model, Index tokens) {
    Sentence sentence;
    if (!model.tokenizer) {
        std::mt19937 random(1);
        for (Index i = 0; i < tokens; ++i)
            sentence.ids.push_back(static_cast<std::int32_t>(static_cast<Index>(random()) %
                                                             model.model->vocabulary()));
        return sentence;
    }
    // More words never make fewer tokens, and a word makes one at least: the fewest words that
    // suffice lie between none and `tokens`.
    Index fewest = 0, enough = tokens;
    while (fewest < enough) {
        const Index middle = (fewest + enough) / 2;
        FOVEA_TRY(const auto encoded, model.tokenizer->encode(sentence_of(middle), true));
        if (static_cast<Index>(encoded.size()) >= tokens) {
            enough = middle;
        } else {
            fewest = middle + 1;
        }
    }
    sentence.text = sentence_of(enough);
    FOVEA_TRY(const auto encoded, model.tokenizer->encode(sentence.text, true));
    if (static_cast<Index>(encoded.size()) < tokens)
        return fail("{}: no sentence of {} tokens could be made", model.name, tokens);
    for (Index i = 0; i < tokens; ++i)
        sentence.ids.push_back(encoded[static_cast<size_t>(i)].id);
    return sentence;
}

/// Numbers of some matrices, and their bytes as the file has them.
struct MatrixSizes {
    double numbers = 0;
    double bytes = 0;

    void add(const BoundTensor& tensor, Index rows) {
        numbers += static_cast<double>(rows * tensor.columns);
        bytes += static_cast<double>(rows) *
                 static_cast<double>(dtype_bytes(tensor.dtype, tensor.columns));
    }
};

/// The matrices of all layers are read once and used for every token; of the embeddings only the
/// rows that occur; of the language head nothing.
void count_needs(const Model& model, LengthTimes& times) {
    const ModelConfig& config = model.config();
    MatrixSizes matrices, embeddings;
    for (const BoundTensors& layer : model.weights().layers) {
        const bool fused = !layer.has(Role::query_weight);
        for (const Role role : {fused ? Role::query_key_value_weight : Role::query_weight,
                                Role::key_weight, Role::value_weight, Role::output_weight,
                                Role::up_weight, Role::gate_weight, Role::down_weight})
            if (layer.has(role)) matrices.add(layer[role], layer[role].rows);
    }
    const Index n = times.tokens;
    for (const Role role : {Role::token_embedding, Role::position_embedding})
        if (const BoundTensor& table = model.weights().model[role]; table.data)
            embeddings.add(table, n);
    times.weight_bytes = matrices.bytes + embeddings.bytes;
    const Index pairs = model.causal() ? n * (n + 1) / 2 : n * n;
    times.operations = 2.0 * matrices.numbers * static_cast<double>(n) +
                       4.0 * static_cast<double>(pairs) *
                           static_cast<double>(config.query_width() * config.layers);
}

void forget_peak_memory() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_memory_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
    return 0;
}

/// The same pass again and again, each with a temperature that the one before did not have.
double measure_rescoring(const Trace& trace) {
    Edits edits;
    edits.temperatures = {{{}, 1.0f}};
    return median_ms([&] {
        float& temperature = edits.temperatures.front().value;
        temperature = temperature > 2 ? 1.01f : temperature * 1.01f;
        rescore(trace, edits, nullptr, CancelToken());
    });
}

/// The sentence without its last token is there already.
std::optional<double> measure_append(const Model& model, const ForwardRequest& whole) {
    ForwardRequest before = whole;
    auto& ids = model.encoder() ? before.decoder_ids : before.ids;
    ids.pop_back();
    if (ids.empty()) return std::nullopt;
    const auto trace = run(model, before, nullptr, CancelToken());
    if (!trace) return std::nullopt;
    return median_ms([&] { (void)run(model, whole, trace->get(), CancelToken()).ok(); });
}

}  // namespace

Result<LengthTimes> measure_length(const LoadedModel& loaded, Index tokens) {
    const Model& model = *loaded.model;
    if (tokens > model.context())
        return fail("{} takes {} tokens at most, not {}", loaded.name, model.context(), tokens);
    LengthTimes times;
    times.tokens = tokens;
    count_needs(model, times);
    FOVEA_TRY(const Sentence sentence, sentence_with(loaded, tokens));
    forget_peak_memory();

    if (loaded.tokenizer)
        times.tokenize_ms =
            median_ms([&] { (void)loaded.tokenizer->encode(sentence.text, true).ok(); });

    ForwardRequest request{sentence.ids, {}};
    if (model.encoder()) request.decoder_ids = sentence.ids;
    FOVEA_TRY(std::shared_ptr<const Trace> trace, run(model, request, nullptr, CancelToken()));
    times.forward_ms = median_ms([&] {
        auto result = run(model, request, nullptr, CancelToken());
        if (result) trace = *result;
    });

    times.append_ms = measure_append(model, request);

    const Index heads = model.heads();
    const auto make_map = [&](Index layer, Index head) {
        const LayerTrace& in = *trace->layers[static_cast<size_t>(layer)];
        return head_map(in, head, Quantity::weights, whole_map(in));
    };
    times.all_maps_ms = median_ms([&] {
        parallel_for(model.layers() * heads, [&](Index i) { make_map(i / heads, i % heads); });
    });
    times.one_map_ms = median_ms([&] { make_map(model.layers() / 2, heads / 2); });
    times.resoftmax_cpu_ms = measure_rescoring(*trace);
    times.peak_memory_mb = peak_memory_mb();  // before a GPU driver has its own

    const Result<GpuTime> gpu = measure_gpu_rescoring(*trace);
    if (gpu) {
        times.resoftmax_gpu_ms = gpu->milliseconds;
        times.gpu = gpu->device;
    } else {
        times.gpu = gpu.message();
    }
    return times;
}

}  // namespace fovea::app
