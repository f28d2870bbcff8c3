#pragma once

#include <cstdlib>
#include <filesystem>

namespace fovea::test {

/// Gemma 3 270M as Q4_K_M, which is not ours to redistribute: where $FOVEA_GEMMA_GGUF says, or
/// where `fovea get` puts it. Empty where there is none.
inline std::filesystem::path gemma_file() {
    namespace fs = std::filesystem;
    if (const char* named = std::getenv("FOVEA_GEMMA_GGUF"))
        return fs::exists(named) ? fs::path(named) : fs::path();
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    if (!data && !home) return {};
    const fs::path models =
        (data ? fs::path(data) : fs::path(home) / ".local/share") / "fovea/models";
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(models, error))
        if (folder.path().filename().string().find("emma-3-270m") != std::string::npos)
            for (const auto& file : fs::directory_iterator(folder, error))
                if (file.path().extension() == ".gguf") return file.path();
    return {};
}

inline constexpr const char* no_gemma =
    "Gemma 3 270M is not here: `fovea get gemma-3-270m` fetches it, or FOVEA_GEMMA_GGUF names it";

}  // namespace fovea::test
