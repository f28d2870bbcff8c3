#pragma once

#include <cstddef>
#include <span>

namespace fovea {

/// Keeps the program alive while a file that it has mapped loses its end, or its disk fails. The
/// kernel answers a read of a page that is gone with SIGBUS, which ends a program; here zeros take
/// the page's place, and the guard knows. Others' SIGBUS goes where it went before.
class MappingGuard {
  public:
    MappingGuard() = default;
    /// Of memory mapped from the start of the file behind `descriptor`; both outlive the guard.
    MappingGuard(std::span<const std::byte> memory, int descriptor);
    ~MappingGuard();
    MappingGuard(const MappingGuard&) = delete;
    MappingGuard& operator=(const MappingGuard&) = delete;

    /// Zeros stand where the file's bytes were.
    bool lost() const;

  private:
    int slot_ = -1;  ///< none: no memory, or more mappings than can be guarded
};

}  // namespace fovea
