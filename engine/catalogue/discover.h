#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/core/tensor.h"
#include "engine/model/ability.h"

namespace fovea {

/// Who put a model on this machine. In the order in which a name is looked for.
enum class ModelSource { installed, hugging_face_cache, ollama, lm_studio, own_folder };

/// "installed", "Hugging Face cache", …
std::string_view source_label(ModelSource source);
/// "installed", "hugging_face_cache", …: for JSON.
std::string_view source_key(ModelSource source);

/// A model on this machine, as far as a glance tells: its config and the sizes of its files, or the
/// header of a GGUF file. No weights are read.
struct FoundModel {
    std::string name;  ///< "gpt2", "Qwen/Qwen3-0.6B", "gemma3:270m"
    /// What Model::load takes: a folder, or a GGUF file.
    std::filesystem::path path;
    ModelSource source = ModelSource::installed;
    std::string architecture;  ///< as the file spells it: "gpt_neox"; "" where it does not say
    std::uint64_t size = 0;    ///< of the weights on the disk, in bytes
    Index context = 0;         ///< in tokens; 0 where unknown
    std::optional<Ability> ability;  ///< what it can be asked; nullopt where it cannot be opened
    bool can_open = false;
    std::string why_not;  ///< a sentence where it cannot be opened, else ""
};

/// Where to look.
struct ModelPlaces {
    std::filesystem::path installed;
    std::vector<std::filesystem::path> hugging_face;  ///< "hub" folders
    std::vector<std::filesystem::path> ollama;
    std::vector<std::filesystem::path> lm_studio;
    std::vector<std::filesystem::path> own;

    /// `fovea get`'s folder; $HF_HUB_CACHE, $HF_HOME/hub, ~/.cache/huggingface/hub;
    /// $OLLAMA_MODELS, ~/.ollama/models and the system service's; LM Studio's two; $FOVEA_MODELS
    /// (a list between colons) and the remembered folders.
    static ModelPlaces of_this_machine();
};

struct Discovery {
    std::vector<FoundModel> models;    ///< by source, then by name
    std::vector<std::string> remarks;  ///< what was not looked through, and why
};

/// Looks through all places. Nothing there is trusted: links may lead nowhere or in circles,
/// folders may be vast; depth and number of what is looked at are bounded, and a bound that was
/// reached is a remark. Blocks, usually for milliseconds; any thread. When cancelled it returns
/// what it has.
Discovery discover_models(const ModelPlaces& places = ModelPlaces::of_this_machine(),
                          const CancelToken& cancel = {});

/// Folders of the user's choosing, kept in `$XDG_DATA_HOME/fovea/folders.json`. A file that cannot
/// be read holds none.
std::vector<std::filesystem::path> remembered_folders();
/// Adds one; an error where it is no folder. Once is enough: a second time changes nothing.
Status remember_folder(const std::filesystem::path& folder);
/// An error where it was not remembered.
Status forget_folder(const std::filesystem::path& folder);

}  // namespace fovea
