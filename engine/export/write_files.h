#pragma once

#include <functional>
#include <vector>

#include "engine/export/export.h"
#include "engine/export/file_content.h"

namespace fovea {

/// What is to be written, and under which name: its ending chooses the format.
struct Destination {
    std::filesystem::path file;
    /// A person named the file: a symbolic link of that name is followed. Else it is replaced.
    bool name_was_chosen = true;
};

/// Makes the contents for the format (the first one is of the destination's file, others stand
/// beside it) and writes them through AtomicFiles: all of them or none. Errors say the file's name
/// first. On any error or cancellation nothing is left behind and older files stand.
Status write_files(const Destination& destination, const Progress& progress,
                   const CancelToken& cancel,
                   const std::function<Result<std::vector<FileContent>>(const Exporter&)>& make);

}  // namespace fovea
