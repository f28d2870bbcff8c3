// What a model can be asked: a glance at its files says the same as the model itself.
#include "engine/model/ability.h"

#include <gtest/gtest.h>

#include <map>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/discover.h"
#include "engine/model/model.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;

ModelPlaces places_of(const fs::path& folder) {
    ModelPlaces places;
    places.own = {folder};
    return places;
}

TEST(Ability, AGlanceAtEveryArchitectureAgreesWithTheModel) {
    size_t compared = 0;
    for (const FoundModel& found :
         discover_models(places_of(fs::path(TEST_DATA) / "models")).models) {
        EXPECT_EQ(found.ability.has_value(), found.can_open) << found.path;
        if (!found.can_open) continue;
        const auto model = Model::load(found.path);
        if (!model) continue;  // its tensors do not fit, which no glance tells
        EXPECT_EQ(ability_key(*found.ability), ability_key(ability_of(**model))) << found.path;
        ++compared;
    }
    EXPECT_GE(compared, 20u);
}

TEST(Ability, FollowsFromWhatTheModelIs) {
    const std::map<std::string, Ability> wanted = {
        {"gpt2", Ability::next_token},   {"llama", Ability::next_token},
        {"bert", Ability::masked_token}, {"modernbert", Ability::masked_token},
        {"t5", Ability::target},         {"marian", Ability::target},
        {"electra", Ability::encoder}};
    for (const auto& [name, ability] : wanted) {
        const auto model = Model::load(fs::path(TEST_DATA) / "models" / name);
        ASSERT_TRUE(model) << model.message();
        EXPECT_EQ(ability_key(ability_of(**model)), ability_key(ability)) << name;
    }
}

TEST(Ability, HasAKeyAndAnotherKeyForEach) {
    for (const Ability ability : abilities()) {
        EXPECT_EQ(ability_of_key(ability_key(ability)), ability);
        EXPECT_FALSE(ability_label(ability).empty());
    }
    EXPECT_EQ(ability_of_key("clairvoyant"), std::nullopt);
}

// What the catalogue says of a model before it is here is what the model is once it is.
TEST(Ability, TheCatalogueAgreesWithWhatIsInstalled) {
    const auto entries = catalogue();
    ASSERT_TRUE(entries) << entries.message();
    size_t compared = 0;
    for (const CatalogueEntry& entry : *entries) {
        if (!installed(entry)) continue;
        const auto path = resolve_model(entry.name);
        ASSERT_TRUE(path) << path.message();
        const auto model = Model::load(*path);
        ASSERT_TRUE(model) << model.message();
        EXPECT_EQ(ability_key(entry.ability), ability_key(ability_of(**model))) << entry.name;
        ++compared;
    }
    if (compared == 0) GTEST_SKIP() << "no model of the catalogue is here: `fovea get` fetches one";
}

}  // namespace
}  // namespace fovea
