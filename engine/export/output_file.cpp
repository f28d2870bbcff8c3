#include "engine/export/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace fovea {
namespace {

Error last_system_error() {
    return Error{std::generic_category().message(errno)};
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return last_system_error();
    return OutputFile(descriptor);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Status OutputFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return last_system_error();
        }
        bytes = bytes.subspan(static_cast<size_t>(written));
    }
    return {};
}

Status OutputFile::write(std::string_view text) {
    return write(std::as_bytes(std::span(text)));
}

Status OutputFile::close() {
    if (::close(std::exchange(descriptor_, -1)) != 0) return last_system_error();
    return {};
}

Status write_file(const std::filesystem::path& file, std::string_view text) {
    FOVEA_TRY(OutputFile output, OutputFile::open(file));
    FOVEA_CHECK(output.write(text));
    return output.close();
}

}  // namespace fovea
