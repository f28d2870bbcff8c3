#pragma once

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "app/shell/application.h"
#include "app/shell/window.h"
#include "tests/engine/small_model.h"

namespace fovea::app {

/// When a test that waits in vain gives up. Long, since a busy machine is not at fault.
inline constexpr std::chrono::seconds patience{120};

/// Asks again and again until it holds.
template <class Holds>
bool soon(Holds holds, std::chrono::milliseconds between = std::chrono::milliseconds(2)) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline) {
        if (holds()) return true;
        std::this_thread::sleep_for(between);
    }
    return false;
}

/// Polls until it holds.
template <class Holds>
bool comes(Application& application, Holds holds) {
    return soon([&] {
        application.poll();
        return holds();
    });
}

/// Waits until there is nothing more to come, picture or not.
inline bool settles(Application& application) {
    return comes(application, [&] { return application.settled(); });
}

/// The same, with a picture.
inline bool reads(Application& application) {
    return comes(application, [&] { return application.reading() && application.settled(); });
}

inline std::string folder_of(const std::string& small_model) {
    test::small_model(small_model);
    return (test::small_models_folder() / small_model).string();
}

/// One of the small models and a sentence; the state is read and saved.
inline WindowOptions options_of(const std::string& small_model, std::string text) {
    WindowOptions options;
    options.model = folder_of(small_model);
    options.text = std::move(text);
    return options;
}

/// The same, and no state is read or saved.
inline WindowOptions passing_options(const std::string& small_model, std::string text) {
    WindowOptions options = options_of(small_model, std::move(text));
    options.screenshot = "unused.png";
    return options;
}

inline WindowOptions options_with(const Edits& edits) {
    WindowOptions options = passing_options("bert", "w11 w12 w13");
    options.edits = edits;
    return options;
}

inline void type(Application& application, std::string_view text) {
    for (const char c : text)
        application.press({.character = static_cast<char32_t>(c)});
}
inline void strike(Application& application, int key) {
    application.press({.key = key});
}
inline void strike_with_control(Application& application, char32_t letter) {
    application.press({.character = letter, .control = true});
}

}  // namespace fovea::app
