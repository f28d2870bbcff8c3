#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "engine/figure/lay_out.h"

namespace fovea::test {

/// Every character is half as wide as it is high.
class HalfWide final : public TextMeasure {
  public:
    double width(std::string_view text, const TextStyle& style) override {
        double characters = 0;
        for (const char c : text)
            characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
        return characters * style.size / 2;
    }
};

inline Findings with(finding::Kind kind) {
    Findings findings;
    findings.findings.push_back({"one", "", "", std::move(kind)});
    return findings;
}

inline Scene scene_of(const Findings& findings, double width = 0, bool dark = true) {
    HalfWide ruler;
    return lay_out(findings, ruler, figure_look(dark), {.width = width, .with_words = false});
}

template <class Item>
std::vector<Item> items_of(const Scene& scene) {
    std::vector<Item> found;
    for (const SceneItem& item : scene.items)
        if (const auto* one = std::get_if<Item>(&item)) found.push_back(*one);
    return found;
}

inline std::optional<SceneText> text_in(const Scene& scene, std::string_view text) {
    for (const SceneText& item : items_of<SceneText>(scene))
        if (item.text == text) return item;
    return std::nullopt;
}

inline SceneElement number(Index i, Index finding = 0) {
    return {finding, SceneElement::Of::number, i};
}

/// No text beyond the scene's edges, and no two texts over each other.
inline void expect_tidy(const Scene& scene, TextMeasure& ruler, const std::string& where) {
    struct Box {
        double left, right, top, bottom;
        std::string text;
    };
    std::vector<Box> boxes;
    for (const SceneText& text : items_of<SceneText>(scene)) {
        const double length = ruler.width(text.text, text.style), size = text.style.size;
        Box box{0, 0, 0, 0, text.text};
        if (text.angle == 90) {
            box = {text.x - 0.7 * size, text.x, text.y - length, text.y, text.text};
        } else {
            const double before = text.anchor == Anchor::start    ? 0
                                  : text.anchor == Anchor::middle ? length / 2
                                                                  : length;
            box = {text.x - before, text.x - before + length, text.y - 0.7 * size, text.y,
                   text.text};
        }
        EXPECT_GE(box.left, 0) << text.text << where;
        EXPECT_LE(box.right, scene.width + 0.01) << text.text << where;
        EXPECT_LE(box.bottom, scene.height) << text.text << where;
        for (const Box& other : boxes)
            EXPECT_FALSE(box.left < other.right - 0.5 && other.left < box.right - 0.5 &&
                         box.top < other.bottom - 0.5 && other.top < box.bottom - 0.5)
                << box.text << " over " << other.text << where;
        boxes.push_back(box);
    }
}

}  // namespace fovea::test
