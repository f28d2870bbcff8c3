#include "engine/figure/place_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

constexpr double air = 8;           // between a label and what it names
constexpr double line_height = 13;  // of small letters
constexpr double least_level = 30;  // a label cut shorter says little
constexpr double longest = 90;      // of one that stands upright

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Where some are left out, each says which it is.
std::string label_at(const std::vector<std::string>& labels, size_t i, Index stride) {
    return stride > 1 && !is_number(labels[i]) ? fmt::format("{}  {}", labels[i], i) : labels[i];
}

double widest_of(Canvas& canvas, const std::vector<std::string>& labels, Index stride,
                 double limit) {
    std::vector<std::string> shown;
    for (size_t i = 0; i < labels.size(); i += static_cast<size_t>(stride))
        shown.push_back(label_at(labels, i, stride));
    return canvas.widest(shown, canvas.small(canvas.theme.muted), limit);
}

}  // namespace

LeftLabels left_labels(Canvas& canvas, const std::vector<std::string>& labels, double pitch,
                       double most) {
    if (labels.empty()) return {};
    const Index stride = label_stride(pitch, line_height);
    return {std::ceil(widest_of(canvas, labels, stride, most) + air), stride};
}

void draw_left_labels(Canvas& canvas, const LeftLabels& layout,
                      const std::vector<std::string>& labels, double x, double y, double pitch) {
    const TextStyle style = canvas.small(canvas.theme.muted);
    for (size_t i = 0; i < labels.size(); i += static_cast<size_t>(layout.stride))
        canvas.write(x + layout.width - air, y + (static_cast<double>(i) + 0.5) * pitch,
                     label_at(labels, i, layout.stride), style, Anchor::end,
                     layout.width - air + 1);
    canvas.elements(SceneElement::Of::row, {x, y, layout.width, pitch},
                    static_cast<Index>(labels.size()), 1);
}

RowLabels row_labels(Canvas& canvas, const std::vector<std::string>& labels, double pitch) {
    if (labels.empty()) return {};
    const double widest =
        canvas.widest(labels, canvas.small(canvas.theme.muted), std::max(longest, pitch));
    if (widest <= pitch - 4) return {line_height + 3, pitch, 1, false};
    if (std::ranges::count_if(labels, is_number) >= 0.8 * static_cast<double>(labels.size()))
        return {line_height + 3, no_limit, label_stride(pitch, widest + air), false};
    if (pitch >= least_level) return {line_height + 3, pitch - 4, 1, false};
    const Index stride = label_stride(pitch, line_height);
    return {std::ceil(widest_of(canvas, labels, stride, longest)) + 6, longest, stride, true};
}

void draw_row_labels(Canvas& canvas, const RowLabels& layout,
                     const std::vector<std::string>& labels, double x, double bottom, double pitch,
                     bool hanging) {
    const TextStyle style = canvas.small(canvas.theme.muted);
    for (size_t i = 0; i < labels.size(); i += static_cast<size_t>(layout.stride)) {
        const double middle = x + (static_cast<double>(i) + 0.5) * pitch;
        if (!layout.upright) {
            canvas.write(middle, bottom - (layout.height - 3) / 2 - 1, labels[i], style,
                         Anchor::middle, layout.limit);
            continue;
        }
        const std::string label = label_at(labels, i, layout.stride);
        double foot = bottom - 4;
        if (hanging) {
            const std::string cut =
                canvas.ruler.shortened(visible_text(label), style, layout.limit);
            foot = bottom - layout.height + 4 + canvas.ruler.width(cut, style);
        }
        canvas.write_upright(middle, foot, label, style, layout.limit);
    }
    canvas.elements(SceneElement::Of::column, {x, bottom - layout.height, pitch, layout.height}, 1,
                    static_cast<Index>(labels.size()));
}

}  // namespace fovea
