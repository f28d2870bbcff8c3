#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/catalogue/catalogue.h"

namespace fovea {

/// A model of the Hugging Face Hub: "owner/name", "owner/name@revision",
/// "owner/name/file.gguf", or the address of its page.
struct HubAddress {
    std::string id;                 ///< "openai-community/gpt2"
    std::string revision = "main";  ///< a branch, a tag or a commit
    std::string file;               ///< one GGUF file among several; "": the whole model
};
std::optional<HubAddress> parse_hub_address(std::string_view text);

/// Those of a commit's files that Fovea needs. An error where there is none that it can run.
Result<std::vector<CatalogueFile>> choose_files(const std::vector<CatalogueFile>& listed,
                                                const HubAddress& address);
/// Whether there are weights, but only in a form that is not read.
bool has_only_pickles(const std::vector<CatalogueFile>& listed);

/// Asks the Hub what an entry that names a model of it consists of: which commit its revision is,
/// which of that commit's files Fovea needs, and each one's size and checksum (SHA-256 for large
/// files, git's name for small ones). What comes back names its files and is fetched like any
/// other. An error says what is in the way: no such model, terms to accept, only a pickle.
///
/// Where the main branch has only a pickle but the Hub's own conversion to safetensors waits
/// there as a pull request, that is taken.
Result<CatalogueEntry> ask_the_hub(const CatalogueEntry& entry, const Progress& progress,
                                   const CancelToken& cancel);

/// The Hub's address: $HF_ENDPOINT, or https://huggingface.co.
std::string hub_endpoint();
/// An address of the Hub at the endpoint in use; any other as it is.
std::string at_hub_endpoint(std::string url);
/// $HF_TOKEN for addresses of the endpoint, over TLS or to this machine; "" for all others. It is
/// never sent on to where a redirect leads.
std::string token_for(std::string_view url);

/// Why the Hub does not hand out the model `id`, for a status of 401 or 403; "" for others.
std::string hub_refusal(long status, std::string_view error_code, std::string_view id);

inline constexpr const char* manifest_name = "fovea-fetched.json";
/// What was fetched from the Hub is written beside it, so that it can be told whole later.
Status write_manifest(const std::filesystem::path& folder, const CatalogueEntry& entry);
/// Empty where there is none.
std::vector<CatalogueFile> files_of_manifest(const std::filesystem::path& folder);

}  // namespace fovea
