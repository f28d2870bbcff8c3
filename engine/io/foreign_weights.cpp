#include "engine/io/foreign_weights.h"

#include <fmt/format.h>

#include <algorithm>

namespace fovea {
namespace {

constexpr ForeignWeights kinds[] = {
    {"pytorch_model.bin", "a pickle"},
    {"pytorch_model.bin.index.json", "the index of pickles"},
    {"consolidated.00.pth", "a pickle"},
    {"tf_model.h5", "TensorFlow's weights"},
    {"flax_model.msgpack", "Flax's weights"},
    {"model.onnx", "an ONNX graph", false},
};

}  // namespace

std::string ForeignWeights::refusal() const {
    return fmt::format("only {}, {} that Fovea does not read; {}", file, what,
                       transformers_reads ? "save it again with transformers' save_pretrained to "
                                            "get model.safetensors"
                                          : "it reads model.safetensors");
}

const ForeignWeights* find_foreign_weights(
    const std::function<bool(std::string_view file)>& is_there) {
    const auto found = std::find_if(std::begin(kinds), std::end(kinds),
                                    [&](const auto& kind) { return is_there(kind.file); });
    return found == std::end(kinds) ? nullptr : found;
}

}  // namespace fovea
