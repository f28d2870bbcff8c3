#pragma once

#include "engine/analysis/analysis.h"

/// What a person asked for, checked against what is there, with the defaults filled in.
namespace fovea::asked {

/// Parameters::position, else where predictions are shown, else the last token. Of the stack that
/// predicts. Errors: no such token.
Result<Index> position(const Subjects& subjects, const Parameters& parameters);

/// Parameters::target, else the model's likeliest token at the position. Errors: no such entry.
Result<std::int32_t> target(const Subjects& subjects, const Parameters& parameters, Index position);
/// Errors: no such entry.
Result<std::optional<std::int32_t>> versus(const Subjects& subjects, const Parameters& parameters);

/// Parameters::cell, else the last query of the first head of the last layer on its heaviest key.
/// Errors: a cell that is not there.
Result<HeadCell> cell(const Subjects& subjects, const Parameters& parameters);

}  // namespace fovea::asked
