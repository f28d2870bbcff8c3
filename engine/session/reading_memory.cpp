#include "engine/session/reading_memory.h"

#include <algorithm>

#include "engine/model/pass_memory.h"

namespace fovea {
namespace {

std::string size_in_words(double bytes) {
    if (bytes < 1e9) return fmt::format("{:.0f} MB", bytes / 1e6);
    return fmt::format("{:.1f} GB", bytes / 1e9);
}

/// The share of a pass's memory that is new: a sentence that is typed on grows in the memory of the
/// one before as long as there is room.
double new_share(const PlannedPasses& passes) {
    if (!passes.lender || passes.lender->layers.empty()) return 1;
    const Trace& before = *passes.lender;
    const Tensor& key = before.projections(0).key;
    if (passes.tokens <= before.length() || passes.tokens > key.room()) return 1;
    // Its embeddings are made anew, and so is room for the layer that is at work.
    return std::max(0.1,
                    1 - static_cast<double>(before.length()) / static_cast<double>(passes.tokens));
}

}  // namespace

Status check_memory(const ReadingRequest& request, const PlannedPasses& passes) {
    const Model& model = *request.model->model;
    const PassMemory one = pass_memory(model, passes.tokens, passes.target_tokens);
    const int traces = (passes.original ? 1 : 0) + (passes.edited ? 1 : 0);
    if (traces == 0) return {};
    const double need = passes.picture_only && !passes.original
                            ? one.working
                            : (traces * one.kept + one.working) * new_share(passes);
    // What this is less than nobody looks up with every key.
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
