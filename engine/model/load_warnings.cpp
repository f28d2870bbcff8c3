#include "engine/model/load_warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

#include "engine/arch/gguf_keys.h"
#include "engine/arch/known_names.h"

namespace fovea {
namespace {

/// "a", "a and b", "a, b and c", "a, b, c and 4 more".
std::string listed(const std::vector<std::string>& names) {
    constexpr size_t most = 3;
    const size_t shown = names.size() > most + 1 ? most : names.size();
    std::string text;
    for (size_t i = 0; i < shown; ++i) {
        const bool last = i + 1 == names.size();
        text += fmt::format("{}{}", i == 0 ? "" : last ? " and " : ", ", names[i]);
    }
    if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
    return text;
}

std::vector<std::string> quoted(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    for (const std::string& name : names)
        all.push_back(fmt::format("\"{}\"", name));
    return all;
}

bool same_bytes(const TensorView& a, const TensorView& b) {
    return a.dtype == b.dtype && a.shape == b.shape && a.bytes.size() == b.bytes.size() &&
           std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

bool neutral(const ArchSpec& arch, std::string_view name) {
    return fits_any(name, neutral_tensors()) || fits_any(name, gguf_neutral_tensors()) ||
           fits_any(name, arch.neutral_tensors) ||
           (arch.encoder && fits_any(name, arch.encoder->neutral_tensors));
}

}  // namespace

std::string unread_warning(std::string_view file, const std::vector<std::string>& keys) {
    if (keys.empty()) return {};
    return fmt::format(
        "{}: Fovea does not know {}, and runs the model as if {} were not there; what it shows may "
        "be wrong",
        file, listed(quoted(keys)), keys.size() == 1 ? "it" : "they");
}

std::string unfollowed_warning(std::string_view file, const std::vector<std::string>& keys) {
    if (keys.empty()) return {};
    return fmt::format(
        "{}: Fovea does not follow {}; a target that the model writes may be another than with {}",
        file, listed(quoted(keys)), keys.size() == 1 ? "it" : "them");
}

std::string unused_warning(const Checkpoint& checkpoint, const ArchSpec& arch,
                           const std::vector<const TensorView*>& bound) {
    const std::unordered_set<const TensorView*> used(bound.begin(), bound.end());
    std::vector<std::string> names;
    for (const auto& [name, view] : checkpoint.tensors()) {
        if (used.contains(&view) || neutral(arch, name)) continue;
        const auto copy = [&view = view](const TensorView* other) {
            return same_bytes(view, *other);
        };
        if (std::none_of(bound.begin(), bound.end(), copy)) names.push_back(name);
    }
    if (names.empty()) return {};
    return fmt::format(
        "{}: {} not used: {}", checkpoint.name(),
        names.size() == 1 ? "a tensor is" : fmt::format("{} tensors are", names.size()),
        listed(names));
}

}  // namespace fovea
