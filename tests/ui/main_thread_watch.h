#pragma once

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fovea::app {

/// Watches, as `strace -p` would, what the main thread of a child asks of the file system. The
/// child's other threads are not watched, nor is it waited for elsewhere meanwhile. x86-64 only;
/// elsewhere, and where the system forbids it, `watches` says no.
class MainThreadWatch {
  public:
    explicit MainThreadWatch(pid_t child) : child_(child), thread_([this] { run(); }) {
        while (!begun_ && !refused_)
            std::this_thread::yield();
    }
    ~MainThreadWatch() { stop(); }
    MainThreadWatch(const MainThreadWatch&) = delete;

    bool watches() const { return !refused_; }
    /// "openat /home/…", one a call.
    std::vector<std::string> stop() {
        if (thread_.joinable()) {
            ended_ = true;
            // A thread that sleeps is woken; this signal means nothing to it.
            if (!refused_) ::syscall(SYS_tgkill, child_, child_, SIGURG);
            thread_.join();
        }
        return calls_;
    }

  private:
#ifdef __x86_64__
    void run() {
        if (::ptrace(PTRACE_SEIZE, child_, nullptr, PTRACE_O_TRACESYSGOOD) != 0 ||
            ::ptrace(PTRACE_INTERRUPT, child_, nullptr, nullptr) != 0) {
            refused_ = true;
            return;
        }
        bool entering = true;
        for (int status = 0; ::waitpid(child_, &status, __WALL) == child_ && WIFSTOPPED(status);) {
            const int signal = WSTOPSIG(status);
            const bool system_call = signal == (SIGTRAP | 0x80);
            if (system_call && std::exchange(entering, !entering)) note();
            if (ended_) {
                ::ptrace(PTRACE_DETACH, child_, nullptr, nullptr);
                return;
            }
            begun_ = true;
            const bool event = status >> 16 != 0;
            const long deliver = system_call || event || signal == SIGTRAP ? 0 : signal;
            ::ptrace(PTRACE_SYSCALL, child_, nullptr, deliver);
        }
        begun_ = true;
    }
    void note() {
        static const std::map<long, std::pair<const char*, int>> disk = {
            {SYS_open, {"open", 0}},
            {SYS_openat, {"openat", 1}},
            {SYS_creat, {"creat", 0}},
            {SYS_stat, {"stat", 0}},
            {SYS_lstat, {"lstat", 0}},
            {SYS_newfstatat, {"fstatat", 1}},
            {SYS_statx, {"statx", 1}},
            {SYS_access, {"access", 0}},
            {SYS_faccessat, {"faccessat", 1}},
            {SYS_readlink, {"readlink", 0}},
            {SYS_rename, {"rename", 0}},
            {SYS_renameat, {"renameat", 1}},
            {SYS_unlink, {"unlink", 0}},
            {SYS_unlinkat, {"unlinkat", 1}},
            {SYS_mkdir, {"mkdir", 0}},
            {SYS_mkdirat, {"mkdirat", 1}},
            {SYS_linkat, {"linkat", 1}},
            {SYS_fsync, {"fsync", -1}},
            {SYS_fdatasync, {"fdatasync", -1}},
            {SYS_getdents64, {"getdents64", -1}}};
        user_regs_struct registers = {};
        ::ptrace(PTRACE_GETREGS, child_, nullptr, &registers);
        const auto found = disk.find(static_cast<long>(registers.orig_rax));
        if (found == disk.end()) return;
        const auto [name, path] = found->second;
        calls_.push_back(std::string(name));
        if (path < 0) return;
        calls_.back() += " " + text_at(path == 0 ? registers.rdi : registers.rsi);
    }
    std::string text_at(unsigned long long address) const {
        std::string text(256, '\0');
        const iovec to{text.data(), text.size()},
            from{reinterpret_cast<void*>(address), text.size()};
        if (::process_vm_readv(child_, &to, 1, &from, 1, 0) < 0) return "?";
        return text.c_str();
    }
#else
    void run() {
        refused_ = true;
    }
#endif

    const pid_t child_;
    std::atomic<bool> begun_ = false, refused_ = false, ended_ = false;
    std::vector<std::string> calls_;
    std::thread thread_;  // last
};

}  // namespace fovea::app
