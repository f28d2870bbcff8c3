#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

namespace fovea::test {

/// Models that others trained, read where they are and not redistributed: where `$variable` says,
/// or the GGUF file in the folder with `name` in its own, where `fovea get` puts it.
/// Empty where there is none.
inline std::filesystem::path installed_gguf(const char* variable, std::string_view name) {
    namespace fs = std::filesystem;
    if (const char* named = std::getenv(variable))
        return fs::exists(named) ? fs::path(named) : fs::path();
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    if (!data && !home) return {};
    const fs::path models =
        (data ? fs::path(data) : fs::path(home) / ".local/share") / "fovea/models";
    std::error_code error;
    for (const auto& folder : fs::directory_iterator(models, error))
        if (folder.path().filename().string().find(name) != std::string::npos)
            for (const auto& file : fs::directory_iterator(folder, error))
                if (file.path().extension() == ".gguf") return file.path();
    return {};
}

/// Gemma 3 270M as Q4_K_M.
inline std::filesystem::path gemma_file() {
    return installed_gguf("FOVEA_GEMMA_GGUF", "emma-3-270m");
}
inline constexpr const char* no_gemma =
    "Gemma 3 270M is not here: `fovea get gemma-3-270m` fetches it, or FOVEA_GEMMA_GGUF names it";

/// The default model: SmolLM2 135M Instruct as Q4_1.
inline std::filesystem::path smollm2_file() {
    return installed_gguf("FOVEA_SMOLLM2_GGUF", "SmolLM2-135M-Instruct");
}
inline constexpr const char* no_smollm2 =
    "the default model is not here: `fovea get SmolLM2-135M-Instruct` fetches it, or "
    "FOVEA_SMOLLM2_GGUF names it";

}  // namespace fovea::test
