#include "app/cli/bench_model.h"

#include <fmt/format.h>
#include <malloc.h>

#include <fstream>
#include <functional>
#include <vector>

#include "app/cli/bench_clock.h"
#include "app/cli/bench_gpu.h"
#include "app/cli/bench_sentence.h"
#include "engine/core/memory_shortage.h"
#include "engine/core/task_pool.h"
#include "engine/model/forward.h"
#include "engine/model/pass_memory.h"
#include "engine/model/weights.h"
#include "engine/trace/head_map.h"
#include "engine/trace/rescore.h"

namespace fovea::app {

namespace {

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
    ::malloc_trim(0);  // what runs before have left
    std::ofstream("/proc/self/clear_refs") << "5";
}

double peak_memory_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) * 1024 / 1e6;
    return 0;
}

/// Every head at another temperature each time it is called.
class Rescoring {
  public:
    explicit Rescoring(const Trace& trace) : trace_(trace) { edits_.temperatures = {{{}, 1.0f}}; }
    void operator()() {
        float& temperature = edits_.temperatures.front().value;
        temperature = temperature > 2 ? 1.01f : temperature * 1.01f;
        rescore(trace_, edits_, nullptr, CancelToken());
    }

  private:
    const Trace& trace_;
    Edits edits_;
};

/// The pass without its last token; null for a single one.
std::shared_ptr<const Trace> all_but_the_last(const Model& model, ForwardRequest request) {
    auto& ids = model.encoder() ? request.decoder_ids : request.ids;
    ids.pop_back();
    if (ids.empty()) return nullptr;
    auto trace = run(model, request, nullptr, CancelToken());
    return trace ? *trace : nullptr;
}

/// What is kept at once: the pass, the one before its last token, and the one that is timed.
Status check_memory(const LoadedModel& loaded, Index tokens) {
    const Model& model = *loaded.model;
    const PassMemory one = pass_memory(model, tokens, model.encoder() ? tokens : 0);
    const double need = 3 * one.kept + one.working;
    const auto shortage = memory_shortage(need);
    if (!shortage) return {};
    return fail("measuring {} tokens of {} takes about {} of memory, and {}: give fewer --tokens",
                tokens, loaded.name, size_in_words(need), *shortage);
}

}  // namespace

double LengthTimes::floor_ms() const {
    return std::max(weight_bytes / (machine.read_gb_s * 1e6),
                    operations / (machine.gemm_gflop_s * 1e6));
}

Result<LengthTimes> measure_length(const LoadedModel& loaded, Index tokens) {
    const Model& model = *loaded.model;
    if (tokens > model.context())
        return fail("{} takes {} tokens at most, not {}", loaded.name, model.context(), tokens);
    FOVEA_CHECK(check_memory(loaded, tokens));
    LengthTimes times;
    times.tokens = tokens;
    count_needs(model, times);
    FOVEA_TRY(const BenchSentence sentence, sentence_with(loaded, tokens));

    ForwardRequest request{sentence.ids, {}};
    if (model.encoder()) request.decoder_ids = sentence.ids;
    forget_peak_memory();
    FOVEA_TRY(const std::shared_ptr<const Trace> trace,
              run(model, request, nullptr, CancelToken()));
    times.peak_memory_mb = peak_memory_mb();  // before the probe and a GPU driver have theirs

    if (loaded.tokenizer)
        times.tokenize_ms =
            median_ms([&] { (void)loaded.tokenizer->encode(sentence.text, true).ok(); });
    const Index heads = model.heads();
    const auto make_map = [&](Index layer, Index head) {
        const LayerTrace& in = *trace->layers[static_cast<size_t>(layer)];
        return head_map(in, head, Quantity::weights, whole_map(in));
    };
    // Whole maps of a long sentence are made by nobody.
    if (tokens <= 1024)
        times.all_maps_ms = median_ms([&] {
            parallel_for(model.layers() * heads, [&](Index i) { make_map(i / heads, i % heads); });
        });
    if (tokens <= 4096)
        times.one_map_ms = median_ms([&] { make_map(model.layers() / 2, heads / 2); });

    MachineProbe probe;
    const auto before = all_but_the_last(model, request);
    std::vector<std::function<void()>> works = {
        [&] { probe.read(); }, [&] { probe.multiply(); },
        [&] { (void)run(model, request, nullptr, CancelToken()).ok(); }, Rescoring(*trace)};
    if (before)
        works.push_back([&] { (void)run(model, request, before.get(), CancelToken()).ok(); });
    const Index last = trace->length() - 1;
    const bool predicts = model.has_language_head();
    if (predicts) works.push_back([&] { (void)logits(model, *trace, last, last + 1); });
    const std::vector<double> medians = median_ms_in_turns(works);
    times.machine = probe.limits(medians[0], medians[1]);
    times.forward_ms = medians[2];
    times.resoftmax_cpu_ms = medians[3];
    if (before) times.append_ms = medians[4];
    if (predicts) times.predict_ms = medians.back();

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
