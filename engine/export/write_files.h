#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "engine/export/export.h"
#include "engine/export/file_content.h"

namespace fovea {

/// What is to be written, and under which name: its ending chooses the format.
struct Destination {
    std::filesystem::path file;
    /// A person named the file: a symbolic link of that name is followed. Else it is replaced.
    bool name_was_chosen = true;
    /// What takes less, where the disk has no room for this.
    std::string_view smaller = "fewer layers or heads";
    /// Files that nobody named are written over, whoever wrote them: a person was asked.
    bool may_replace = false;
};

/// The format that a file's ending chooses; null: none has it.
const Exporter* exporter_of(const std::filesystem::path& file);

/// Makes the contents for the format (the first one is of the destination's file, others stand
/// beside it) and writes them through AtomicFiles: all of them or none. A file that nobody named (a
/// further one, or what tells of one) is written over only where it is of the same origin: what
/// tells of it is Fovea's, and names the same analysis. Errors say the file's name first. On any
/// error or cancellation nothing is left behind and older files stand.
Status write_files(const Destination& destination, const Progress& progress,
                   const CancelToken& cancel,
                   const std::function<Result<std::vector<FileContent>>(const Exporter&)>& make);

}  // namespace fovea
