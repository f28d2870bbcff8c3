#include "app/ui/fallback_fonts.h"

#include <fontconfig/fontconfig.h>
#include <ft2build.h>

#include <algorithm>
#include <map>
#include <string>
#include FT_FREETYPE_H

namespace fovea::app {
namespace {

template <auto release>
struct Release {
    template <class T>
    void operator()(T* object) const {
        release(object);
    }
};
using Pattern = std::unique_ptr<FcPattern, Release<FcPatternDestroy>>;
using FontSet = std::unique_ptr<FcFontSet, Release<FcFontSetDestroy>>;
using Config = std::unique_ptr<FcConfig, Release<FcConfigDestroy>>;

Pattern sans_serif(const char* family, int weight) {
    Pattern pattern(FcPatternCreate());
    FcPatternAddString(pattern.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>(family));
    FcPatternAddString(pattern.get(), FC_FAMILY, reinterpret_cast<const FcChar8*>("sans-serif"));
    FcPatternAddInteger(pattern.get(), FC_WEIGHT, weight);
    FcPatternAddInteger(pattern.get(), FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(pattern.get(), FC_SCALABLE, FcTrue);
    FcPatternAddBool(pattern.get(), FC_COLOR, FcFalse);
    FcPatternAddBool(pattern.get(), FC_VARIABLE, FcFalse);
    return pattern;
}

/// Han characters look different in Japanese, Korean and Chinese fonts: the other letters of the
/// text tell which one is meant.
const char* language_of(const std::set<char32_t>& characters) {
    bool han = false;
    for (const char32_t c : characters) {
        if (c >= 0x3040 && c <= 0x30ff) return "ja";
        if ((c >= 0x1100 && c <= 0x11ff) || (c >= 0xac00 && c <= 0xd7a3)) return "ko";
        han = han || (c >= 0x3400 && c <= 0x9fff) || (c >= 0x20000 && c <= 0x3ffff);
    }
    return han ? "zh-cn" : nullptr;
}

void measure(FT_Library library, FontFile& font) {
    FT_Face face = nullptr;
    const auto bytes = font.data->bytes();
    if (FT_New_Memory_Face(library, reinterpret_cast<const FT_Byte*>(bytes.data()),
                           static_cast<FT_Long>(bytes.size()), font.face_index, &face) != 0)
        return;
    if (face->units_per_EM > 0) {
        const double em = face->units_per_EM;
        font.height_per_em = (face->ascender - face->descender) / em;
        long widest = 0;
        for (FT_ULong digit = '0'; digit <= '9'; ++digit)
            if (FT_Load_Char(face, digit, FT_LOAD_NO_SCALE) == 0)
                widest = std::max(widest, static_cast<long>(face->glyph->metrics.horiAdvance));
        if (widest > 0) font.digit_per_em = static_cast<double>(widest) / em;
    }
    FT_Done_Face(face);
}

}  // namespace

struct SystemFonts::State {
    Config config;
    FT_Library freetype = nullptr;
    Pattern interface_pattern;  // what fontconfig chose for the interface's regular face
    mutable std::map<std::string, FontSet> sorted;  // by language
    mutable std::map<std::pair<std::string, int>, FontFile> opened;

    ~State() {
        if (freetype) FT_Done_FreeType(freetype);
    }

    Pattern match(const char* family, int weight) const {
        const Pattern wanted = sans_serif(family, weight);
        FcConfigSubstitute(config.get(), wanted.get(), FcMatchPattern);
        FcDefaultSubstitute(wanted.get());
        FcResult result{};
        return Pattern(FcFontMatch(config.get(), wanted.get(), &result));
    }

    /// All fonts, best first, as the machine orders them for a language.
    const FcFontSet* fonts_for(const char* language) const {
        FontSet& fonts = sorted[language ? language : ""];
        if (!fonts) {
            const Pattern wanted = sans_serif("Inter", FC_WEIGHT_REGULAR);
            if (language)
                FcPatternAddString(wanted.get(), FC_LANG,
                                   reinterpret_cast<const FcChar8*>(language));
            FcConfigSubstitute(config.get(), wanted.get(), FcMatchPattern);
            FcDefaultSubstitute(wanted.get());
            FcResult result{};
            fonts.reset(FcFontSort(config.get(), wanted.get(), FcFalse, nullptr, &result));
        }
        return fonts.get();
    }

    std::optional<FontFile> open(FcPattern* pattern) const {
        FcChar8* file = nullptr;
        int index = 0;
        if (FcPatternGetString(pattern, FC_FILE, 0, &file) != FcResultMatch) return {};
        FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
        const std::pair key{std::string(reinterpret_cast<const char*>(file)), index & 0xffff};
        if (const auto found = opened.find(key); found != opened.end()) return found->second;
        auto data = MappedFile::open(key.first);
        if (!data) return {};
        FontFile font{.data = *data, .face_index = key.second};
        measure(freetype, font);
        opened[key] = font;
        return font;
    }
};

SystemFonts::SystemFonts() : state_(std::make_unique<State>()) {}
SystemFonts::~SystemFonts() = default;

Result<std::unique_ptr<SystemFonts>> SystemFonts::create() {
    std::unique_ptr<SystemFonts> fonts(new SystemFonts());
    fonts->state_->config.reset(FcInitLoadConfigAndFonts());
    if (!fonts->state_->config) return fail("fontconfig found no configuration on this machine");
    if (FT_Init_FreeType(&fonts->state_->freetype) != 0) return fail("FreeType could not start");
    fonts->state_->interface_pattern = fonts->state_->match("Inter", FC_WEIGHT_REGULAR);
    if (!fonts->state_->interface_pattern)
        return fail("no font was found on this machine; install one, such as fonts-inter");
    return fonts;
}

Result<FontFile> SystemFonts::interface_face(Weight weight) const {
    const Pattern found =
        state_->match("Inter", weight == Weight::semibold ? FC_WEIGHT_DEMIBOLD : FC_WEIGHT_REGULAR);
    if (found)
        if (auto font = state_->open(found.get())) return *font;
    return fail("no font could be opened on this machine; install one, such as fonts-inter");
}

std::vector<SystemFonts::Fallback> SystemFonts::fallbacks(
    const std::set<char32_t>& characters) const {
    std::vector<Fallback> result;
    if (characters.empty()) return result;
    const FcFontSet* fonts = state_->fonts_for(language_of(characters));
    if (!fonts) return result;
    std::set<char32_t> left = characters;
    for (int i = 0; i < fonts->nfont && !left.empty(); ++i) {
        FcPattern* pattern = fonts->fonts[i];
        FcBool usable = FcTrue;
        if (FcPatternGetBool(pattern, FC_SCALABLE, 0, &usable) == FcResultMatch && !usable)
            continue;
        FcBool unwanted = FcFalse;
        if (FcPatternGetBool(pattern, FC_COLOR, 0, &unwanted) == FcResultMatch && unwanted)
            continue;
        FcCharSet* has = nullptr;
        if (FcPatternGetCharSet(pattern, FC_CHARSET, 0, &has) != FcResultMatch) continue;
        Fallback fallback;
        for (const char32_t c : left)
            if (FcCharSetHasChar(has, c)) fallback.characters.push_back(c);
        if (fallback.characters.empty()) continue;
        auto font = state_->open(pattern);
        if (!font) continue;
        fallback.font = *font;
        for (const char32_t c : fallback.characters)
            left.erase(c);
        result.push_back(std::move(fallback));
    }
    return result;
}

std::set<char32_t> SystemFonts::missing(const std::set<char32_t>& characters) const {
    FcCharSet* has = nullptr;
    if (FcPatternGetCharSet(state_->interface_pattern.get(), FC_CHARSET, 0, &has) != FcResultMatch)
        return characters;
    std::set<char32_t> result;
    for (const char32_t c : characters)
        if (!FcCharSetHasChar(has, c)) result.insert(c);
    return result;
}

}  // namespace fovea::app
