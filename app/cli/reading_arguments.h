#pragma once

#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/session/reading.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace fovea::app {

/// What of a model and a sentence a command is about: --model, --text or --ids, and all that goes
/// with them.
struct ReadingArguments {
    std::string model, text, pair, ids, token_types, decoder_text, decoder_ids, part, edits;
    bool no_special_tokens = false;
    CLI::Option* text_option = nullptr;
    CLI::Option* pair_option = nullptr;
    CLI::Option* ids_option = nullptr;
    CLI::Option* decoder_text_option = nullptr;
    CLI::Option* decoder_ids_option = nullptr;

    void declare(CLI::App& app);
    bool from_ids() const;
    /// Neither --text nor --ids was given.
    bool nothing_to_read() const;

    /// Loads the model and fills the request, but for what is to be read.
    Result<ReadingRequest> request() const;
    /// Reads: first without the edits, since what they name is looked for among the tokens that
    /// were read. A reading's warning goes to standard error.
    Result<std::shared_ptr<const Reading>> read(ReadingRequest request) const;
};

}  // namespace fovea::app
