#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace fovea {

/// How much memory this process may still take.
struct MemoryLeft {
    std::uint64_t bytes = 0;
    std::string of_whom;  ///< "this machine has", "its control group allows": whose bound that is
};

/// Where the system says so; tests put files of their own there.
struct MemorySources {
    std::filesystem::path proc = "/proc";
    std::filesystem::path cgroups = "/sys/fs/cgroup";
};

/// The least of what the machine has available, what the control groups of the process (either
/// version, with those around them) allow beyond what they use, and what is left of the limit on
/// its address space. nullopt where the system says nothing. A few small reads; any thread.
std::optional<MemoryLeft> memory_left(const MemorySources& sources = {});

}  // namespace fovea
