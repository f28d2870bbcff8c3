#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/analysis/findings.h"
#include "engine/export/file_content.h"

namespace fovea {

/// A finding with all of its numbers; NaN is null.
nlohmann::ordered_json finding_json(const Finding& finding);

/// A finding as rows under named columns; what is no number, and words in a column of numbers, are
/// an empty field. It reads the finding, which must outlive it.
TableContent finding_table(const Finding& finding);

/// A table's rows as files have them: those that the figure folds into one in its place, and in a
/// total no words where the column is of numbers.
std::vector<finding::Table::Row> rows_in_files(const finding::Table& table);

/// The same rows parted by tabs, below its title; a matrix as it stands, what is written in its
/// squares first.
std::string finding_text(const Finding& finding);

}  // namespace fovea
