#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/checkpoint.h"
#include "tests/engine/gguf_bytes.h"

namespace fovea::test {

/// Turns a small Hugging Face checkpoint into a GGUF file, as llama.cpp's converters do it: names
/// by the table of the `gguf` package (tests/data/gguf/names.json), weights changed as each
/// architecture has it there.
class GgufConversion {
  public:
    GgufConversion(const std::filesystem::path& folder, const std::string& architecture)
        : gguf_(architecture) {
        std::ifstream(folder / "config.json") >> config_;
        std::ifstream(std::string(TEST_DATA) + "/gguf/names.json") >> names_;
        checkpoint_ = *Checkpoint::open_safetensors(folder / "model.safetensors");
    }

    /// Of matrices whose rows are whole blocks: as they are, as Q8_0, or as the floats that those
    /// blocks stand for.
    enum class Storage { floats, blocks, rounded_floats };
    Storage storage = Storage::floats;

    /// `table` says whose names: the folder's own, or those of another of the same architecture.
    GgufBytes convert(const std::string& table) {
        writer_.text("general.architecture", gguf_);
        write_sizes();
        const auto& names = names_.at(table);
        for (const auto& [name, view] : checkpoint_->tensors()) {
            const auto [first, layer] = of_first_layer(name);
            if (!names.contains(first)) continue;
            std::string known = names.at(first);
            if (const size_t at = known.find("blk.0."); at != std::string::npos)
                known.replace(at + 4, 1, layer);
            write_tensor(name, known, view);
        }
        return writer_;
    }

  private:
    struct Matrix {
        Index rows, columns;
        std::vector<float> values;
        std::vector<float> row(Index r) const {
            return {values.begin() + r * columns, values.begin() + (r + 1) * columns};
        }
    };

    /// The name of the same tensor in layer 0, and the layer's number.
    static std::pair<std::string, std::string> of_first_layer(const std::string& name) {
        for (const char* list : {"block.", "layers.", "layer.", "h."}) {
            const size_t at = name.find(list);
            if (at == std::string::npos) continue;
            const size_t begin = at + std::string(list).size();
            const size_t end = name.find('.', begin);
            return {name.substr(0, begin) + "0" + name.substr(end),
                    name.substr(begin, end - begin)};
        }
        return {name, "0"};
    }

    Index size(std::initializer_list<const char*> names, Index fallback = 0) const {
        for (const char* name : names)
            if (config_.contains(name) && config_[name].is_number()) return config_[name];
        return fallback;
    }
    Index width() const { return size({"hidden_size", "n_embd", "d_model"}); }
    Index heads() const { return size({"num_attention_heads", "n_head", "num_heads"}); }
    Index key_heads() const { return size({"num_key_value_heads"}, heads()); }
    Index head_dim() const { return size({"head_dim", "d_kv"}, width() / heads()); }

    void natural(const std::string& key, Index value) {
        writer_.natural(gguf_ + "." + key, static_cast<std::uint32_t>(value));
    }
    void number(const std::string& key, double value) {
        writer_.number(gguf_ + "." + key, static_cast<float>(value));
    }

    void write_sizes() {
        natural("embedding_length", width());
        natural("block_count", size({"num_hidden_layers", "n_layer", "num_layers"}));
        natural("context_length",
                size({"max_position_embeddings", "n_positions", "seq_length"}, 2048));
        natural("feed_forward_length", size({"intermediate_size", "n_inner", "d_ff"}, 4 * width()));
        natural("attention.head_count", heads());
        if (key_heads() != heads()) natural("attention.head_count_kv", key_heads());
        if (head_dim() != width() / heads()) {
            natural("attention.key_length", head_dim());
            natural("attention.value_length", head_dim());
        }
        const bool rms = config_.contains("rms_norm_eps") || gguf_ == "t5";
        for (const char* name : {"rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon"})
            if (config_.contains(name))
                number(rms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon",
                       config_[name]);
        write_rotary();
        if (gguf_ == "gemma3") natural("attention.sliding_window", config_["sliding_window"]);
        if (config_.contains("use_parallel_residual"))
            writer_.flag(gguf_ + ".use_parallel_residual", config_["use_parallel_residual"]);
        if (gguf_ == "bert") writer_.flag("bert.attention.causal", false);
        if (gguf_ == "t5") {
            natural("attention.relative_buckets_count", config_["relative_attention_num_buckets"]);
            natural("decoder_start_token_id", size({"decoder_start_token_id"}));
            natural("decoder_block_count", config_["num_decoder_layers"]);
        }
    }

    void write_rotary() {
        if (!config_.contains("rope_parameters")) return;
        nlohmann::json rope = config_["rope_parameters"];
        if (rope.contains("full_attention")) rope = rope["full_attention"];
        number("rope.freq_base", rope["rope_theta"]);
        const double share = rope.value("partial_rotary_factor", 1.0);
        natural("rope.dimension_count",
                static_cast<Index>(share * static_cast<double>(head_dim())));
    }

    void write_tensor(const std::string& name, const std::string& gguf_name,
                      const TensorView& view) {
        const bool vector = view.shape.size() == 1;
        Matrix matrix{view.shape[0], vector ? 1 : view.shape[1], {}};
        matrix.values.resize(static_cast<size_t>(matrix.rows * matrix.columns));
        unpack(view.dtype, view.bytes.data(), matrix.rows * matrix.columns, matrix.values.data());
        const auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
        if (gguf_ == "llama" && has("q_proj")) pair_rows(matrix, heads());
        if (gguf_ == "llama" && has("k_proj")) pair_rows(matrix, key_heads());
        if (has("query_key_value")) group_by_kind(matrix);
        if (gguf_ == "gpt2" && !vector && (has("c_attn") || has("c_proj") || has("c_fc")))
            transpose(matrix);
        if (gguf_ == "gemma3" && name.ends_with("norm.weight"))
            for (float& value : matrix.values)
                value += 1;
        if (vector)
            writer_.tensor(gguf_name, {matrix.rows}, matrix.values);
        else if (storage == Storage::blocks && matrix.columns % 32 == 0)
            writer_.tensor(gguf_name, {matrix.rows, matrix.columns}, 8, q8_0(matrix.values));
        else if (storage == Storage::rounded_floats && matrix.columns % 32 == 0)
            writer_.tensor(gguf_name, {matrix.rows, matrix.columns}, rounded(matrix.values));
        else
            writer_.tensor(gguf_name, {matrix.rows, matrix.columns}, matrix.values);
    }

    /// Each 32 numbers are whole multiples of a power of two, so that the 16-bit scale is exact.
    static int exponent_of(const float* values) {
        float largest = 0;
        for (size_t i = 0; i < 32; ++i)
            largest = std::max(largest, std::abs(values[i]));
        return largest > 0 ? std::max(-14, std::ilogb(largest) - 6) : -14;
    }
    static float steps_of(float value, int exponent) {
        return std::clamp(std::nearbyint(std::ldexp(value, -exponent)), -127.0f, 127.0f);
    }
    static std::string q8_0(const std::vector<float>& values) {
        std::string blocks;
        for (size_t begin = 0; begin < values.size(); begin += 32) {
            const int exponent = exponent_of(values.data() + begin);
            GgufBytes::put(blocks, static_cast<std::uint16_t>((exponent + 15) << 10));
            for (size_t i = begin; i < begin + 32; ++i)
                GgufBytes::put(blocks, static_cast<std::int8_t>(steps_of(values[i], exponent)));
        }
        return blocks;
    }
    static std::vector<float> rounded(std::vector<float> values) {
        for (size_t begin = 0; begin < values.size(); begin += 32) {
            const int exponent = exponent_of(values.data() + begin);
            for (size_t i = begin; i < begin + 32; ++i)
                values[i] = std::ldexp(steps_of(values[i], exponent), exponent);
        }
        return values;
    }

    /// The two halves of a head turn about: row 0, row d/2, row 1, row d/2 + 1, ...
    static void pair_rows(Matrix& matrix, Index heads) {
        std::vector<float> turned;
        const Index half = matrix.rows / heads / 2;
        for (Index h = 0; h < heads; ++h)
            for (Index i = 0; i < half; ++i)
                for (const Index row : {2 * half * h + i, 2 * half * h + half + i}) {
                    const auto values = matrix.row(row);
                    turned.insert(turned.end(), values.begin(), values.end());
                }
        matrix.values = std::move(turned);
    }

    /// Query, key and value of each head become all queries, all keys, all values.
    void group_by_kind(Matrix& matrix) const {
        std::vector<float> grouped;
        for (Index kind = 0; kind < 3; ++kind)
            for (Index h = 0; h < heads(); ++h)
                for (Index i = 0; i < head_dim(); ++i) {
                    const auto values = matrix.row((3 * h + kind) * head_dim() + i);
                    grouped.insert(grouped.end(), values.begin(), values.end());
                }
        matrix.values = std::move(grouped);
    }

    static void transpose(Matrix& matrix) {
        std::vector<float> turned;
        for (Index c = 0; c < matrix.columns; ++c)
            for (Index r = 0; r < matrix.rows; ++r)
                turned.push_back(matrix.values[static_cast<size_t>(r * matrix.columns + c)]);
        matrix.values = std::move(turned);
        std::swap(matrix.rows, matrix.columns);
    }

    std::string gguf_;
    nlohmann::json config_, names_;
    std::shared_ptr<const Checkpoint> checkpoint_;
    GgufBytes writer_;
};

}  // namespace fovea::test
