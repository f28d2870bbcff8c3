#include "app/ui/fonts.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/utf8.h"

namespace fovea::app {
namespace {

/// A sentence of more different characters than this shows the rest as boxes: the atlas must fit
/// into a texture.
constexpr size_t most_characters = 2500;

/// Signs that the interface itself draws, beside ASCII and Latin-1.
constexpr std::string_view interface_signs =
    "←↑→↓↔⇥⏎␣↺▾▸▴▼▲●○□■☐☑✓✎✕×·›…–—−‐‑‘’“”„•‖√∞≤≥≠±≈τΣΔλ₀₁₂₃⁰⁴⁵⁶⁷⁸⁹⁻⌫⌘∂";

enum class Fallbacks { none, all };

struct FaceRequest {
    const FontFile* file;
    float design_pixels;  ///< of the em square
    Fallbacks fallbacks;
};

/// ImGui measures a face by ascender to descender, typography by the em square.
float pixel_size(const FontFile& file, float em_pixels) {
    return static_cast<float>(file.height_per_em) * em_pixels;
}

std::vector<ImWchar> ranges_of(const std::vector<char32_t>& characters) {
    std::vector<ImWchar> ranges;
    for (size_t i = 0; i < characters.size();) {
        size_t end = i + 1;
        while (end < characters.size() && characters[end] == characters[end - 1] + 1)
            ++end;
        ranges.push_back(static_cast<ImWchar>(characters[i]));
        ranges.push_back(static_cast<ImWchar>(characters[end - 1]));
        i = end;
    }
    ranges.push_back(0);
    return ranges;
}

const ImWchar digit_ranges[] = {'0', '9', 0};
#if IMGUI_VERSION_NUM >= 19200
const ImWchar all_but_digits[] = {1, '0' - 1, '9' + 1, IM_UNICODE_CODEPOINT_MAX, 0};
#endif

/// ImGui keeps pointers to the ranges until the atlas is built.
struct Ranges {
    std::vector<ImWchar> own;
    std::vector<std::vector<ImWchar>> fallbacks;
};

ImFontConfig config_for(const FontFile& file, int oversample) {
    ImFontConfig config;
    config.FontNo = static_cast<decltype(config.FontNo)>(file.face_index);
    config.FontDataOwnedByAtlas = false;
    config.OversampleH = static_cast<decltype(config.OversampleH)>(oversample);
    config.OversampleV = 1;
    config.PixelSnapH = false;
    return config;
}

ImFont* add(const FontFile& file, float em_pixels, ImFontConfig config, const ImWchar* ranges) {
    const auto bytes = file.data->bytes();
    return ImGui::GetIO().Fonts->AddFontFromMemoryTTF(const_cast<std::byte*>(bytes.data()),
                                                      static_cast<int>(bytes.size()),
                                                      pixel_size(file, em_pixels), &config, ranges);
}

}  // namespace

Result<std::unique_ptr<FontAtlas>> FontAtlas::create(Scheduler& jobs) {
    std::unique_ptr<FontAtlas> atlas(new FontAtlas(jobs));
    FOVEA_TRY(atlas->system_, SystemFonts::create());
    FOVEA_TRY(atlas->regular_, atlas->system_->interface_face(Weight::regular));
    FOVEA_TRY(atlas->semibold_, atlas->system_->interface_face(Weight::semibold));
    for (char32_t c = 0x20; c < 0x7f; ++c)
        atlas->needed_.insert(c);
    for (char32_t c = 0xa0; c < 0x100; ++c)
        atlas->needed_.insert(c);
    atlas->needed_.insert(0xfffd);
    atlas->need(interface_signs);
    return atlas;
}

void FontAtlas::need(std::string_view utf8) {
    for (size_t at = 0; at < utf8.size() && needed_.size() < most_characters;) {
        const char32_t c = text::decode_utf8(utf8, at);
        if (c < 0x20 || (sizeof(ImWchar) == 2 && c > 0xffff)) continue;
        changed_ = needed_.insert(c).second || changed_;
    }
}

bool FontAtlas::prepare(float scale) {
    bool found = false;
    if (changed_ && scale_ == 0) {  // the start waits
        fallbacks_ = system_->fallbacks(system_->missing(needed_));
        changed_ = false;
        found = true;
    } else if (auto fonts = lookup_.take()) {
        found = fonts->ok();
        if (found)
            fallbacks_ = **std::move(fonts);
        else
            error_ = fonts->message();
    }
    // One at a time: the system's fonts are asked by one thread.
    if (changed_ && !lookup_.busy()) {
        lookup_ =
            jobs_.submit({.lane = Lane::disk, .tag = "fonts", .doing = "the letters of this text"},
                         [system = system_, characters = needed_] {
                             return system->fallbacks(system->missing(characters));
                         });
        changed_ = false;
    }
    if (!found && scale == scale_) return false;
    build(scale);
    scale_ = scale;
    return true;
}

void FontAtlas::build(float scale) {
    ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
    atlas.Clear();
    const std::set<char32_t> foreign = system_->missing(needed_);
    const std::vector<SystemFonts::Fallback>& fallbacks = fallbacks_;
    std::vector<char32_t> native;
    std::set_difference(needed_.begin(), needed_.end(), foreign.begin(), foreign.end(),
                        std::back_inserter(native));
    Ranges ranges{ranges_of(native), {}};
    for (const SystemFonts::Fallback& fallback : fallbacks)
        ranges.fallbacks.push_back(ranges_of(fallback.characters));

    const auto make = [&](const FaceRequest& request) {
        const float em = request.design_pixels * scale;
        // Figures come first and all equally wide, so that columns of numbers stand still.
        ImFontConfig digits = config_for(*request.file, 3);
        digits.GlyphMinAdvanceX = digits.GlyphMaxAdvanceX =
            static_cast<float>(request.file->digit_per_em) * em;
#if IMGUI_VERSION_NUM >= 19200
        digits.GlyphExcludeRanges = all_but_digits;
#endif
        ImFont* font = add(*request.file, em, digits, digit_ranges);
        ImFontConfig rest = config_for(*request.file, 3);
        rest.MergeMode = true;
        add(*request.file, em, rest, ranges.own.data());
        if (request.fallbacks == Fallbacks::all)
            for (size_t i = 0; i < fallbacks.size(); ++i) {
                ImFontConfig config = config_for(fallbacks[i].font, 1);
                config.MergeMode = true;
                add(fallbacks[i].font, em, config, ranges.fallbacks[i].data());
            }
        return font;
    };
    fonts_.text = make({&regular_, 13, Fallbacks::all});
    fonts_.strong = make({&semibold_, 13, Fallbacks::all});
    fonts_.heading = make({&semibold_, 11, Fallbacks::none});
    fonts_.small = make({&regular_, 11, Fallbacks::all});
    fonts_.prompt = make({&regular_, 15, Fallbacks::all});
    fonts_.title = make({&semibold_, 15, Fallbacks::all});
    ImGui::GetIO().FontDefault = fonts_.text;
#if IMGUI_VERSION_NUM < 19200
    atlas.Build();
#endif
}

#if IMGUI_VERSION_NUM >= 19200
float character_advance(ImFont* font, char32_t character) {
    return font->GetFontBaked(font->LegacySize)->GetCharAdvance(static_cast<ImWchar>(character));
}
float line_height(const ImFont* font) {
    return font->LegacySize;
}
void push_font(ImFont* font) {
    ImGui::PushFont(font, font->LegacySize);
}
#else
float character_advance(ImFont* font, char32_t character) {
    return font->GetCharAdvance(static_cast<ImWchar>(character));
}
float line_height(const ImFont* font) {
    return font->FontSize;
}
void push_font(ImFont* font) {
    ImGui::PushFont(font);
}
#endif

}  // namespace fovea::app
