#include "engine/arch/gguf_rows.h"

#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace fovea {
namespace {

/// What a checkpoint made of a file's tensors and of some new ones lives on.
struct Holder {
    std::shared_ptr<const Gguf> gguf;
    std::vector<std::vector<std::byte>> restored;
};

}  // namespace

void restore_rotary_rows(const TensorView& view, Index heads, std::span<std::byte> to) {
    const Index rows = view.shape[0];
    const size_t row_bytes = view.bytes.size() / static_cast<size_t>(rows);
    const Index head_dim = rows / heads;
    const Index half = head_dim / 2;
    for (Index row = 0; row < rows; ++row) {
        const Index within = row % head_dim;
        const Index from = row - within + 2 * (within % half) + within / half;
        std::memcpy(to.data() + static_cast<size_t>(row) * row_bytes,
                    view.bytes.data() + static_cast<size_t>(from) * row_bytes, row_bytes);
    }
}

Result<std::shared_ptr<const Checkpoint>> gguf_weights(std::shared_ptr<const Gguf> gguf) {
    if (gguf->text("general.architecture") != "llama") return gguf->checkpoint();
    const auto query_heads = gguf->integer("llama.attention.head_count");
    const auto key_heads = gguf->integer("llama.attention.head_count_kv");
    auto holder = std::make_shared<Holder>();
    auto tensors = gguf->checkpoint()->tensors();
    for (auto& [name, view] : tensors) {
        const bool query = name.ends_with(".attn_q.weight") || name.ends_with(".attn_q.bias");
        const bool key = name.ends_with(".attn_k.weight") || name.ends_with(".attn_k.bias");
        if (!query && !key) continue;
        const Index heads = (query || !key_heads ? query_heads : key_heads).value_or(0);
        if (view.shape.empty() || element_count(view.shape) < 1)
            return fail("{}: the tensor '{}' has no rows of numbers", gguf->name(), name);
        // Not `% (2 * heads)`: a hostile file's number of heads may be near the largest there is.
        const Index rows = view.shape[0];
        if (heads < 1 || rows % 2 != 0 || rows / 2 % heads != 0 || view.shape.size() > 2)
            return fail("{}: the rows of tensor '{}' cannot be {} heads of an even size",
                        gguf->name(), name, heads);
        holder->restored.emplace_back(view.bytes.size());
        restore_rotary_rows(view, heads, holder->restored.back());
        view.bytes = holder->restored.back();
    }
    std::string name = gguf->name();
    auto files = gguf->checkpoint()->files();
    holder->gguf = std::move(gguf);
    return Checkpoint::of_tensors(std::move(name), std::move(tensors), std::move(holder),
                                  std::move(files));
}

}  // namespace fovea
