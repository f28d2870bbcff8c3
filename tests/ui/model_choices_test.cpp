#include "app/shell/model_choices.h"

#include <gtest/gtest.h>

#include "tests/engine/temporary_home.h"

namespace fovea::app {
namespace {

FoundModel found(std::string name, std::string path, std::string why_not = "") {
    FoundModel model;
    model.name = std::move(name);
    model.path = std::move(path);
    model.source = ModelSource::hugging_face_cache;
    model.architecture = "gpt2";
    model.size = 548'105'171;
    model.context = 1024;
    model.can_open = why_not.empty();
    model.why_not = std::move(why_not);
    return model;
}

TEST(ModelChoices, SayWhatIsKnownOrWhyNot) {
    const TemporaryHome home;
    Discovery discovery;
    discovery.models = {found("a/b", "/1", "model.safetensors is missing"), found("a/b", "/2"),
                        found("a/b", "/3")};
    CatalogueEntry entry;
    entry.name = "gpt2";
    entry.description = "a model";
    const auto choices = model_choices(discovery, {entry});
    ASSERT_EQ(choices.size(), 4u);
    EXPECT_FALSE(choices[0].can_open);
    EXPECT_EQ(choices[0].detail, "Hugging Face cache · model.safetensors is missing");
    EXPECT_TRUE(choices[1].can_open);
    EXPECT_EQ(choices[1].detail, "Hugging Face cache · gpt2 · 548.1 MB · 1,024 tokens");
    // The name means the first that opens; the others are asked for by their path.
    EXPECT_EQ(choices[0].asked, "/1");
    EXPECT_EQ(choices[1].asked, "a/b");
    EXPECT_EQ(choices[2].asked, "/3");
    EXPECT_EQ(choices[3].title, "gpt2");
    ASSERT_TRUE(choices[3].to_fetch);
    EXPECT_EQ(choices[3].detail, "a model");
}

TEST(ModelChoices, SayWhatAModelCanBeAsked) {
    Discovery discovery;
    discovery.models = {found("a/b", "/1"), found("c", "/2", "it is damaged")};
    discovery.models[0].ability = Ability::masked_token;
    CatalogueEntry entry = *entry_to_fetch("all-MiniLM-L6-v2");
    const auto choices = model_choices(discovery, {entry});
    EXPECT_EQ(choices[0].ability, Ability::masked_token);
    EXPECT_EQ(choices[1].ability, std::nullopt);
    EXPECT_EQ(choices[2].ability, Ability::encoder);
    EXPECT_TRUE(choices[2].detail.ends_with(" · Apache-2.0")) << choices[2].detail;

    // Analyses that a language head answers follow from their list.
    EXPECT_EQ(asked_of(Ability::encoder), "encoder: attention only");
    EXPECT_TRUE(
        asked_of(Ability::next_token).starts_with("language model: next token, logit lens"));
    EXPECT_TRUE(
        asked_of(Ability::masked_token).starts_with("fills masks: masked token, logit lens"));
    const std::string lens = "What would it say after each layer?";
    EXPECT_NE(questions_of(Ability::next_token).find(lens), std::string::npos);
    EXPECT_EQ(questions_of(Ability::encoder).find(lens), std::string::npos);
    EXPECT_NE(questions_of(Ability::encoder).find("Why does this query look at this key?"),
              std::string::npos);
}

}  // namespace
}  // namespace fovea::app
