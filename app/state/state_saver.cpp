#include "app/state/state_saver.h"

#include <utility>

#include "app/state/session_file.h"

namespace fovea::app {

void StateSaver::save(std::string text) {
    const JobSpec spec{.lane = Lane::saving,
                       .tag = "state",
                       .doing = "the state",
                       .even_at_end = true,
                       .quiet = true};
    saving_ = jobs_.submit(
        spec, [text = std::move(text), file = file_] { return write_session_file(text, file); });
}

std::optional<std::string> StateSaver::take_error() {
    const auto saved = saving_.take();
    return saved && !*saved ? std::optional(saved->message()) : std::nullopt;
}

}  // namespace fovea::app
