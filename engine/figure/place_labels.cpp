#include "engine/figure/place_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/figure/visible_text.h"
#include "engine/text/piece_label.h"

namespace fovea {
namespace {

constexpr double air = 8;            // between a label and what it names
constexpr double line_height = 13;   // of small letters
constexpr double least_level = 30;   // a label cut shorter says little
constexpr double longest = 90;       // of one that stands upright
constexpr double least_letters = 9;  // of headings side by side
constexpr double least_lying = 11;   // lines that are lower go without some of their labels

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Where some are left out, each says which it is.
std::string label_at(const std::vector<std::string>& labels, size_t i, Index stride) {
    const std::string_view label = without_space(labels[i]);
    return stride > 1 && !is_number(label) ? fmt::format("{}  {}", label, i) : std::string(label);
}

// Behind what has no number ("emb.") the numbers begin with 0: of them the round ones are shown.
Index first_of(const std::vector<std::string>& labels, Index stride) {
    return stride > 1 && labels.size() > 1 && !is_number(labels[0]) && labels[1] == "0" ? 1 : 0;
}

double widest_of(Canvas& canvas, const std::vector<std::string>& labels, Index stride, double size,
                 double limit) {
    std::vector<std::string> shown;
    for (size_t i = static_cast<size_t>(first_of(labels, stride)); i < labels.size();
         i += static_cast<size_t>(stride))
        shown.push_back(label_at(labels, i, stride));
    return canvas.widest(shown, {size, false, {}}, limit);
}

}  // namespace

LeftLabels left_labels(Canvas& canvas, const std::vector<std::string>& labels, double pitch,
                       double most) {
    if (labels.empty()) return {};
    LeftLabels layout;
    layout.size = pitch >= least_lying ? std::min(canvas.look.small, pitch - 2) : canvas.look.small;
    layout.stride = label_stride(pitch, layout.size + 2);
    layout.first = first_of(labels, layout.stride);
    layout.width = std::ceil(widest_of(canvas, labels, layout.stride, layout.size, most) + air);
    return layout;
}

void draw_left_labels(Canvas& canvas, const LeftLabels& layout,
                      const std::vector<std::string>& labels, double x, double y, double pitch) {
    const TextStyle style{layout.size, false, canvas.theme.muted};
    for (size_t i = static_cast<size_t>(layout.first); i < labels.size();
         i += static_cast<size_t>(layout.stride))
        canvas.write(x + layout.width - air, y + (static_cast<double>(i) + 0.5) * pitch,
                     label_at(labels, i, layout.stride), style, Anchor::end,
                     layout.width - air + 1);
    canvas.elements(SceneElement::Of::row, {x, y, layout.width, pitch},
                    static_cast<Index>(labels.size()), 1);
}

RowLabels row_labels(Canvas& canvas, const std::vector<std::string>& labels, double pitch) {
    if (labels.empty()) return {};
    const double small = canvas.look.small;
    RowLabels layout{.height = line_height + 3, .size = small};
    // Level ones, in smaller letters where that is enough.
    for (layout.size = small; layout.size >= least_letters; --layout.size)
        if (widest_of(canvas, labels, 1, layout.size, std::max(longest, pitch)) <= pitch - 4) {
            layout.limit = pitch;
            return layout;
        }
    layout.size = small;
    if (std::ranges::count_if(labels, is_number) >= 0.8 * static_cast<double>(labels.size())) {
        layout.stride = label_stride(pitch, widest_of(canvas, labels, 1, small, longest) + air);
        layout.first = first_of(labels, layout.stride);
        return layout;
    }
    const auto too_wide = std::ranges::count_if(labels, [&](const std::string& label) {
        return canvas.width(without_space(label), {least_letters, false, {}}) > pitch - 4;
    });
    if (pitch >= least_level && 8 * too_wide <= std::ssize(labels)) {
        layout.size = least_letters;
        layout.limit = pitch - 4;
        return layout;
    }
    layout.upright = true;
    layout.limit = canvas.length(56, longest);
    layout.size = std::clamp(pitch - 1, least_letters - 1, small);
    layout.stride = label_stride(pitch, layout.size + 1);
    layout.height =
        std::ceil(widest_of(canvas, labels, layout.stride, layout.size, layout.limit)) + 6;
    return layout;
}

void draw_row_labels(Canvas& canvas, const RowLabels& layout,
                     const std::vector<std::string>& labels, double x, double bottom, double pitch,
                     bool hanging) {
    const TextStyle style{layout.size, false, canvas.theme.muted};
    for (size_t i = static_cast<size_t>(layout.first); i < labels.size();
         i += static_cast<size_t>(layout.stride)) {
        const double middle = x + (static_cast<double>(i) + 0.5) * pitch;
        if (!layout.upright) {
            canvas.write(middle, bottom - (layout.height - 3) / 2 - 1, without_space(labels[i]),
                         style, Anchor::middle, layout.limit);
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
