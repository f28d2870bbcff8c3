#include "random_model.h"

#include <bit>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/text/steps/byte_alphabet.h"

namespace fovea::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct RandomTensor {
    std::string name;
    std::vector<Index> shape;
    float mean = 0, deviation = 0.02f;  ///< GPT-2's own start (Radford et al. 2019)

    Index size() const { return element_count(shape); }
};

class TensorList {
  public:
    void matrix(std::string name, Index rows, Index columns, float deviation = 0.02f) {
        tensors.push_back({std::move(name), {rows, columns}, 0, deviation});
    }
    void gain(std::string name, Index size) { tensors.push_back({std::move(name), {size}, 1}); }
    void bias(std::string name, Index size) { tensors.push_back({std::move(name), {size}}); }

    std::vector<RandomTensor> tensors;
};

std::vector<RandomTensor> gpt2_tensors(const RandomModel& m) {
    TensorList list;
    list.matrix("wte.weight", m.vocabulary, m.width);
    list.matrix("wpe.weight", m.context, m.width);
    for (Index l = 0; l < m.layers; ++l) {
        const auto name = [&](const char* part) { return fmt::format("h.{}.{}", l, part); };
        const auto linear = [&](const char* part, Index inputs, Index outputs) {
            list.matrix(name(part) + ".weight", inputs, outputs);
            list.bias(name(part) + ".bias", outputs);
        };
        const auto norm = [&](const char* part) {
            list.gain(name(part) + ".weight", m.width);
            list.bias(name(part) + ".bias", m.width);
        };
        norm("ln_1");
        linear("attn.c_attn", m.width, 3 * m.width);
        linear("attn.c_proj", m.width, m.width);
        norm("ln_2");
        linear("mlp.c_fc", m.width, m.feed_forward);
        linear("mlp.c_proj", m.feed_forward, m.width);
    }
    list.gain("ln_f.weight", m.width);
    list.bias("ln_f.bias", m.width);
    return std::move(list.tensors);
}

std::vector<RandomTensor> llama_tensors(const RandomModel& m) {
    TensorList list;
    list.matrix("model.embed_tokens.weight", m.vocabulary, m.width);
    for (Index l = 0; l < m.layers; ++l) {
        const auto name = [&](const char* part) {
            return fmt::format("model.layers.{}.{}.weight", l, part);
        };
        list.gain(name("input_layernorm"), m.width);
        // Logits of a few units, so that maps have something to show.
        for (const char* part : {"self_attn.q_proj", "self_attn.k_proj"})
            list.matrix(name(part), m.width, m.width, 0.06f);
        for (const char* part : {"self_attn.v_proj", "self_attn.o_proj"})
            list.matrix(name(part), m.width, m.width);
        list.gain(name("post_attention_layernorm"), m.width);
        list.matrix(name("mlp.gate_proj"), m.feed_forward, m.width);
        list.matrix(name("mlp.up_proj"), m.feed_forward, m.width);
        list.matrix(name("mlp.down_proj"), m.width, m.feed_forward);
    }
    list.gain("model.norm.weight", m.width);
    return std::move(list.tensors);
}

Json config_of(const RandomModel& m) {
    if (m.kind == RandomModel::Kind::gpt2)
        return {{"model_type", "gpt2"},
                {"architectures", {"GPT2LMHeadModel"}},
                {"vocab_size", m.vocabulary},
                {"n_positions", m.context},
                {"n_embd", m.width},
                {"n_layer", m.layers},
                {"n_head", m.heads},
                {"n_inner", m.feed_forward},
                {"activation_function", "gelu_new"},
                {"layer_norm_epsilon", 1e-5}};
    return {{"model_type", "llama"},
            {"architectures", {"LlamaForCausalLM"}},
            {"vocab_size", m.vocabulary},
            {"max_position_embeddings", m.context},
            {"hidden_size", m.width},
            {"num_hidden_layers", m.layers},
            {"num_attention_heads", m.heads},
            {"num_key_value_heads", m.heads},
            {"intermediate_size", m.feed_forward},
            {"hidden_act", "silu"},
            {"rms_norm_eps", 1e-5},
            {"rope_theta", 10000.0},
            {"tie_word_embeddings", true}};
}

/// Byte-level byte-pair encoding with no pairs: every byte is a token.
Json byte_tokenizer() {
    Json vocabulary = Json::object();
    for (int byte = 0; byte < 256; ++byte)
        vocabulary[std::string(text::byte_letter(static_cast<unsigned char>(byte)))] = byte;
    return {{"version", "1.0"},
            {"added_tokens", Json::array()},
            {"normalizer", nullptr},
            {"pre_tokenizer",
             {{"type", "ByteLevel"},
              {"add_prefix_space", false},
              {"trim_offsets", true},
              {"use_regex", false}}},
            {"post_processor", nullptr},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model",
             {{"type", "BPE"},
              {"unk_token", nullptr},
              {"continuing_subword_prefix", ""},
              {"end_of_word_suffix", ""},
              {"vocab", vocabulary},
              {"merges", Json::array()}}}};
}

/// A number near to a normal one: the sum of four uniform ones, from one step of splitmix64 (Steele
/// et al. 2014).
class Random {
  public:
    float next() {
        std::uint64_t bits = state_ += 0x9e3779b97f4a7c15u;
        bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
        bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
        bits ^= bits >> 31;
        const auto part = [&](int i) { return static_cast<float>((bits >> (16 * i)) & 0xffff); };
        constexpr float uniform_deviation = 65536 / 3.4641016f;  // √12
        return (part(0) + part(1) + part(2) + part(3) - 2 * 65535) / (2 * uniform_deviation);
    }

  private:
    std::uint64_t state_ = 1;
};

/// Sixteen bits of a positive or negative number of usual size.
std::uint16_t half_bits(DType dtype, float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (dtype == DType::bf16) return static_cast<std::uint16_t>(bits >> 16);
    const auto exponent = static_cast<int>(bits >> 23 & 0xff) - 127 + 15;
    if (exponent <= 0) return 0;
    return static_cast<std::uint16_t>((bits >> 16 & 0x8000) |
                                      static_cast<unsigned>(exponent) << 10 | (bits >> 13 & 0x3ff));
}

void write_values(std::ofstream& file, const RandomTensor& tensor, DType dtype, Random& random) {
    std::vector<char> bytes;
    for (Index i = 0; i < tensor.size(); ++i) {
        const float value = tensor.mean + tensor.deviation * random.next();
        const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
        const std::uint16_t half = dtype == DType::f32 ? 0 : half_bits(dtype, value);
        const char* from = dtype == DType::f32 ? reinterpret_cast<const char*>(&bits)
                                               : reinterpret_cast<const char*>(&half);
        bytes.insert(bytes.end(), from, from + dtype_block_bytes(dtype));
    }
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

Status write_random_model(const RandomModel& model, const fs::path& folder) {
    if (model.dtype != DType::f32 && model.dtype != DType::bf16 && model.dtype != DType::f16)
        return fail("{} weights are not made here", dtype_name(model.dtype));
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail("{}: {}", folder.string(), error.message());
    std::ofstream(folder / "config.json") << config_of(model).dump(2) << "\n";
    std::ofstream(folder / "tokenizer.json") << byte_tokenizer().dump() << "\n";

    const auto tensors =
        model.kind == RandomModel::Kind::gpt2 ? gpt2_tensors(model) : llama_tensors(model);
    Json header = Json::object();
    size_t offset = 0;
    for (const RandomTensor& tensor : tensors) {
        const size_t bytes = dtype_bytes(model.dtype, tensor.size());
        header[tensor.name] = {{"dtype", dtype_name(model.dtype)},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + bytes}}};
        offset += bytes;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const fs::path path = folder / "model.safetensors";
    std::ofstream file(path, std::ios::binary);
    const auto size = static_cast<std::uint64_t>(text.size());
    file.write(reinterpret_cast<const char*>(&size), sizeof size);
    file << text;
    Random random;
    for (const RandomTensor& tensor : tensors)
        write_values(file, tensor, model.dtype, random);
    file.close();
    if (!file) return fail("{}: could not be written", path.string());
    return {};
}

std::string letters(Index count) {
    std::string text;
    for (Index i = 0; i < count; ++i)
        text += static_cast<char>('a' + i * 7 % 26);
    return text;
}

}  // namespace fovea::test
