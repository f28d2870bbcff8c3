// One head under other edits before the pass is run, against the pass.

#include "engine/session/preview.h"

#include <gtest/gtest.h>

#include "engine/trace/head_map.h"
#include "tests/engine/must_have.h"
#include "tests/engine/small_model.h"

namespace fovea {
namespace {

std::shared_ptr<const Reading> reading_of(const std::string& model, const Edits& edits) {
    ReadingRequest request;
    request.revision = 7;
    request.model = test::small_model(model);
    request.text = test::words(24);
    request.edits = edits;
    return test::must_read(request);
}

Edits tempered(const Scope& scope, float value) {
    Edits edits;
    edits.temperatures = {{scope, value}};
    return edits;
}

/// The largest difference of a weight between the two readings' maps of one head.
float difference(const Reading& a, const Reading& b, const PreviewedHead& which) {
    const auto map = [&](const Reading& reading) {
        const LayerTrace& layer =
            *reading.shown(true, which.part).layers[static_cast<size_t>(which.layer)];
        return head_map(layer, which.head, Quantity::weights, whole_map(layer));
    };
    const Tensor x = map(a), y = map(b);
    EXPECT_EQ(x.size(), y.size());
    float largest = 0;
    for (Index i = 0; i < x.size(); ++i)
        largest = std::max(largest, std::abs(x.data()[i] - y.data()[i]));
    return largest;
}

TEST(PreviewTest, ADraggedHeadIsWhatThePassMakesOfIt) {
    const PreviewedHead which{Part::self, 1, 2};
    for (const Scope& scope : {Scope{1, 2}, Scope{1, std::nullopt}}) {
        const Edits edits = tempered(scope, 0.35f);
        const auto standing = reading_of("gpt2", {});
        const auto pass = reading_of("gpt2", edits);
        const auto preview = preview_head(*standing, edits, which, {});
        ASSERT_TRUE(preview);
        EXPECT_GT(difference(*standing, *pass, which), 0.01f);
        EXPECT_LE(difference(*preview, *pass, which), 1e-6f);
        EXPECT_EQ(preview->request.revision, standing->request.revision);
        EXPECT_EQ(preview->request.edits, edits);
        // The other heads are those that stand.
        EXPECT_EQ(difference(*preview, *standing, {Part::self, 1, 0}), 0);
    }
}

TEST(PreviewTest, WhatAnEarlierLayerChangesIsNotGuessed) {
    const auto standing = reading_of("gpt2", tempered({1, 2}, 2));
    EXPECT_FALSE(preview_head(*standing, tempered({}, 0.5f), {Part::self, 1, 2}, {}));
    EXPECT_FALSE(preview_head(*standing, tempered({0, 0}, 0.5f), {Part::self, 1, 2}, {}));
    EXPECT_FALSE(preview_head(*standing, tempered({1, 2}, 2), {Part::self, 1, 2}, {}))
        << "nothing is new";
    // The first layer has none before it.
    const PreviewedHead first{Part::self, 0, 1};
    const auto preview = preview_head(*standing, tempered({}, 0.5f), first, {});
    ASSERT_TRUE(preview);
    EXPECT_LE(difference(*preview, *reading_of("gpt2", tempered({}, 0.5f)), first), 1e-6f);
}

TEST(PreviewTest, AcrossTwoSentencesWhatComesBeforeCounts) {
    const auto standing = reading_of("bart", {});
    const auto in = [](Part part, Index layer) {
        return tempered({layer, std::nullopt, part}, 0.4f);
    };
    const PreviewedHead cross{Part::cross, 1, 0};
    const auto preview = preview_head(*standing, in(Part::cross, 1), cross, {});
    ASSERT_TRUE(preview);
    // The pass with the same target: the model's own does not depend on the edits.
    EXPECT_LE(difference(*preview, *reading_of("bart", in(Part::cross, 1)), cross), 1e-6f);
    EXPECT_FALSE(preview_head(*standing, in(Part::encoder, 1), cross, {}));
    EXPECT_FALSE(preview_head(*standing, in(Part::decoder, 1), cross, {}));
    EXPECT_FALSE(preview_head(*standing, in(Part::cross, 0), {Part::decoder, 1, 0}, {}));
    EXPECT_TRUE(preview_head(*standing, in(Part::encoder, 1), {Part::encoder, 1, 0}, {}));
}

}  // namespace
}  // namespace fovea
