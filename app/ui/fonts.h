#pragma once

#include <imgui.h>

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/ui/fallback_fonts.h"
#include "app/ui/theme.h"
#include "engine/jobs/scheduler.h"

namespace fovea::app {

/// The faces of the interface in ImGui's atlas. Only characters that occur are drawn into it, so
/// that a Chinese sentence costs its own characters and not the whole script. UI thread only.
class FontAtlas {
  public:
    static Result<std::unique_ptr<FontAtlas>> create(Scheduler& jobs);

    /// Text that will be shown: its characters are in the atlas after the next `prepare`, or, once
    /// it has been built, a little later: fonts that have them are looked for away from the frame.
    void need(std::string_view utf8);

    /// Builds the atlas where characters or the scale are new; between frames. True where it did.
    bool prepare(float scale);

    /// Fonts are being looked for.
    bool waiting() const { return changed_ || lookup_.busy(); }
    /// Some were found: `prepare` has something to do.
    bool has_news() const { return lookup_.ready(); }

    /// Why some could not be looked for, once.
    std::optional<std::string> take_error() { return std::exchange(error_, std::nullopt); }

    const Fonts& fonts() const { return fonts_; }

  private:
    explicit FontAtlas(Scheduler& jobs) : jobs_(jobs) {}
    void build(float scale);

    Scheduler& jobs_;
    std::shared_ptr<SystemFonts> system_;
    FontFile regular_, semibold_;
    Fonts fonts_;
    std::set<char32_t> needed_;
    bool changed_ = true;
    float scale_ = 0;  // 0: not built yet
    std::vector<SystemFonts::Fallback> fallbacks_;
    std::optional<std::string> error_;
    JobTicket<std::vector<SystemFonts::Fallback>> lookup_;
};

/// Width of one character, without kerning.
float character_advance(ImFont* font, char32_t character);
/// The size at which a face was made.
float line_height(const ImFont* font);
/// ImGui::PushFont at the size at which the face was made.
void push_font(ImFont* font);

}  // namespace fovea::app
