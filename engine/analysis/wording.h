#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/analysis/analysis.h"
#include "engine/analysis/stream_components.h"

/// How analyses speak: tokens and writers in sentences and labels.
namespace fovea::wording {

/// “to”: a token as it is labelled, in quotation marks; a leading space is not shown.
std::string quoted(std::string_view label);
/// A token as it is labelled, and its number where another reads alike: "John 9".
std::string token(const std::vector<std::string>& labels, Index index);
/// An entry of the vocabulary as a person reads it, on one line.
std::string piece(const Subjects& subjects, std::int32_t id);

/// "L23 head 0", "L0 MLP", "token", "position", "biases".
std::string writer(const Writer& writer);

/// "14 keys", "1 key".
std::string count(Index number, std::string_view one);

}  // namespace fovea::wording
