#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "engine/core/colour_map.h"
#include "export_fixture.h"

namespace fovea::test {

inline std::string hexadecimal(const Colour& colour) {
    return fmt::format("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2]);
}

inline ExportJob head_job(const ReadingShape& shape, const std::filesystem::path& file) {
    ExportJob job;
    job.reading = make_reading(shape);
    job.layers = {1};
    job.heads = {2};
    job.fitted = false;
    job.file = file;
    return job;
}

inline std::string written(const ExportJob& job) {
    const Status status = export_reading(job, {}, {});
    EXPECT_TRUE(status) << (status ? "" : status.message());
    return file_bytes(job.file);
}

struct DrawnCell {
    double x, y;
    std::string fill;
};

// The cells of a small map: squares of 43 units, row by row.
inline std::vector<DrawnCell> cells_of(const std::string& svg) {
    static const std::regex pattern(
        R"re(<rect x="([\d.]+)" y="([\d.]+)" width="43" height="43" fill="(#\w{6})"/>)re");
    std::vector<DrawnCell> cells;
    for (std::sregex_iterator match(svg.begin(), svg.end(), pattern), end; match != end; ++match)
        cells.push_back({std::stod((*match)[1]), std::stod((*match)[2]), (*match)[3]});
    return cells;
}

}  // namespace fovea::test
