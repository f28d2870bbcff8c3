#include "app/panels/export_outcome.h"

#include <fmt/format.h>

#include "app/panels/picture_clipboard.h"
#include "engine/core/cancel.h"
#include "engine/io/private_folder.h"

namespace fovea::app {
namespace {

std::string size_words(const std::filesystem::path& file) {
    std::error_code error;
    const auto bytes = static_cast<double>(std::filesystem::file_size(file, error));
    if (error) return {};
    if (bytes < 1000) return fmt::format(", {:.0f} bytes", bytes);
    if (bytes < 1e6) return fmt::format(", {:.1f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format(", {:.1f} MB", bytes / 1e6);
    return fmt::format(", {:.1f} GB", bytes / 1e9);
}

}  // namespace

TaskOutcome written(const std::filesystem::path& file, const Status& status) {
    if (status)
        return {true, fmt::format("Wrote {}{}", file.filename().string(), size_words(file)), {}};
    const bool cancelled = status.message() == cancelled_message;
    return {false, cancelled ? "Cancelled: nothing was written" : status.message(), {}};
}

TaskOutcome copied(const PictureToCopy& picture) {
    {
        const auto folder = PrivateFolder::create();
        if (!folder) return {false, folder.message(), {}};
        const std::filesystem::path png = folder->path() / "picture.png";
        if (const Status status = picture.write(png); !status) return {false, status.message(), {}};
        if (copy_picture_file(png)) return {true, "Copied " + picture.what, {}};
    }
    if (const Status status = picture.write(picture.otherwise); !status)
        return {false, status.message(), {}};
    return {true,
            fmt::format("No clipboard program (wl-copy, xclip) took the picture: it is in {}",
                        picture.otherwise.string()),
            {}};
}

std::string numbers_in_words(double numbers) {
    if (numbers < 1e4) return fmt::format("{:.0f} numbers", numbers);
    if (numbers < 1e6) return fmt::format("{:.0f} thousand numbers", numbers / 1e3);
    return fmt::format("{:.1f} million numbers", numbers / 1e6);
}

}  // namespace fovea::app
