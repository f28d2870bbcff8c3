// What is under the pointer in a figure, what it stands for, and what lights up with it.

#include <gtest/gtest.h>

#include "engine/figure/lay_out.h"
#include "engine/figure/links.h"
#include "laid_out.h"
#include "sample_findings.h"

namespace fovea {
namespace {

using test::number, test::scene_of, test::with;

TEST(Links, WhatIsUnderThePointer) {
    const Findings findings = test::sample_findings();
    const Scene scene = scene_of(findings, 900);
    Index met = 0;
    for (const SceneElements& grid : scene.elements)
        for (Index i : {Index{0}, grid.rows * grid.columns - 1}) {
            SceneElement element = grid.first;
            element.index += i / grid.columns * grid.row_stride + i % grid.columns;
            const SceneBox box = box_of(scene, element).value();
            const auto hit = element_at(scene, box.x + box.width / 2, box.y + box.height / 2);
            ASSERT_TRUE(hit);
            met += *hit == element;
            EXPECT_FALSE(describe(findings, element).empty());
        }
    EXPECT_GT(met, 100) << "only where points lie on each other is another one met";
    EXPECT_FALSE(element_at(scene, -5, -5));
    EXPECT_FALSE(element_at(scene, 5, scene.height + 50));
}

TEST(Links, ElementsStandForWhatTheyAreOf) {
    const Findings findings = test::sample_findings();
    const auto first = [&](const SceneElement& element) {
        return referents_of(findings, element)[0];
    };
    EXPECT_EQ(first(number(5 * 14 + 3)), Referent(StateOf{5, 3}));
    EXPECT_EQ(first({0, SceneElement::Of::column, 13}), Referent(TokenAt{13}));
    EXPECT_EQ(first({1, SceneElement::Of::row, 0}), Referent(VocabularyEntry{5}));
    EXPECT_EQ(first(number(1, 3)), Referent(HeadId{29, 1}));
    EXPECT_EQ(describe(findings, number(5 * 14 + 3)),
              "layer 5 · token John · the · probability 0.182");

    finding::Bars pairs;
    pairs.title = "pair";
    pairs.value.title = "norm";
    pairs.beside_title = "weight";
    pairs.bars = {{"20", 0.0002, {}, 0.5, "pair 20 · dimensions 20 and 52"}, {"21", 1}};
    const Findings named = with(std::move(pairs));
    EXPECT_EQ(describe(named, number(0)),
              "pair 20 · dimensions 20 and 52 · norm 2·10⁻⁴ · weight 0.500");
    EXPECT_EQ(describe(named, number(1)), "pair 21 · norm 1.000");
    finding::Matrix map;
    map.map_of = HeadId{0, 0};
    map.values = Tensor::filled({1, 1}, test::no_number);
    EXPECT_EQ(describe(with(std::move(map)), number(0)), "masked");

    finding::Matrix plain;
    plain.rows = {"", {"a", "b"}, {TokenAt{0}, TokenAt{1}}};
    plain.columns = {"", {"x", "y"}, {HeadId{0, 0}, HeadId{0, 1}}};
    plain.values = Tensor::filled({2, 2}, 1);
    const Findings crossed = with(std::move(plain));
    const auto both = referents_of(crossed, number(3));
    EXPECT_EQ(both[0], Referent(TokenAt{1}));
    EXPECT_EQ(both[1], Referent(HeadId{0, 1}));
    const Scene scene = scene_of(crossed, 300);
    const auto boxes = boxes_of(scene, crossed, HeadId{0, 1});
    ASSERT_EQ(boxes.size(), 2u) << "the label and the column";
    EXPECT_EQ(boxes[1].height, 2 * box_of(scene, number(0))->height);
}

TEST(Links, PointingLightsUpWhatIsMeant) {
    const HeadCell cell{3, 2, 7, 5};
    EXPECT_TRUE(lights_up(cell, HeadId{3, 2}));
    EXPECT_TRUE(lights_up(cell, TokenAt{7}));
    EXPECT_TRUE(lights_up(cell, TokenAt{5}));
    EXPECT_FALSE(lights_up(cell, TokenAt{3}));
    EXPECT_FALSE(lights_up(HeadId{3, 2}, cell)) << "a head is not one of its cells";
    EXPECT_TRUE(lights_up(StateOf{3, 2}, TokenAt{2}));
    EXPECT_FALSE(lights_up(Referent(), Referent())) << "nothing is not the same as nothing";

    const Findings findings = test::sample_findings();
    const Scene scene = scene_of(findings, 900);
    const auto boxes = boxes_of(scene, findings, HeadId{10, 3});
    ASSERT_EQ(boxes.size(), 1u);
    EXPECT_EQ(element_at(scene, boxes[0].x + 1, boxes[0].y + 1), number(10 * 9 + 3, 2));
}

/// Many squares may go where one goes: pointing at one does not frame them all, nor those of its
/// token, but what stands for it elsewhere.
TEST(Links, SquaresLightUpForWhatTheyAreNotForTheirToken) {
    finding::Matrix squares;
    squares.values = Tensor::filled({1, 3}, 1);
    squares.cells = {HeadCell{3, 2, 7, 5}, HeadCell{3, 2, 7, 5}, TokenAt{7}};
    finding::Table terms;
    terms.columns = {{.title = "writer"}, {.title = "adds"}};
    terms.rows = {{.cells = {"L3 head 2", 1.0}, .referent = HeadCell{3, 2, 7, 5}}};
    Findings findings = with(std::move(squares));
    findings.findings.push_back({"terms", "", "", terms});
    const Scene scene = scene_of(findings, 400);
    EXPECT_EQ(boxes_of(scene, findings, HeadCell{3, 2, 7, 5}).size(), 3u);
    EXPECT_EQ(boxes_of(scene, findings, HeadCell{3, 2, 7, 5}, 0).size(), 1u) << "the term";
}

TEST(Links, ASquareOfAHeadsMapIsItsCell) {
    finding::Matrix map;
    map.rows = {"query", {"a", "b"}, {TokenAt{0}, TokenAt{1}}};
    map.columns = {"key", {"a", "b"}, {TokenAt{0}, TokenAt{1}}};
    map.values = Tensor::filled({2, 2}, 1);
    map.map_of = HeadId{3, 1};
    map.notes = {"", "", "", "note"};
    const Findings findings = with(std::move(map));
    EXPECT_EQ(referents_of(findings, number(2))[0], Referent(HeadCell{3, 1, 1, 0}));
    EXPECT_TRUE(describe(findings, number(3)).ends_with(" · note"));
    const Scene scene = scene_of(findings, 300);
    const auto lit = boxes_of(scene, findings, HeadCell{3, 1, 1, 0});
    EXPECT_TRUE(std::ranges::any_of(lit, [&](const SceneBox& box) {
        const SceneBox square = box_of(scene, number(2)).value();
        return box.x == square.x && box.y == square.y && box.width == square.width;
    }));
}

}  // namespace
}  // namespace fovea
