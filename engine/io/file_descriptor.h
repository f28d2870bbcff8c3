#pragma once

#include <unistd.h>

#include <utility>

namespace fovea {

/// Owns a POSIX file descriptor.
class FileDescriptor {
  public:
    FileDescriptor() = default;
    explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
    FileDescriptor(FileDescriptor&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    FileDescriptor& operator=(FileDescriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~FileDescriptor() { close(); }

    bool valid() const { return descriptor_ >= 0; }
    int get() const { return descriptor_; }
    /// 0, or -1 with errno: a full disk over the network may only be told of here.
    int close() {
        const int descriptor = std::exchange(descriptor_, -1);
        return descriptor < 0 ? 0 : ::close(descriptor);
    }

  private:
    int descriptor_ = -1;
};

}  // namespace fovea
