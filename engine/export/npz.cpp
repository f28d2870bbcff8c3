#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "engine/export/file_content.h"
#include "engine/export/npy_header.h"
#include "engine/io/file_descriptor.h"

namespace fovea {
namespace {

// A text as a NumPy array of no dimensions, so that every member of the archive is an array:
// json.loads(archive["metadata"].item()). ASCII only; a character takes four bytes.
std::string npy_text(std::string_view ascii) {
    std::string member = npy_header(fmt::format("<U{}", ascii.size()), "");
    for (const char character : ascii) {
        member += character;
        member.append(3, '\0');
    }
    return member;
}

// What all members of one archive share while libzip pulls their bytes.
struct Pull {
    const CancelToken& cancel;
    ByteProgress counter;
};

// One member: libzip asks for bytes, the array makes them block by block.
struct Member {
    Member(const ExportArray& source, Pull& shared) : array(source), pull(shared) {}

    const ExportArray& array;
    Pull& pull;
    std::string header = npy_header(array);
    std::vector<std::byte> bytes;  // being handed over
    size_t taken = 0;
    Index next_block = 0;
    zip_error_t error = {};

    zip_int64_t read(std::byte* target, zip_uint64_t wanted) {
        zip_uint64_t done = 0;
        while (done < wanted) {
            if (taken == bytes.size()) {
                if (pull.cancel.cancelled()) {
                    zip_error_set(&error, ZIP_ER_CANCELLED, 0);
                    return -1;
                }
                if (next_block == array.blocks) break;
                array.fill(next_block++, bytes);
                taken = 0;
                pull.counter.advance(array.name, bytes.size());
                continue;
            }
            const size_t piece = std::min<size_t>(wanted - done, bytes.size() - taken);
            std::memcpy(target + done, bytes.data() + taken, piece);
            taken += piece;
            done += piece;
        }
        return static_cast<zip_int64_t>(done);
    }
    void rewind() {
        const auto raw = std::as_bytes(std::span(header));
        bytes.assign(raw.begin(), raw.end());
        taken = 0;
        next_block = 0;
    }
};

zip_int64_t tell_size(void* data, zip_uint64_t size) {
    auto* stat = static_cast<zip_stat_t*>(data);
    zip_stat_init(stat);
    stat->size = size;
    stat->valid = ZIP_STAT_SIZE;
    return sizeof(zip_stat_t);
}

zip_int64_t serve(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto& member = *static_cast<Member*>(state);
    switch (command) {
        case ZIP_SOURCE_OPEN:
            member.rewind();
            return 0;
        case ZIP_SOURCE_READ:
            return member.read(static_cast<std::byte*>(data), length);
        case ZIP_SOURCE_STAT:
            return tell_size(
                data, member.header.size() + static_cast<zip_uint64_t>(member.array.byte_count()));
        case ZIP_SOURCE_ERROR:
            return zip_error_to_data(&member.error, data, length);
        case ZIP_SOURCE_CLOSE:
        case ZIP_SOURCE_FREE:
            return 0;
        case ZIP_SOURCE_SUPPORTS:
            return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ,
                                                  ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                                  ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
        default:
            zip_error_set(&member.error, ZIP_ER_OPNOTSUPP, 0);
            return -1;
    }
}

// The archive as libzip writes it: into the file that is there, where it would by itself make
// another one beside it and rename that.
struct Sink {
    FileDescriptor file;
    zip_uint64_t position = 0, end = 0;
    zip_error_t error = {};

    zip_int64_t write(const char* data, zip_uint64_t length) {
        for (zip_uint64_t done = 0; done < length;) {
            const ssize_t count =
                ::pwrite(file.get(), data + done, length - done, static_cast<off_t>(position));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) {
                zip_error_set(&error, ZIP_ER_WRITE, errno);
                return -1;
            }
            done += static_cast<zip_uint64_t>(count);
            position += static_cast<zip_uint64_t>(count);
            end = std::max(end, position);
        }
        return static_cast<zip_int64_t>(length);
    }
    zip_int64_t seek(void* data, zip_uint64_t length) {
        const zip_int64_t to = zip_source_seek_compute_offset(position, end, data, length, &error);
        if (to < 0) return -1;
        position = static_cast<zip_uint64_t>(to);
        return 0;
    }
};

zip_int64_t serve_sink(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command) {
    auto& sink = *static_cast<Sink*>(state);
    switch (command) {
        case ZIP_SOURCE_WRITE:
            return sink.write(static_cast<const char*>(data), length);
        case ZIP_SOURCE_SEEK_WRITE:
            return sink.seek(data, length);
        case ZIP_SOURCE_TELL_WRITE:
            return static_cast<zip_int64_t>(sink.position);
        case ZIP_SOURCE_COMMIT_WRITE:
            if (sink.file.close() == 0) return 0;
            zip_error_set(&sink.error, ZIP_ER_CLOSE, errno);
            return -1;
        case ZIP_SOURCE_STAT:
            return tell_size(data, 0);
        case ZIP_SOURCE_ERROR:
            return zip_error_to_data(&sink.error, data, length);
        case ZIP_SOURCE_OPEN:
        case ZIP_SOURCE_CLOSE:
        case ZIP_SOURCE_FREE:
        case ZIP_SOURCE_BEGIN_WRITE:
        case ZIP_SOURCE_ROLLBACK_WRITE:
        case ZIP_SOURCE_REMOVE:
            return 0;
        case ZIP_SOURCE_SUPPORTS:
            // libzip wants a file that could be read as well, and reads nothing of a new archive.
            return zip_source_make_command_bitmap(
                ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
                ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE,
                ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE,
                -1);
        default:
            zip_error_set(&sink.error, ZIP_ER_OPNOTSUPP, 0);
            return -1;
    }
}

struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, Discard>;

Error reason(zip_t* archive) {
    return Error{zip_strerror(archive)};
}

// `sink` must outlive it.
Result<Archive> new_archive(Sink& sink) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* target = zip_source_function_create(serve_sink, &sink, &error);
    zip_t* archive =
        target ? zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error) : nullptr;
    if (archive) return Archive(archive);
    if (target) zip_source_free(target);
    Error problem{zip_error_strerror(&error)};
    zip_error_fini(&error);
    return problem;
}

// Stored, not deflated: weights hardly shrink, and readers get at them at once.
Status add(zip_t* archive, const std::string& name, zip_source_t* source) {
    if (!source) return reason(archive);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return reason(archive);
    }
    if (zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) != 0)
        return reason(archive);
    return {};
}

Status write_npz(const FileContent& content, const std::filesystem::path& temporary,
                 const Progress& progress, const CancelToken& cancel) {
    const std::vector<ExportArray>& arrays = content.arrays().arrays;
    Sink sink;
    sink.file =
        FileDescriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!sink.file.valid()) return Error{std::strerror(errno)};
    const std::string metadata = npy_text(metadata_json(content.metadata, -1, /*ascii=*/true));
    Pull pull{cancel, ByteProgress(progress, arrays)};
    std::vector<std::unique_ptr<Member>> members;

    FOVEA_TRY(Archive archive, new_archive(sink));
    for (const ExportArray& array : arrays) {
        members.push_back(std::make_unique<Member>(array, pull));
        FOVEA_CHECK(add(archive.get(), array.name + ".npy",
                        zip_source_function(archive.get(), serve, members.back().get())));
    }
    FOVEA_CHECK(add(archive.get(), "metadata.npy",
                    zip_source_buffer(archive.get(), metadata.data(), metadata.size(), 0)));
    // Everything is written here.
    if (zip_close(archive.get()) != 0) {
        if (cancel.cancelled()) return Error{std::string(cancelled_message)};
        return reason(archive.get());
    }
    static_cast<void>(archive.release());
    return {};
}

}  // namespace

Exporter npz_exporter() {
    return {".npz", "NumPy archive", false, write_npz};
}

}  // namespace fovea
