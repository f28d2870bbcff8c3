#include "engine/catalogue/discover.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/environment.h"
#include "engine/catalogue/finder.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

struct SourceNames {
    ModelSource source;
    std::string_view label, key;
};
constexpr SourceNames source_names[] = {
    {ModelSource::installed, "installed", "installed"},
    {ModelSource::hugging_face_cache, "Hugging Face cache", "hugging_face_cache"},
    {ModelSource::ollama, "Ollama", "ollama"},
    {ModelSource::lm_studio, "LM Studio", "lm_studio"},
    {ModelSource::own_folder, "own folder", "own_folder"}};

const SourceNames& names_of(ModelSource source) {
    return *std::find_if(std::begin(source_names), std::end(source_names),
                         [&](const SourceNames& names) { return names.source == source; });
}

}  // namespace

std::string_view source_label(ModelSource source) {
    return names_of(source).label;
}

std::string_view source_key(ModelSource source) {
    return names_of(source).key;
}

ModelPlaces ModelPlaces::of_this_machine() {
    ModelPlaces places;
    const fs::path home = home_folder();
    places.installed = models_folder();

    const auto cache = absolute_from_environment("XDG_CACHE_HOME").value_or(home / ".cache");
    for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
        if (const auto hub = absolute_from_environment(name)) places.hugging_face.push_back(*hub);
    if (const auto hugging_face = absolute_from_environment("HF_HOME"))
        places.hugging_face.push_back(*hugging_face / "hub");
    places.hugging_face.push_back(cache / "huggingface/hub");

    if (const auto ollama = absolute_from_environment("OLLAMA_MODELS"))
        places.ollama.push_back(*ollama);
    places.ollama.push_back(home / ".ollama/models");
    places.ollama.push_back("/usr/share/ollama/.ollama/models");  // the system service's

    places.lm_studio = {home / ".lmstudio/models", cache / "lm-studio/models"};

    places.own = folders_from_environment("FOVEA_MODELS");
    for (fs::path& folder : remembered_folders())
        if (std::find(places.own.begin(), places.own.end(), folder) == places.own.end())
            places.own.push_back(std::move(folder));
    return places;
}

Discovery discover_models(const ModelPlaces& places, const CancelToken& cancel) {
    Finder finder(cancel);
    const auto look = [&](const fs::path& place, ModelSource source, auto find) {
        if (cancel.cancelled() || !is_folder(place)) return;
        finder.begin(place, source);
        find(place, finder);
    };
    look(places.installed, ModelSource::installed, find_in_installed);
    for (const fs::path& place : places.hugging_face)
        look(place, ModelSource::hugging_face_cache, find_in_hugging_face);
    for (const fs::path& place : places.ollama)
        look(place, ModelSource::ollama, find_in_ollama);
    for (const fs::path& place : places.lm_studio)
        look(place, ModelSource::lm_studio, find_in_lm_studio);
    for (const fs::path& place : places.own)
        look(place, ModelSource::own_folder, find_in_own);

    Discovery discovery = finder.take();
    std::stable_sort(discovery.models.begin(), discovery.models.end(),
                     [](const FoundModel& a, const FoundModel& b) {
                         return std::tie(a.source, a.name) < std::tie(b.source, b.name);
                     });
    return discovery;
}

}  // namespace fovea
