#include "engine/arch/arch_spec.h"

#include <algorithm>

#include "engine/arch/list.h"

namespace fovea {

#define FOVEA_DECLARE_ARCHITECTURE(name) ArchSpec name##_architecture();
FOVEA_ARCHITECTURES(FOVEA_DECLARE_ARCHITECTURE)
#undef FOVEA_DECLARE_ARCHITECTURE

std::span<const ArchSpec> architectures() {
#define FOVEA_LIST_ARCHITECTURE(name) name##_architecture(),
    static const ArchSpec all[] = {FOVEA_ARCHITECTURES(FOVEA_LIST_ARCHITECTURE)};
#undef FOVEA_LIST_ARCHITECTURE
    return all;
}

const ArchSpec* find_architecture(std::string_view model_type) {
    for (const ArchSpec& spec : architectures())
        if (std::find(spec.model_types.begin(), spec.model_types.end(), model_type) !=
            spec.model_types.end())
            return &spec;
    return nullptr;
}

const ArchSpec* find_architecture_of_class(std::string_view name) {
    static constexpr std::string_view endings[] = {"For",         "Model",        "LMHeadModel",
                                                   "WithLMHead",  "EncoderModel", "MTModel",
                                                   "DoubleHeads", "TextModel"};
    for (const ArchSpec& spec : architectures()) {
        for (const std::string_view stem : spec.class_names) {
            if (!name.starts_with(stem)) continue;
            const std::string_view rest = name.substr(stem.size());
            if (std::ranges::any_of(endings,
                                    [&](std::string_view end) { return rest.starts_with(end); }))
                return &spec;
        }
    }
    return nullptr;
}

Index extent_of(Extent extent, const ModelConfig& config) {
    switch (extent) {
        case Extent::one:
            return 1;
        case Extent::vocabulary:
            return config.vocabulary;
        case Extent::width:
            return config.width;
        case Extent::embedding_width:
            return config.embedding_width;
        case Extent::positions:
            return config.positions;
        case Extent::heads:
            return config.heads;
        case Extent::head_dim:
            return config.head_dim;
        case Extent::token_types:
            return config.token_types;
        case Extent::query_width:
            return config.query_width();
        case Extent::key_width:
            return config.key_width();
        case Extent::fused_width:
            return config.query_width() + 2 * config.key_width();
        case Extent::feed_forward:
            return config.feed_forward;
        case Extent::twice_feed_forward:
            return 2 * config.feed_forward;
        case Extent::relative_buckets:
            return config.relative_buckets;
        case Extent::distances:
            return 2 * config.positions - 1;
    }
    return 0;
}

}  // namespace fovea
