#pragma once

#include <cstdint>

namespace fovea {

// What tensors hold of this process's memory, counted as they come and go. The C library keeps what
// is freed for whoever asks next: after a long text that is hundreds of megabytes, for which nobody
// asks. Any thread.

void count_taken(std::int64_t bytes);
void count_freed(std::int64_t bytes);
std::int64_t held_bytes();

/// Tensors have held at least 64 MB more since memory was given back last.
bool has_memory_to_give_back();

/// Gives what is freed back to the system, where the C library can. Some 20 ms of every 100 MB, in
/// which others may wait to allocate: for moments when nobody works.
void give_back_memory();

}  // namespace fovea
