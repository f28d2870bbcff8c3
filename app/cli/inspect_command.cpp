#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "app/cli/subcommand.h"
#include "app/ui/units.h"
#include "engine/arch/arch_spec.h"
#include "engine/catalogue/catalogue.h"
#include "engine/core/task_pool.h"
#include "engine/io/checkpoint.h"
#include "engine/model/model.h"
#include "engine/model/weights.h"

namespace fovea::app {

namespace {

struct NotFinite {
    Index nan = 0;
    Index infinite = 0;
};

/// Bits of one value: where the exponent and the fraction stand tells NaN and infinity apart.
template <class Bits>
NotFinite count_not_finite(std::span<const std::byte> bytes, Bits exponent, Bits fraction) {
    NotFinite count;
    for (size_t at = 0; at + sizeof(Bits) <= bytes.size(); at += sizeof(Bits)) {
        Bits bits;
        std::memcpy(&bits, bytes.data() + at, sizeof(Bits));
        if ((bits & exponent) != exponent) continue;
        ((bits & fraction) != 0 ? count.nan : count.infinite) += 1;
    }
    return count;
}

NotFinite count_not_finite(const TensorView& tensor) {
    switch (tensor.dtype) {
        case DType::f32:
            return count_not_finite<std::uint32_t>(tensor.bytes, 0x7f800000, 0x007fffff);
        case DType::f16:
            return count_not_finite<std::uint16_t>(tensor.bytes, 0x7c00, 0x03ff);
        case DType::bf16:
            return count_not_finite<std::uint16_t>(tensor.bytes, 0x7f80, 0x007f);
        case DType::f64:
            return count_not_finite<std::uint64_t>(tensor.bytes, 0x7ff0000000000000,
                                                   0x000fffffffffffff);
        default:
            return {};
    }
}

void print_size(const char* name, std::uint64_t value) {
    fmt::print("  {:<16}{:>12}\n", name, grouped(value));
}

void print_text(const char* name, std::string_view value) {
    fmt::print("  {:<16}{:>12}\n", name, value);
}

void print_stack(const ModelConfig& config) {
    const auto size = [](const char* name, Index value) {
        print_size(name, static_cast<std::uint64_t>(value));
    };
    size("layers", config.layers);
    size("heads", config.heads);
    size("key heads", config.key_heads);
    size("head dimension", config.head_dim);
    size("width", config.width);
    size("feed-forward", config.feed_forward);
    size("vocabulary", config.vocabulary);
    size("context", config.context);
    if (config.window > 0) size("window", config.window);
}

void print_sizes(const Model& model) {
    if (model.encoder()) {
        fmt::print("encoder\n");
        print_stack(*model.encoder()->config);
        fmt::print("decoder\n");
    }
    print_stack(model.config());
    print_text("mask", model.causal() ? "causal" : "none");
    print_text("language head", !model.has_language_head() ? "none"
                                : model.predicts_next()    ? "next token"
                                                           : "masked token");
}

Outcome run_inspect(const std::string& argument) {
    FOVEA_TRY(const ResolvedModel found, find_model(argument));
    FOVEA_TRY(const auto model, Model::load(found.path));

    fmt::print("{}\n  path            {}\n  architecture    {}\n", found.name, found.path.string(),
               model->arch().label);
    print_sizes(*model);
    if (!model->warnings().empty()) fmt::print("\nwarnings\n");
    for (const std::string& warning : model->warnings())
        fmt::print("  {}\n", warning);

    const auto& tensors = model->checkpoint().tensors();
    std::vector<const TensorView*> views;
    size_t width = 0;
    for (const auto& [name, view] : tensors) {
        views.push_back(&view);
        width = std::max(width, name.size());
    }
    std::vector<NotFinite> not_finite(views.size());
    parallel_for(static_cast<Index>(views.size()), [&](Index i) {
        not_finite[static_cast<size_t>(i)] = count_not_finite(*views[static_cast<size_t>(i)]);
    });

    fmt::print("\ntensors\n");
    std::uint64_t mapped = 0, parameters = 0, flagged = 0;
    size_t i = 0;
    for (const auto& [name, view] : tensors) {
        const NotFinite& bad = not_finite[i++];
        const bool finite = bad.nan + bad.infinite == 0;
        const std::string flag =
            finite ? "" : fmt::format("  ! {} NaN, {} infinite", bad.nan, bad.infinite);
        flagged += !finite;
        fmt::print("  {:<{}}  {:<4}  [{}]{}\n", name, width, dtype_name(view.dtype),
                   fmt::join(view.shape, ", "), flag);
        mapped += view.bytes.size();
        parameters += static_cast<std::uint64_t>(element_count(view.shape));
    }

    std::uint64_t converted = 0;
    const auto count_converted = [&](const Stack& stack) {
        for (const Tensor& tensor : stack.weights->converted)
            converted += static_cast<std::uint64_t>(tensor.size()) * sizeof(float);
    };
    count_converted(model->main());
    if (model->encoder()) count_converted(*model->encoder());
    fmt::print("\nmemory\n");
    print_size("tensors", tensors.size());
    print_size("parameters", parameters);
    fmt::print("  {:<16}{:>12}\n", "mapped", bytes_text(mapped));
    fmt::print("  {:<16}{:>12}\n", "converted", bytes_text(converted));
    if (flagged > 0)
        fmt::print("\n{} {} NaN or infinity.\n", flagged,
                   flagged == 1 ? "tensor holds" : "tensors hold");
    return {};
}

std::function<Outcome()> declare_inspect(CLI::App& app) {
    auto model = std::make_shared<std::string>();
    app.add_option("--model", *model, "A model's folder, or the name of an installed one")
        ->type_name("FOLDER_OR_NAME")
        ->required();
    return [model] { return run_inspect(*model); };
}

}  // namespace

Subcommand inspect_subcommand() {
    return {"inspect", "Show a model's architecture, sizes, tensors and memory", declare_inspect};
}

}  // namespace fovea::app
