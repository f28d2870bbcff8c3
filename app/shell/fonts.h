#pragma once

#include <imgui.h>

#include <memory>
#include <set>
#include <string_view>

#include "app/render/theme.h"
#include "app/shell/fallback_fonts.h"

namespace fovea::app {

/// The faces of the interface in ImGui's atlas. Only characters that occur are drawn into it, so
/// that a Chinese sentence costs its own characters and not the whole script. UI thread only.
class FontAtlas {
  public:
    static Result<std::unique_ptr<FontAtlas>> create();

    /// Text that will be shown: its characters are in the atlas after the next `prepare`.
    void need(std::string_view utf8);

    /// Builds the atlas where characters or the scale are new; between frames. True where it did.
    bool prepare(float scale);

    const Fonts& fonts() const { return fonts_; }

  private:
    FontAtlas() = default;
    void build(float scale);

    std::unique_ptr<SystemFonts> system_;
    FontFile regular_, semibold_;
    Fonts fonts_;
    std::set<char32_t> needed_;
    bool changed_ = true;
    float scale_ = 0;
};

/// Width of one character, without kerning.
float character_advance(ImFont* font, char32_t character);
/// The size at which a face was made.
float line_height(const ImFont* font);
/// ImGui::PushFont at the size at which the face was made.
void push_font(ImFont* font);

}  // namespace fovea::app
