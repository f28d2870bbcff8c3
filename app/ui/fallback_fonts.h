#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/mapped_file.h"

namespace fovea::app {

/// One face of a font file on this machine.
struct FontFile {
    std::shared_ptr<const MappedFile> data;
    int face_index = 0;          ///< inside a collection (.ttc)
    double height_per_em = 1.2;  ///< (ascender - descender) / units per em
    double digit_per_em = 0.6;   ///< widest digit's advance / units per em
};

enum class Weight { regular, semibold };

/// Fonts of the machine, found through fontconfig. Any one thread.
class SystemFonts {
  public:
    static Result<std::unique_ptr<SystemFonts>> create();
    ~SystemFonts();
    SystemFonts(const SystemFonts&) = delete;

    /// Inter, or the machine's best sans serif where Inter is missing.
    Result<FontFile> interface_face(Weight weight) const;

    /// A face with some of the characters, best first in the machine's own order.
    struct Fallback {
        FontFile font;
        std::vector<char32_t> characters;
    };
    /// Splits characters over the fonts that have them; those that no font has are left out.
    std::vector<Fallback> fallbacks(const std::set<char32_t>& characters) const;

    /// Those of `characters` that the interface's own face does not have.
    std::set<char32_t> missing(const std::set<char32_t>& characters) const;

  private:
    SystemFonts();
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fovea::app
