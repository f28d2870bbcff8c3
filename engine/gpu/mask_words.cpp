#include "engine/gpu/mask_words.h"

#include <algorithm>
#include <limits>

namespace fovea::gpu {

namespace {

constexpr Index bits_per_word = 32;

/// Offset of the bits in `words`, or -1 where nothing is blocked.
int append_bits(const std::vector<std::uint8_t>& blocked, std::vector<std::uint32_t>& words) {
    if (std::find_if(blocked.begin(), blocked.end(), [](auto b) { return b != 0; }) ==
        blocked.end()) {
        return -1;
    }
    const size_t offset = words.size();
    words.resize(offset + (blocked.size() + bits_per_word - 1) / bits_per_word, 0);
    for (size_t i = 0; i < blocked.size(); ++i) {
        if (blocked[i] != 0) words[offset + i / bits_per_word] |= 1u << (i % bits_per_word);
    }
    return static_cast<int>(offset);
}

}  // namespace

Status append_mask(const AttentionMask& mask, ScoreJob& job, std::vector<std::uint32_t>& words) {
    const auto fits = [](const std::vector<std::uint8_t>& blocked, int extent) {
        return blocked.empty() || blocked.size() == static_cast<size_t>(extent);
    };
    if (!fits(mask.blocked_keys, job.keys)) {
        return fail("the mask blocks some of {} keys, the head has {}", mask.blocked_keys.size(),
                    job.keys);
    }
    if (!fits(mask.blocked_queries, job.queries)) {
        return fail("the mask blocks some of {} queries, the head has {}",
                    mask.blocked_queries.size(), job.queries);
    }
    if (mask.window < 0) return fail("the mask's window is {}, less than zero", mask.window);

    job.causal = mask.causal;
    // A window wider than the map hides nothing; so no distance overflows in the shader.
    const Index widest = Index{job.queries} + job.keys;
    job.window = static_cast<int>(mask.window < widest ? mask.window : 0);
    job.blocked_keys = append_bits(mask.blocked_keys, words);
    job.blocked_queries = append_bits(mask.blocked_queries, words);

    job.painted = -1;
    Index row_begin = job.queries, row_end = 0, word_begin = job.keys, word_end = 0;
    for (const Cell& cell : mask.blocked_cells) {
        if (cell.query < 0 || cell.query >= job.queries || cell.key < 0 || cell.key >= job.keys) {
            return fail(
                "the mask hides the cell of query {} and key {}, outside the map of {} x {}",
                cell.query, cell.key, job.queries, job.keys);
        }
        row_begin = std::min(row_begin, cell.query);
        row_end = std::max(row_end, cell.query + 1);
        word_begin = std::min(word_begin, cell.key / bits_per_word);
        word_end = std::max(word_end, cell.key / bits_per_word + 1);
    }
    if (row_end == 0) return {};

    const Index columns = word_end - word_begin;
    const size_t offset = words.size();
    words.resize(offset + static_cast<size_t>((row_end - row_begin) * columns), 0);
    if (words.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
        return fail("the painted cells take more memory than a shader can address");
    }
    for (const Cell& cell : mask.blocked_cells) {
        const Index word =
            (cell.query - row_begin) * columns + cell.key / bits_per_word - word_begin;
        words[offset + static_cast<size_t>(word)] |= 1u << (cell.key % bits_per_word);
    }
    job.painted = static_cast<int>(offset);
    job.painted_row = static_cast<int>(row_begin);
    job.painted_rows = static_cast<int>(row_end - row_begin);
    job.painted_column = static_cast<int>(word_begin);
    job.painted_columns = static_cast<int>(columns);
    return {};
}

}  // namespace fovea::gpu
