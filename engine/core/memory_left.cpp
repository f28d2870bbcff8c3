#include "engine/core/memory_left.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

namespace fovea {
namespace {

namespace fs = std::filesystem;
using Bytes = std::optional<std::uint64_t>;

Bytes number_in(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    std::uint64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
        return {};
    return number;  // "max" is none
}

/// The number behind a key at the beginning of a line.
Bytes line_of(const fs::path& file, std::string_view key) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with(key)) return number_in(std::string_view(line).substr(key.size()));
    return {};
}

/// What the files of one version of control groups are called.
struct CgroupNames {
    const char *limit, *usage, *inactive, *active;
};
constexpr CgroupNames names_1 = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                                 "total_inactive_file ", "total_active_file "};
constexpr CgroupNames names_2 = {"memory.max", "memory.current", "inactive_file ", "active_file "};

Bytes left_in(const fs::path& folder, const CgroupNames& names) {
    const Bytes limit = line_of(folder / names.limit, "");
    const Bytes usage = line_of(folder / names.usage, "");
    if (!limit || !usage) return {};
    // Files that were read, a model's among them, count as used and are let go when room is needed.
    const std::uint64_t cache = line_of(folder / "memory.stat", names.inactive).value_or(0) +
                                line_of(folder / "memory.stat", names.active).value_or(0);
    const std::uint64_t used = *usage - std::min(*usage, cache);
    return *limit - std::min(*limit, used);
}

Bytes smaller(Bytes a, Bytes b) {
    if (!a || !b) return a ? a : b;
    return std::min(*a, *b);
}

/// The group and all around it. In a container its path may be that of the machine outside, where
/// the folder that is mounted is the group itself.
Bytes left_up_to(const fs::path& root, fs::path group, const CgroupNames& names) {
    Bytes left = left_in(root, names);
    for (group = group.relative_path(); !group.empty(); group = group.parent_path())
        left = smaller(left, left_in(root / group, names));
    return left;
}

Bytes left_in_cgroups(const MemorySources& sources) {
    Bytes left;
    std::ifstream stream(sources.proc / "self" / "cgroup");
    for (std::string line; std::getline(stream, line);) {
        const size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const fs::path group = line.substr(second + 1);
        if (controllers == ",,")
            left = smaller(left, left_up_to(sources.cgroups, group, names_2));
        else if (controllers.find(",memory,") != std::string::npos)
            left = smaller(left, left_up_to(sources.cgroups / "memory", group, names_1));
    }
    return left;
}

Bytes left_of_address_space(const MemorySources& sources) {
    rlimit limit = {};
    if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
    const Bytes pages = line_of(sources.proc / "self" / "statm", "");
    if (!pages) return {};
    const std::uint64_t used = *pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return limit.rlim_cur - std::min<std::uint64_t>(limit.rlim_cur, used);
}

}  // namespace

std::optional<MemoryLeft> memory_left(const MemorySources& sources) {
    std::optional<MemoryLeft> least;
    const auto consider = [&](Bytes left, const char* of_whom) {
        if (left && (!least || *left < least->bytes)) least = MemoryLeft{*left, of_whom};
    };
    if (const Bytes kibibytes = line_of(sources.proc / "meminfo", "MemAvailable:"))
        consider(*kibibytes * 1024, "this machine has");
    consider(left_in_cgroups(sources), "its control group allows");
    consider(left_of_address_space(sources), "the limit on its address space (ulimit -v) allows");
    return least;
}

}  // namespace fovea
