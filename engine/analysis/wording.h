#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/analysis/analysis.h"
#include "engine/analysis/stream_components.h"

/// How analyses speak: tokens and writers in sentences and labels.
namespace fovea::wording {

/// “to”: a token as it is labelled, in quotation marks; a leading space is not shown.
std::string quoted(std::string_view label);
/// A token as it is labelled, and its number where another reads alike: "John 9".
std::string token(const std::vector<std::string>& labels, Index index);
/// The same of all of them: one walk, where `token` is one for each.
std::vector<std::string> tokens(const std::vector<std::string>& labels);
/// An entry of the vocabulary as a person reads it, on one line.
std::string piece(const Subjects& subjects, std::int32_t id);

/// What a state of the stream is behind: "the embedding", "layer 22".
std::string state(Index state);

/// "L23 head 0", "L0 MLP", "token", "position", "biases".
std::string writer(const Writer& writer);

/// Of a head that is silenced, as its edits would have it speak.
inline constexpr std::string_view silenced =
    "The head is silenced: this is what it would write, and none of it is written.";

/// "14 keys", "1 key".
std::string count(Index number, std::string_view one);

}  // namespace fovea::wording
