#include "app/panels/export_outcome.h"

#include <fmt/format.h>

#include "app/panels/picture_clipboard.h"
#include "engine/core/cancel.h"
#include "engine/core/memory_shortage.h"
#include "engine/io/private_folder.h"

namespace fovea::app {
namespace {

std::string size_words(const std::vector<std::filesystem::path>& files) {
    double bytes = 0;
    for (const auto& file : files) {
        std::error_code error;
        const auto size = static_cast<double>(std::filesystem::file_size(file, error));
        if (error) return {};
        bytes += size;
    }
    if (bytes < 1000) return fmt::format(", {:.0f} bytes", bytes);
    if (bytes < 1e6) return fmt::format(", {:.1f} kB", bytes / 1e3);
    if (bytes < 1e9) return fmt::format(", {:.1f} MB", bytes / 1e6);
    return fmt::format(", {:.1f} GB", bytes / 1e9);
}

/// "map.npz"; "map.csv and map.csv-metadata.json"; "20 files to /home/me: map.csv, map.*.csv and
/// beside each its -metadata.json".
std::string names_of(const std::vector<std::filesystem::path>& files) {
    const std::filesystem::path& first = files.front();
    std::string name = first.filename().string();
    if (files.size() == 1) return name;
    if (files.size() == 2) return fmt::format("{} and {}", name, files[1].filename().string());
    return fmt::format("{} files to {}: {}, {}.*{} and beside each its -metadata.json",
                       files.size(), first.parent_path().string(), name, first.stem().string(),
                       first.extension().string());
}

/// Less is written before anybody asks how much it is.
constexpr double large_file = 100e6;

}  // namespace

TaskOutcome written(const std::vector<std::filesystem::path>& files, const Status& status) {
    if (status) return {true, fmt::format("Wrote {}{}", names_of(files), size_words(files)), {}};
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

std::string numbers_in_words(double numbers, const Exporter& format) {
    if (numbers < 1e4) return fmt::format("{:.0f} numbers", numbers);
    if (numbers < 1e6) return fmt::format("{:.0f} thousand numbers", numbers / 1e3);
    const std::string count = fmt::format("{:.1f} million numbers", numbers / 1e6);
    const double bytes = numbers * format.bytes_a_number;
    if (bytes < large_file) return count;
    const bool is_text = format.as_text || format.holds == Exporter::Holds::cells;
    return fmt::format("{}, {}{}", count, is_text ? "at least " : "", size_in_words(bytes));
}

}  // namespace fovea::app
