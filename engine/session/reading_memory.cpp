#include "engine/session/reading_memory.h"

#include <algorithm>

#include "engine/arch/model_config.h"
#include "engine/model/pass_memory.h"

namespace fovea {
namespace {

std::string size_in_words(double bytes) {
    if (bytes < 1e9) return fmt::format("{:.0f} MB", bytes / 1e6);
    return fmt::format("{:.1f} GB", bytes / 1e9);
}

/// The share of the rows that is new: a sentence that is typed on grows in the memory of the one
/// before as long as there is room.
double new_share(const PlannedPasses& passes) {
    if (!passes.lender || passes.lender->layers.empty()) return 1;
    const Trace& before = *passes.lender;
    if (passes.tokens <= before.length() || passes.tokens > before.projections(0).key.room())
        return 1;
    return 1 - static_cast<double>(before.length()) / static_cast<double>(passes.tokens);
}

double bytes_needed(const Model& model, const PlannedPasses& passes) {
    const PassMemory one = pass_memory(model, passes.tokens, passes.target_tokens);
    const double whole = one.kept + one.working;
    double bytes = 0;
    // The embeddings are made anew in any case.
    if (passes.original)
        bytes += new_share(passes) * whole +
                 static_cast<double>(sizeof(float) * passes.tokens * model.config().width);
    if (passes.edited) bytes += passes.picture_only ? one.working : whole;
    return bytes;
}

}  // namespace

Status check_memory(const ReadingRequest& request, const PlannedPasses& passes) {
    const Model& model = *request.model->model;
    const double need = bytes_needed(model, passes);
    const int traces = (passes.original ? 1 : 0) + (passes.edited ? 1 : 0);
    // Nobody looks up with every key whether there is room for so little.
    constexpr double always_there = 16 << 20;
    if (need <= always_there && !request.memory) return {};
    const auto left = request.memory ? request.memory : memory_left();
    if (!left || need <= static_cast<double>(left->bytes)) return {};
    const Index tokens = passes.tokens + passes.target_tokens;
    return fail("{} tokens need about {} of memory in {}{}, and {} {} left: read fewer tokens",
                tokens, size_in_words(need), request.model->name,
                traces > 1 ? ", twice for the edits" : "", left->of_whom,
                size_in_words(static_cast<double>(left->bytes)));
}

}  // namespace fovea
