#include "engine/io/mapping_guard.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <mutex>

namespace fovea {
namespace {

/// A guarded mapping, as the signal handler may read it: nothing but atomics that take no lock.
struct Slot {
    std::atomic<std::uintptr_t> begin = 0;  ///< 0: free
    std::atomic<size_t> size = 0;
    std::atomic<int> descriptor = -1;
    std::atomic<bool> lost = false;
};
static_assert(std::atomic<std::uintptr_t>::is_always_lock_free);

// Shards of the largest models and the fonts of every script together are fewer.
constexpr size_t most_slots = 512;
std::array<Slot, most_slots> slots;
std::mutex slots_taken;
std::uintptr_t page_size;
struct sigaction previous_action;

/// Zeros instead of what is no longer there: all behind the file's end, at once, since each piece
/// of its own would take one of the mappings that the kernel allows; elsewhere one page.
bool put_zeros(const Slot& slot, std::uintptr_t address) {
    const std::uintptr_t first = slot.begin.load(), page = address / page_size * page_size;
    std::uintptr_t begin = page, end = page + page_size;
    struct stat status = {};
    if (::fstat(slot.descriptor.load(), &status) == 0) {
        const auto size = static_cast<std::uintptr_t>(status.st_size);
        const std::uintptr_t file_end = first + (size + page_size - 1) / page_size * page_size;
        if (file_end <= page) {
            begin = file_end;
            end = first + (slot.size.load() + page_size - 1) / page_size * page_size;
        }
    }
    return ::mmap(reinterpret_cast<void*>(begin), end - begin, PROT_READ,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED;
}

/// Calls only what POSIX lets a handler call, and mmap, which on Linux is no more than its system
/// call.
void on_bus_error(int, siginfo_t* info, void*) {
    const int saved = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (Slot& slot : slots) {
        const std::uintptr_t begin = slot.begin.load();
        if (begin == 0 || address < begin || address - begin >= slot.size.load()) continue;
        slot.lost = true;
        if (!put_zeros(slot, address)) break;
        errno = saved;
        return;
    }
    // Not ours: the instruction runs again and meets whoever was there before; what another process
    // has sent would not come again by itself.
    ::sigaction(SIGBUS, &previous_action, nullptr);
    if (info->si_code <= 0) ::raise(SIGBUS);
    errno = saved;
}

void listen() {
    page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    struct sigaction action = {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    ::sigemptyset(&action.sa_mask);
    ::sigaction(SIGBUS, &action, &previous_action);
}

}  // namespace

MappingGuard::MappingGuard(std::span<const std::byte> memory, int descriptor) {
    if (memory.empty()) return;
    static std::once_flag once;
    std::call_once(once, listen);
    const std::lock_guard lock(slots_taken);
    for (size_t i = 0; i < slots.size(); ++i) {
        Slot& slot = slots[i];
        if (slot.begin != 0) continue;
        slot.size = memory.size();
        slot.descriptor = descriptor;
        slot.lost = false;
        slot.begin = reinterpret_cast<std::uintptr_t>(memory.data());  // last: now it counts
        slot_ = static_cast<int>(i);
        return;
    }
}

MappingGuard::~MappingGuard() {
    if (slot_ >= 0) slots[static_cast<size_t>(slot_)].begin = 0;
}

bool MappingGuard::lost() const {
    return slot_ >= 0 && slots[static_cast<size_t>(slot_)].lost;
}

}  // namespace fovea
