#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/export/export.h"
#include "engine/jobs/job_context.h"

namespace fovea::app {

/// What became of a job: a sentence for the person.
struct TaskOutcome {
    bool good = false;
    std::string sentence;
    std::string clipboard;  ///< text that the UI thread puts there; empty: none
};

/// Work for the scheduler: it takes by value all that it needs.
using ExportWork = std::function<TaskOutcome(const JobContext&)>;

/// Of files that were to be written; the first is the one that was named.
TaskOutcome written(const std::vector<std::filesystem::path>& files, const Status& status);

/// Hands a picture to the clipboard by way of a folder of its own, or leaves it at `otherwise`
/// where no program takes it.
struct PictureToCopy {
    std::string what;  ///< "the picture of layer 1 head 2"
    std::filesystem::path otherwise;
    std::function<Status(const std::filesystem::path& png)> write;
};
TaskOutcome copied(const PictureToCopy& picture);

/// "12 thousand numbers"; of a large file its size as well: "21.4 million numbers, 3.1 GB".
std::string numbers_in_words(double numbers, const Exporter& format);

}  // namespace fovea::app
