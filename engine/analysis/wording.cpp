#include "engine/analysis/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "engine/core/number_text.h"
#include "engine/edit/head_names.h"
#include "engine/text/piece_label.h"

namespace fovea::wording {
std::string quoted(std::string_view label) {
    return fmt::format("“{}”", without_space(label));
}

std::string token(const std::vector<std::string>& labels, Index index) {
    const std::string_view label = without_space(labels[static_cast<size_t>(index)]);
    const auto alike = std::ranges::count_if(
        labels, [&](const std::string& other) { return without_space(other) == label; });
    return alike > 1 ? fmt::format("{} {}", label, index) : std::string(label);
}

std::vector<std::string> tokens(const std::vector<std::string>& labels) {
    std::unordered_map<std::string_view, Index> alike;
    for (const std::string& label : labels)
        ++alike[without_space(label)];
    std::vector<std::string> names;
    for (size_t i = 0; i < labels.size(); ++i) {
        const std::string_view label = without_space(labels[i]);
        names.push_back(alike[label] > 1 ? fmt::format("{} {}", label, i) : std::string(label));
    }
    return names;
}

std::string piece(const Subjects& subjects, std::int32_t id) {
    const Tokenizer* tokenizer = subjects.a->request.model->tokenizer_of_predictions();
    return tokenizer ? piece_label(tokenizer->piece(id)) : fmt::format("[{}]", id);
}

std::string state(Index state) {
    return state == 0 ? "the embedding" : layer_name(state - 1);
}

std::string writer(const Writer& writer) {
    using Kind = Writer::Kind;
    switch (writer.kind) {
        case Kind::embedding:
            return "token";
        case Kind::position:
            return "position";
        case Kind::type:
            return "token type";
        case Kind::attention:
            return short_head_name({writer.layer, writer.head});
        case Kind::attention_bias:
            return fmt::format("L{} attention bias", writer.layer);
        case Kind::cross_attention:
            return fmt::format("L{} cross head {}", writer.layer, writer.head);
        case Kind::cross_attention_bias:
            return fmt::format("L{} cross bias", writer.layer);
        case Kind::mlp:
            return fmt::format("L{} MLP", writer.layer);
        case Kind::bias:
            break;
    }
    return "biases";
}

std::string count(Index number, std::string_view one) {
    return fmt::format("{} {}{}", number_text(static_cast<double>(number), 0), one,
                       number == 1 ? "" : "s");
}

}  // namespace fovea::wording
