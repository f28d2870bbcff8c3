#include "engine/session/reading_memory.h"

#include <algorithm>

#include "engine/arch/model_config.h"
#include "engine/core/memory_shortage.h"
#include "engine/model/pass_memory.h"

namespace fovea {
namespace {

/// The share of the rows that is new: a sentence that is typed on grows in the memory of the one
/// before as long as there is room.
double new_share(const PlannedPasses& passes) {
    if (!passes.prefix || passes.prefix->layers.empty()) return 1;
    const Trace& before = *passes.prefix;
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
    const auto shortage = memory_shortage(need, request.memory);
    if (!shortage) return {};
    return fail("{} tokens need about {} of memory in {}{}, and {}: read fewer tokens",
                passes.tokens + passes.target_tokens, size_in_words(need), request.model->name,
                traces > 1 ? ", twice for the edits" : "", *shortage);
}

Status check_text_memory(size_t bytes, const std::optional<MemoryLeft>& left) {
    const double text = static_cast<double>(bytes);
    // A token of every byte, while their list moves to where it has room to grow.
    const double need = text * 2 * sizeof(Token);
    const auto shortage = memory_shortage(need, left);
    if (!shortage) return {};
    return fail("a text of {} needs about {} of memory to be cut into tokens, and {}: read less",
                size_in_words(text), size_in_words(need), *shortage);
}

}  // namespace fovea
