#include "engine/session/open_model.h"

#include "engine/catalogue/catalogue.h"

namespace fovea {

Result<std::shared_ptr<const LoadedModel>> open_model(std::string_view asked) {
    FOVEA_TRY(const ResolvedModel found, find_model(asked));
    FOVEA_TRY(const auto loaded, load_folder(found.path));
    auto named = std::make_shared<LoadedModel>(*loaded);
    named->name = found.name;
    return std::shared_ptr<const LoadedModel>(std::move(named));
}

}  // namespace fovea
