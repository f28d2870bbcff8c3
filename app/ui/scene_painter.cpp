#include "app/ui/scene_painter.h"

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <numbers>
#include <span>

#include "app/ui/fonts.h"
#include "engine/figure/links.h"

namespace fovea::app {
namespace {

ImU32 colour_of(const Colour& colour, double opacity = 1) {
    return IM_COL32(colour[0], colour[1], colour[2], static_cast<int>(std::lround(255 * opacity)));
}

/// A face and the size to draw it at, in pixels.
struct Face {
    ImFont* font;
    float size;
};

// Letters that the face without fallbacks has.
bool is_latin(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0xC4; });
}

// The one made for this size where there is one: letters that are scaled are not crisp.
// The faces are made for the display's scale.
Face face_of(const Fonts& fonts, std::string_view text, const TextStyle& style) {
    struct Made {
        ImFont* font;
        double em;
    };
    const Made small = style.bold && is_latin(text) ? Made{fonts.heading, 11}
                       : style.bold                 ? Made{fonts.strong, 13}
                                                    : Made{fonts.small, 11};
    const Made large = style.bold ? (fonts.title ? Made{fonts.title, 15} : Made{fonts.strong, 13})
                                  : Made{fonts.prompt, 15};
    const Made middle = {style.bold ? fonts.strong : fonts.text, 13};
    const Made made = style.size < 12 ? small : style.size < 14 ? middle : large;
    const auto factor = static_cast<float>(style.size / made.em);
    return {made.font, line_height(made.font) * factor};
}

float ascent_of(const Face& face) {
#if IMGUI_VERSION_NUM >= 19200
    return face.font->GetFontBaked(face.size)->Ascent;
#else
    return face.font->Ascent * face.size / face.font->FontSize;
#endif
}

float width_of(const Face& face, std::string_view text) {
    return face.font->CalcTextSizeA(face.size, FLT_MAX, 0, text.data(), text.data() + text.size())
        .x;
}

class Painter {
  public:
    Painter(ImDrawList* list, const ScenePlace& place, const Fonts& fonts, SceneImages* images)
        : list_(list),
          place_(place),
          fonts_(fonts),
          images_(images),
          clip_min_(list->GetClipRectMin()),
          clip_max_(list->GetClipRectMax()) {}

    void operator()(const SceneText& item) {
        const ImVec2 at = place_.at(item.x, item.y);
        if (item.angle == 0 && !seen(at.y - 2 * px(item.style.size), at.y + px(item.style.size)))
            return;
        const Face face = face_of(fonts_, item.text, item.style);
        const float before =
            item.anchor == Anchor::start
                ? 0
                : width_of(face, item.text) * (item.anchor == Anchor::middle ? 0.5f : 1.0f);
        if (item.angle != 0) {
            turned(item, face, at, before);
            return;
        }
        add_text(face, {std::round(at.x - before), std::round(at.y - ascent_of(face))}, item);
    }

    void operator()(const SceneRectangle& box) {
        const ImVec2 min = place_.at(box.x, box.y);
        const ImVec2 max = place_.at(box.x + box.width, box.y + box.height);
        if (!seen(min.y, max.y)) return;
        list_->AddRectFilled({std::round(min.x), std::round(min.y)},
                             {std::round(max.x), std::round(max.y)},
                             colour_of(box.colour, box.opacity), px(box.radius));
    }

    void operator()(const SceneLine& line) {
        const ImVec2 from = place_.at(line.x1, line.y1), to = place_.at(line.x2, line.y2);
        if (!seen(std::min(from.y, to.y) - 2, std::max(from.y, to.y) + 2)) return;
        const ImU32 colour = colour_of(line.colour);
        if (line.dashed) {
            const ImVec2 ends[] = {from, to};
            dashes(ends, colour, px(line.width));
        } else if (line.x1 == line.x2 || line.y1 == line.y2) {
            straight(from, to, colour, px(line.width));
        } else {
            list_->AddLine(from, to, colour, px(line.width));
        }
    }

    void operator()(const ScenePath& path) {
        points_.clear();
        for (const ScenePoint& point : path.points)
            points_.push_back(place_.at(point.x, point.y));
        if (path.dashed)
            dashes(points_, colour_of(path.colour), px(path.width));
        else
            list_->AddPolyline(points_.data(), static_cast<int>(points_.size()),
                               colour_of(path.colour), 0, px(path.width));
    }

    void operator()(const SceneCircle& circle) {
        const ImVec2 at = place_.at(circle.x, circle.y);
        const float radius = px(circle.radius);
        if (seen(at.y - radius, at.y + radius))
            list_->AddCircleFilled(at, radius, colour_of(circle.colour));
    }

    void operator()(const SceneImage& image) {
        const size_t n = image_++;
        const ImVec2 min = place_.at(image.x, image.y);
        const ImVec2 max = place_.at(image.x + image.width, image.y + image.height);
        if (!seen(min.y, max.y)) return;
        if (images_)
            images_->draw(list_, n, image, min, max);
        else
            runs(image, min, max);
    }

  private:
    float px(double units) const { return static_cast<float>(units) * place_.scale; }
    bool seen(float top, float bottom) const { return bottom >= clip_min_.y && top <= clip_max_.y; }

    void add_text(const Face& face, ImVec2 at, const SceneText& item) {
        list_->AddText(face.font, face.size, at, colour_of(item.style.colour), item.text.data(),
                       item.text.data() + item.text.size());
    }

    // Drawn level where ImGui will not pass it over as outside the clip rectangle, then turned.
    void turned(const SceneText& item, const Face& face, ImVec2 at, float before) {
        const int first = list_->VtxBuffer.Size;
        add_text(face, clip_min_, item);
        const double angle = -item.angle * std::numbers::pi / 180;
        const auto sine = static_cast<float>(std::sin(angle));
        const auto cosine = static_cast<float>(std::cos(angle));
        const float ascent = ascent_of(face);
        const ImVec2 pivot(std::round(at.x), std::round(at.y));
        for (int i = first; i < list_->VtxBuffer.Size; ++i) {
            ImVec2& vertex = list_->VtxBuffer[i].pos;
            const float x = vertex.x - clip_min_.x - before, y = vertex.y - clip_min_.y - ascent;
            vertex = {pivot.x + x * cosine - y * sine, pivot.y + x * sine + y * cosine};
        }
    }

    // Whole pixels: neither blurred nor of different strength.
    void straight(ImVec2 from, ImVec2 to, ImU32 colour, float width) {
        const float thick = std::max(1.0f, std::round(width));
        const auto edge = [&](float at) { return std::round(at - width / 2); };
        if (from.x == to.x)
            list_->AddRectFilled({edge(from.x), std::round(std::min(from.y, to.y))},
                                 {edge(from.x) + thick, std::round(std::max(from.y, to.y))},
                                 colour);
        else
            list_->AddRectFilled({std::round(std::min(from.x, to.x)), edge(from.y)},
                                 {std::round(std::max(from.x, to.x)), edge(from.y) + thick},
                                 colour);
    }

    void dashes(std::span<const ImVec2> points, ImU32 colour, float width) {
        const float dash = px(dash_length);
        bool on = true;
        float left = dash;  // of this dash or gap
        for (size_t i = 1; i < points.size(); ++i) {
            ImVec2 from = points[i - 1];
            const ImVec2 to = points[i];
            float length = std::hypot(to.x - from.x, to.y - from.y);
            while (length > 0) {
                const float step = std::min(left, length);
                const ImVec2 next(from.x + (to.x - from.x) * step / length,
                                  from.y + (to.y - from.y) * step / length);
                if (on) list_->AddLine(from, next, colour, width);
                from = next;
                length -= step;
                left -= step;
                if (left <= 0) {
                    on = !on;
                    left = dash;
                }
                if (step < 1e-4f) break;
            }
        }
    }

    // Neighbours of one colour are one rectangle.
    void runs(const SceneImage& image, ImVec2 min, ImVec2 max) {
        const float width = (max.x - min.x) / static_cast<float>(image.columns);
        const float height = (max.y - min.y) / static_cast<float>(image.rows);
        for (Index row = 0; row < image.rows; ++row) {
            const Colour* pixels = image.pixels.data() + row * image.columns;
            const float top = min.y + static_cast<float>(row) * height;
            for (Index begin = 0, end = 0; begin < image.columns; begin = end) {
                while (end < image.columns && pixels[end] == pixels[begin])
                    ++end;
                list_->AddRectFilled({min.x + static_cast<float>(begin) * width, top},
                                     {min.x + static_cast<float>(end) * width, top + height},
                                     colour_of(pixels[begin]));
            }
        }
    }

    ImDrawList* list_;
    ScenePlace place_;
    const Fonts& fonts_;
    SceneImages* images_;
    ImVec2 clip_min_, clip_max_;
    std::vector<ImVec2> points_;
    size_t image_ = 0;
};

}  // namespace

double FontMeasure::width(std::string_view text, const TextStyle& style) {
    return static_cast<double>(width_of(face_of(fonts_, text, style), text) / scale_);
}

void paint_scene(ImDrawList* list, const Scene& scene, const ScenePlace& place, const Fonts& fonts,
                 SceneImages* images) {
    Painter painter(list, place, fonts, images);
    for (const SceneItem& item : scene.items)
        std::visit(painter, item);
}

std::optional<SceneElement> element_under_mouse(const Scene& scene, const ScenePlace& place) {
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    if (!ImGui::IsMousePosValid(&mouse)) return std::nullopt;
    return element_at(scene, static_cast<double>((mouse.x - place.origin.x) / place.scale),
                      static_cast<double>((mouse.y - place.origin.y) / place.scale));
}

void outline(ImDrawList* list, const SceneBox& box, const ScenePlace& place, ImU32 colour,
             float width) {
    const float thick = std::max(1.0f, std::round(width * place.scale));
    const ImVec2 min = place.at(box.x, box.y),
                 max = place.at(box.x + box.width, box.y + box.height);
    const float left = std::round(min.x) - thick / 2, top = std::round(min.y) - thick / 2;
    list->AddRect({left, top}, {std::round(max.x) + thick / 2, std::round(max.y) + thick / 2},
                  colour, 2 * place.scale, 0, thick);
}

}  // namespace fovea::app
