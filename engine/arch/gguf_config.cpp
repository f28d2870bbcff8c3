#include "engine/arch/gguf_config.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <vector>

#include "engine/arch/gguf_keys.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

/// `general.architecture` and the `model_type` whose configuration and tensors it has.
struct Architecture {
    std::string_view gguf;
    std::string_view model_type;
};
constexpr Architecture architectures_known[] = {
    {"llama", "llama"},  {"qwen2", "qwen2"},
    {"qwen3", "qwen3"},  {"gemma3", "gemma3_text"},
    {"gpt2", "gpt2"},    {"gptneox", "gpt_neox"},
    {"phi2", "phi"},     {"bloom", "bloom"},
    {"bert", "bert"},    {"t5", "t5"},
    {"t5encoder", "t5"},
};

class ConfigWriter {
  public:
    ConfigWriter(const Gguf& gguf, const Architecture& architecture)
        : gguf_(gguf), architecture_(architecture) {}

    Result<std::string> write() {
        json_["model_type"] = std::string(architecture_.model_type);
        FOVEA_CHECK(gguf_.check_kinds());
        FOVEA_CHECK(refuse_what_is_left_out());
        FOVEA_CHECK(write_sizes());
        write_numbers();
        // Biases count where they are there.
        json_["attention_bias"] = json_["mlp_bias"] = true;
        FOVEA_CHECK(write_rotary());
        json_["tie_word_embeddings"] = !tensor("output.weight");
        if (is("gemma3")) write_gemma();
        if (is("t5") || is("t5encoder")) FOVEA_CHECK(write_t5());
        if (is("t5encoder")) json_["architectures"] = {"T5EncoderModel"};
        return json_.dump(2, ' ', false, Json::error_handler_t::replace);
    }

  private:
    bool is(std::string_view name) const { return architecture_.gguf == name; }
    std::string key(std::string_view name) const {
        return fmt::format("{}.{}", architecture_.gguf, name);
    }
    const TensorView* tensor(std::string_view name) const { return gguf_.checkpoint()->find(name); }
    /// Rows of a matrix; one of a single row may have lost its first extent.
    Index rows(std::string_view name) const {
        const TensorView* view = tensor(name);
        if (!view || view->shape.empty()) return 0;
        return view->shape.size() == 1 ? 1 : view->shape[0];
    }

    Status refuse_what_is_left_out() const;
    Result<std::optional<Index>> uniform(std::string_view name) const;
    Result<Index> size(std::string_view name) const;
    Status write_sizes();
    void write_numbers();
    Status write_rotary();
    Status write_rotary_scaling();
    Status refuse_rotary_details() const;
    Status write_frequency_factors(Index dimensions);
    void write_gemma();
    Status write_t5();

    const GgufMetadata gguf_;
    const Architecture& architecture_;
    Json json_ = Json::object();
};

/// What an architecture's name covers that Fovea does not.
Status ConfigWriter::refuse_what_is_left_out() const {
    if (gguf_.integer("split.count").value_or(1) > 1)
        return fail("{}: is one of {} parts of a model; join them with llama-gguf-split --merge",
                    gguf_.name(), *gguf_.integer("split.count"));
    if (gguf_.integer(key("expert_count")).value_or(0) > 0)
        return fail("{}: Fovea cannot run a mixture of experts (\"{}\": {})", gguf_.name(),
                    key("expert_count"), *gguf_.integer(key("expert_count")));
    for (const char* name :
         {"attention.scale", "logit_scale", "residual_scale", "embedding_scale",
          "attention.clamp_kqv", "attn_logit_softcapping", "final_logit_softcapping"}) {
        const auto value = gguf_.number(key(name));
        if (value && *value != 0)
            return fail("{}: Fovea cannot run \"{}\": {}", gguf_.name(), key(name), *value);
    }
    return {};
}

/// A size that may stand there once for each layer, as long as all are the same.
Result<std::optional<Index>> ConfigWriter::uniform(std::string_view name) const {
    const auto single = gguf_.integer(key(name));
    if (single) return std::optional<Index>(*single);
    const GgufNumbers* list = gguf_.numbers(key(name));
    if (!list || list->size() == 0) return std::optional<Index>();
    const double first = (*list)[0];
    for (Index i = 1; i < list->size(); ++i)
        if ((*list)[i] != first)
            return fail("{}: Fovea cannot run layers of different sizes (\"{}\")", gguf_.name(),
                        key(name));
    if (!(first >= 0 && first <= 0x1p53 && first == std::floor(first)))
        return fail("{}: \"{}\" holds what is not a size", gguf_.name(), key(name));
    return std::optional<Index>(static_cast<Index>(first));
}

Result<Index> ConfigWriter::size(std::string_view name) const {
    FOVEA_TRY(const std::optional<Index> found, uniform(name));
    if (!found) return fail("{}: \"{}\" is missing", gguf_.name(), key(name));
    return *found;
}

/// Each under all the names that architectures have for it.
Status ConfigWriter::write_sizes() {
    const auto put = [&](std::initializer_list<const char*> names, Index value) {
        for (const char* name : names)
            json_[name] = value;
    };
    FOVEA_TRY(const Index width, size("embedding_length"));
    FOVEA_TRY(const Index layers, size("block_count"));
    FOVEA_TRY(const Index heads, size("attention.head_count"));
    FOVEA_TRY(const std::optional<Index> key_heads, uniform("attention.head_count_kv"));
    FOVEA_TRY(const std::optional<Index> key_length, uniform("attention.key_length"));
    FOVEA_TRY(const std::optional<Index> value_length, uniform("attention.value_length"));
    FOVEA_TRY(const std::optional<Index> feed_forward, uniform("feed_forward_length"));
    put({"hidden_size", "n_embd", "d_model"}, width);
    put({"num_hidden_layers", "n_layer", "num_layers"}, layers);
    put({"num_attention_heads", "n_head", "num_heads"}, heads);
    if (key_heads) put({"num_key_value_heads"}, *key_heads);
    const Index head_dim = key_length ? *key_length : heads > 0 ? width / heads : 0;
    if (value_length.value_or(head_dim) != head_dim)
        return fail("{}: Fovea cannot run values of another size ({}) than keys ({})", gguf_.name(),
                    *value_length, head_dim);
    put({"head_dim", "d_kv"}, head_dim);
    if (feed_forward) put({"intermediate_size", "n_inner", "d_ff"}, *feed_forward);
    // The embedding is what counts: it may have more rows than the tokenizer has tokens.
    put({"vocab_size"}, rows("token_embd.weight"));
    FOVEA_TRY(const Index context, size("context_length"));
    const Index positions = rows("position_embd.weight");
    put({"max_position_embeddings", "n_positions", "seq_length"},
        positions > 0 ? positions : context);
    if (is("bert")) put({"type_vocab_size"}, rows("token_types.weight"));
    return {};
}

void ConfigWriter::write_numbers() {
    if (const auto epsilon = gguf_.number(key("attention.layer_norm_rms_epsilon")))
        json_["rms_norm_eps"] = json_["layer_norm_epsilon"] = *epsilon;
    if (const auto epsilon = gguf_.number(key("attention.layer_norm_epsilon")))
        json_["layer_norm_eps"] = json_["layer_norm_epsilon"] = *epsilon;
    if (const auto parallel = gguf_.flag(key("use_parallel_residual")))
        json_["use_parallel_residual"] = *parallel;
    if (const auto causal = gguf_.flag(key("attention.causal"))) {
        json_["is_causal"] = *causal;
        json_["is_decoder"] = *causal;  // BERT's word for it
    }
}

Status ConfigWriter::write_rotary() {
    if (const auto base = gguf_.number(key("rope.freq_base")))
        json_["rope_theta"] = json_["rotary_emb_base"] = *base;
    const Index head_dim = json_["head_dim"].get<Index>();
    const Index turning = gguf_.integer(key("rope.dimension_count")).value_or(head_dim);
    if (turning < 0 || turning > head_dim)
        return fail("{}: \"{}\" is {}, more than the {} that a head has", gguf_.name(),
                    key("rope.dimension_count"), turning, head_dim);
    // The share of the head is multiplied out again and rounded down: half a dimension more keeps
    // it from falling short.
    json_["fovea_rotary_share"] =
        turning == head_dim ? 1.0
                            : (static_cast<double>(turning) + 0.5) / static_cast<double>(head_dim);
    FOVEA_CHECK(write_rotary_scaling());
    return write_frequency_factors(turning);
}

/// What llama.cpp does beyond YaRN as it was published, where the file asks for it.
Status ConfigWriter::refuse_rotary_details() const {
    const bool yarn = gguf_.text(key("rope.scaling.type")) == "yarn";
    // ... and the value that asks for nothing.
    std::vector<std::pair<const char*, double>> details = {{"rope.scaling.yarn_attn_factor", 1},
                                                           {"rope.scaling.yarn_log_multiplier", 0}};
    details.emplace_back(yarn ? "rope.scaling.yarn_ext_factor" : "rope.scaling.attn_factor", 1);
    for (const auto& [name, neutral] : details) {
        const auto value = gguf_.number(key(name));
        const bool unset = value && *value < 0 && std::string_view(name).ends_with("ext_factor");
        if (value && *value != neutral && !unset)
            return fail("{}: Fovea cannot run \"{}\": {}", gguf_.name(), key(name), *value);
    }
    return {};
}

Status ConfigWriter::write_rotary_scaling() {
    FOVEA_CHECK(refuse_rotary_details());
    const auto older = gguf_.number(key("rope.scale_linear"));
    const auto factor = gguf_.number(key("rope.scaling.factor"));
    std::string type(gguf_.text(key("rope.scaling.type")).value_or("linear"));
    if (type == "none" || (!factor && !older && type == "linear")) return {};
    Json scaling = {{"rope_type", type}};
    if (factor || older) scaling["factor"] = factor ? *factor : *older;
    if (type == "linear" && scaling["factor"] == 1.0) return {};
    if (const auto trained = gguf_.integer(key("rope.scaling.original_context_length")))
        scaling["original_max_position_embeddings"] = *trained;
    // Beside the factor's own amplitude, which transformers' key of this name replaces.
    if (const auto times = gguf_.number(key("rope.scaling.attn_factor")); times && factor)
        scaling["attention_factor"] = *times * (*factor > 1 ? 1 + 0.1 * std::log(*factor) : 1.0);
    if (const auto fast = gguf_.number(key("rope.scaling.yarn_beta_fast")))
        scaling["beta_fast"] = *fast;
    if (const auto slow = gguf_.number(key("rope.scaling.yarn_beta_slow")))
        scaling["beta_slow"] = *slow;
    if (tensor("rope_factors_long.weight") || tensor("rope_factors_short.weight"))
        scaling["rope_type"] = "longrope";
    json_["rope_scaling"] = scaling;
    return {};
}

/// Llama 3's scaling is in the file as what each frequency is divided by. The numbers that they
/// were made of are the same for every model that Meta has published; others are refused.
Status ConfigWriter::write_frequency_factors(Index dimensions) {
    const TensorView* view = tensor("rope_freqs.weight");
    if (!view) return {};
    const Index pairs = dimensions / 2;
    if (view->dtype != DType::f32 || view->shape != std::vector<Index>{pairs})
        return fail("{}: rope_freqs.weight should be {} numbers of type F32", gguf_.name(), pairs);
    std::vector<float> factors(static_cast<size_t>(pairs));
    unpack(DType::f32, view->bytes.data(), pairs, factors.data());
    const float largest = *std::max_element(factors.begin(), factors.end());
    if (largest == 1.0f && *std::min_element(factors.begin(), factors.end()) == 1.0f) return {};

    constexpr double trained = 8192, low = 1, high = 4;
    const double theta = json_.value("rope_theta", 10000.0);
    for (Index i = 0; i < pairs; ++i) {
        const double frequency =
            std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(dimensions));
        const double turns = trained * frequency / (2 * std::numbers::pi);
        double wanted = largest;
        if (turns > high) {
            wanted = 1;
        } else if (turns >= low) {
            const double smooth = (turns - low) / (high - low);
            wanted = 1 / ((1 - smooth) / largest + smooth);
        }
        const double found = factors[static_cast<size_t>(i)];
        if (!(std::abs(found - wanted) <= 1e-3 * wanted))
            return fail(
                "{}: rope_freqs.weight divides frequencies otherwise than Llama 3 does, which "
                "Fovea cannot run",
                gguf_.name());
    }
    json_["rope_scaling"] = {{"rope_type", "llama3"},
                             {"factor", largest},
                             {"low_freq_factor", low},
                             {"high_freq_factor", high},
                             {"original_max_position_embeddings", trained}};
    return {};
}

/// The format leaves to the architecture's name what all its models have in common.
void ConfigWriter::write_gemma() {
    json_["fovea_gain_offset"] = 0;
    if (const auto window = gguf_.integer(key("attention.sliding_window")))
        json_["sliding_window"] = *window;
    json_["sliding_window_pattern"] =
        gguf_.integer(key("attention.sliding_window_pattern")).value_or(6);
    json_["rope_local_base_freq"] = gguf_.number(key("rope.freq_base_swa")).value_or(10000.0);
    if (!json_.contains("rope_theta")) json_["rope_theta"] = 1e6;
    // The largest model divides by its width shared out, all others by the size of a head.
    constexpr Index layers_of_the_largest = 62;
    const bool largest = json_["num_hidden_layers"] == layers_of_the_largest;
    json_["query_pre_attn_scalar"] =
        largest ? json_["hidden_size"].get<Index>() /
                      std::max<Index>(1, json_["num_attention_heads"].get<Index>())
                : json_["head_dim"].get<Index>();
}

Status ConfigWriter::write_t5() {
    if (const auto layers = gguf_.integer(key("decoder_block_count")))
        json_["num_decoder_layers"] = *layers;
    json_["relative_attention_num_buckets"] =
        gguf_.integer(key("attention.relative_buckets_count")).value_or(32);
    // Version 1.1 gave T5 a gate and took the scale of its output away.
    const bool gated = tensor("dec.blk.0.ffn_gate.weight") || tensor("enc.blk.0.ffn_gate.weight");
    json_["feed_forward_proj"] = gated ? "gated-gelu" : "relu";
    json_["scale_decoder_outputs"] = !gated && !tensor("output.weight");
    json_["decoder_start_token_id"] = gguf_.integer(key("decoder_start_token_id")).value_or(0);
    json_["eos_token_id"] = gguf_.integer("tokenizer.ggml.eos_token_id").value_or(1);
    return {};
}

}  // namespace

Result<std::string> gguf_config_json(const Gguf& gguf) {
    const auto name = gguf.text("general.architecture");
    if (!name) return fail("{}: \"general.architecture\" is missing", gguf.name());
    for (const Architecture& row : architectures_known)
        if (row.gguf == *name) return ConfigWriter(gguf, row).write();
    std::string known;
    for (const Architecture& row : architectures_known)
        known += (known.empty() ? "" : ", ") + std::string(row.gguf);
    return fail("{}: the architecture \"{}\" of a GGUF file is not known (known: {})", gguf.name(),
                *name, known);
}

}  // namespace fovea
