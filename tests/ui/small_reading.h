#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/model/forward.h"
#include "engine/session/reading.h"

namespace fovea::app {

/// One of the random checkpoints reads made-up tokens: no tokenizer, labels as given.
inline std::shared_ptr<const Reading> small_reading(const std::string& model_name,
                                                    const std::vector<std::string>& labels,
                                                    const Edits& edits = {}) {
    auto model = Model::load(std::string(TEST_DATA) + "/models/" + model_name);
    EXPECT_TRUE(model.ok()) << (model.ok() ? "" : model.message());
    if (!model.ok()) return nullptr;
    auto loaded = std::make_shared<LoadedModel>();
    loaded->name = model_name;
    loaded->model = *model;
    auto reading = std::make_shared<Reading>();
    reading->request.model = loaded;
    reading->request.edits = edits;
    ForwardRequest request;
    for (const std::string& label : labels) {
        Token token;
        token.id = static_cast<std::int32_t>(5 + reading->tokens.size());
        token.text = label;
        request.ids.push_back(token.id);
        reading->tokens.push_back(token);
        reading->labels.push_back(label);
    }
    auto original = run(**model, request, nullptr, {});
    EXPECT_TRUE(original.ok()) << (original.ok() ? "" : original.message());
    if (!original.ok()) return nullptr;
    reading->original = *original;
    if (!edits.empty()) {
        request.edits = edits;
        auto edited = run(**model, request, reading->original.get(), {});
        EXPECT_TRUE(edited.ok()) << (edited.ok() ? "" : edited.message());
        if (!edited.ok()) return nullptr;
        reading->edited = *edited;
    }
    return reading;
}

}  // namespace fovea::app
