#include "engine/catalogue/incoming_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <vector>

namespace fovea {

void FetchJob::report(std::string_view what, std::uint64_t bytes_of_current) const {
    if (!progress) return;
    const double total = static_cast<double>(entry.total_size());
    const double done = static_cast<double>(bytes_done + bytes_of_current);
    const double share = total > 0 ? std::min(done / total, 1.0) : 1.0;
    progress(what, share_begin + (share_end - share_begin) * share);
}

Error FetchJob::local(Error error) {
    no_use_elsewhere = true;
    return error;
}

Checksum empty_sum(const CatalogueFile& file) {
    return file.sha256.empty() ? Checksum::git_blob(file.size) : Checksum::sha256();
}

const std::string& expected_sum(const CatalogueFile& file) {
    return file.sha256.empty() ? file.git_sha1 : file.sha256;
}

IncomingFile::IncomingFile(FetchJob& job, const CatalogueFile& file)
    : job_(&job), file_(&file), target_(job.folder / file.path), sum_(empty_sum(file)) {
    part_ = target_;
    part_ += ".part";
}

Error IncomingFile::local_error() {
    const int error = errno;
    // What stands on a full disk would keep it full.
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) ::unlink(part_.c_str());
    return job_->local(fail("{}: cannot be written: {}", part_.string(), std::strerror(error)));
}

Result<IncomingFile> IncomingFile::open(FetchJob& job, const CatalogueFile& file) {
    IncomingFile incoming(job, file);
    std::error_code error;
    std::filesystem::create_directories(incoming.target_.parent_path(), error);
    if (error) {
        return job.local(fail("{}: {}", incoming.target_.parent_path().string(), error.message()));
    }
    const auto open_part = [&] {
        // The name can be foretold: a link that stands there was put there by somebody else.
        constexpr int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
        incoming.descriptor_ = FileDescriptor(::open(incoming.part_.c_str(), flags, 0666));
    };
    open_part();
    if (!incoming.descriptor_.valid() && errno == ELOOP && ::unlink(incoming.part_.c_str()) == 0)
        open_part();
    const int descriptor = incoming.descriptor_.get();
    if (!incoming.descriptor_.valid()) return incoming.local_error();

    std::vector<std::byte> buffer(1 << 20);
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return incoming.local_error();
        if (count == 0) break;
        incoming.sum_.add(std::span(buffer).first(static_cast<size_t>(count)));
        incoming.size_ += static_cast<std::uint64_t>(count);
    }
    if (incoming.size_ > file.size) FOVEA_CHECK(incoming.restart());
    return incoming;
}

Status IncomingFile::restart() {
    if (::ftruncate(descriptor_.get(), 0) != 0 || ::lseek(descriptor_.get(), 0, SEEK_SET) != 0) {
        return local_error();
    }
    sum_ = empty_sum(*file_);
    size_ = 0;
    return {};
}

Status IncomingFile::append(std::span<const std::byte> bytes) {
    if (bytes.size() > file_->size - size_) {
        FOVEA_CHECK(restart());
        return fail("{} is longer than the {} bytes it should have", file_->path, file_->size);
    }
    sum_.add(bytes);
    size_ += bytes.size();
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_.get(), bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return local_error();
        bytes = bytes.subspan(static_cast<size_t>(count));
    }
    return {};
}

Status IncomingFile::finish(std::string_view source) {
    if (size_ != file_->size) {
        return fail("{} from {} broke off after {} of {} bytes", file_->path, source, size_,
                    file_->size);
    }
    if (sum_.finish() != expected_sum(*file_)) {
        FOVEA_CHECK(restart());
        ::unlink(part_.c_str());
        return fail("{} from {} has the wrong checksum", file_->path, source);
    }
    if (::fsync(descriptor_.get()) != 0 || ::rename(part_.c_str(), target_.c_str()) != 0) {
        return local_error();
    }
    job_->bytes_done += file_->size;
    return {};
}

}  // namespace fovea
