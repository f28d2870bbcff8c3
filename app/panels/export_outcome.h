#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "engine/core/result.h"
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

/// Of a file that was to be written.
TaskOutcome written(const std::filesystem::path& file, const Status& status);

/// Hands a picture to the clipboard by way of a folder of its own, or leaves it at `otherwise`
/// where no program takes it.
struct PictureToCopy {
    std::string what;  ///< "the picture of layer 1 head 2"
    std::filesystem::path otherwise;
    std::function<Status(const std::filesystem::path& png)> write;
};
TaskOutcome copied(const PictureToCopy& picture);

/// "12 thousand numbers", "21.4 million numbers"
std::string numbers_in_words(double numbers);

}  // namespace fovea::app
