#include "engine/figure/lay_out.h"

#include <algorithm>
#include <cmath>

#include "engine/figure/painters.h"
#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

constexpr double between = 32;        // findings side by side
constexpr double below = 22;          // one line of findings and the next
constexpr double narrowest = 480;     // of a figure as wide as it likes, so that words have room
constexpr double line_spacing = 1.4;  // of the letters' size

using Group = std::vector<Index>;  // findings side by side

Room room_of(Canvas& canvas, const Finding& finding) {
    Room room = std::visit([&](const auto& kind) { return room_for(canvas, kind); }, finding.kind);
    // A caption is not to be broken into single words.
    room.natural =
        std::max(room.natural, std::min(280.0, canvas.width(finding.title + " " + finding.caption,
                                                            canvas.small(canvas.theme.muted))));
    room.least = std::min(room.least, room.natural);
    return room;
}

std::vector<Group> groups_of(const Findings& findings, const std::vector<Room>& rooms,
                             const FigureOptions& options, double width) {
    if (options.only) return {{*options.only}};
    std::vector<Group> groups;
    double used = 0;
    for (size_t i = 0; i < findings.findings.size(); ++i) {
        // Side by side they may be narrower than they like to be, not as narrow as they can be.
        const double need = 0.6 * rooms[i].least + 0.4 * rooms[i].natural;
        if (findings.findings[i].beside && !groups.empty() && used + between + need <= width) {
            groups.back().push_back(static_cast<Index>(i));
            used += between + need;
        } else {
            groups.push_back({static_cast<Index>(i)});
            used = need;
        }
    }
    return groups;
}

// Each between its least and its natural width, all in the same measure.
std::vector<double> widths_of(const Group& group, const std::vector<Room>& rooms, double width) {
    double least = between * static_cast<double>(group.size() - 1), natural = least;
    for (const Index i : group) {
        least += rooms[static_cast<size_t>(i)].least;
        natural += rooms[static_cast<size_t>(i)].natural;
    }
    const double share =
        natural > least ? std::clamp((width - least) / (natural - least), 0.0, 1.0) : 1;
    std::vector<double> widths;
    for (const Index i : group) {
        const Room& room = rooms[static_cast<size_t>(i)];
        widths.push_back(
            std::min(width, std::floor(room.least + share * (room.natural - room.least))));
    }
    return widths;
}

double natural_width(const Findings& findings, const std::vector<Room>& rooms,
                     const FigureOptions& options) {
    double widest = narrowest;
    for (const Group& group : groups_of(findings, rooms, options, no_limit)) {
        double width = between * static_cast<double>(group.size() - 1);
        for (const Index i : group)
            width += rooms[static_cast<size_t>(i)].natural;
        widest = std::max(widest, width);
    }
    return std::ceil(widest);
}

struct Words {
    std::string_view text;
    TextStyle style;
};

// Gives the y below.
double write_lines(Canvas& canvas, const Words& words, double x, double y, double width) {
    if (words.text.empty()) return y;
    const double height = std::round(line_spacing * words.style.size);
    for (const std::string& line :
         canvas.ruler.wrapped(visible_text(words.text), words.style, width)) {
        canvas.write(x, y + height / 2, line, words.style);
        y += height;
    }
    return y;
}

// Title and caption in one line where they fit, else one below the other.
double write_title(Canvas& canvas, const Finding& finding, double x, double y, double width) {
    const TextStyle title{canvas.look.small, true, canvas.theme.text};
    const TextStyle caption = canvas.small(canvas.theme.muted);
    if (finding.title.empty()) return write_lines(canvas, {finding.caption, caption}, x, y, width);
    const double used = canvas.width(finding.title, title) + 10;
    if (!finding.caption.empty() && used + canvas.width(finding.caption, caption) <= width) {
        const double middle = y + std::round(line_spacing * title.size) / 2;
        canvas.write(x, middle, finding.title, title);
        canvas.write(x + used, middle, finding.caption, caption);
        return y + std::round(line_spacing * title.size);
    }
    y = write_lines(canvas, {finding.title, title}, x, y, width);
    return write_lines(canvas, {finding.caption, caption}, x, y, width);
}

bool called_alike(const Rows& a, const Rows& b) {
    return a.count == b.count && (!a.labels || !b.labels || *a.labels == *b.labels);
}

// What the members of a group share of their rows: `count` 0 for those that share nothing.
std::vector<Rows> shared_rows(Canvas& canvas, const Findings& findings, const Group& group,
                              const std::vector<double>& widths) {
    std::vector<Rows> rows;
    for (size_t i = 0; i < group.size(); ++i)
        rows.push_back(
            std::visit([&](const auto& kind) { return rows_of(canvas, kind, widths[i]); },
                       findings.findings[static_cast<size_t>(group[i])].kind));
    for (size_t begin = 0, end = 0; begin < rows.size(); begin = end) {
        Rows shared = rows[begin];
        for (end = begin + 1;
             end < rows.size() && rows[end].count > 0 && called_alike(rows[begin], rows[end]);
             ++end)
            shared.header = std::max(shared.header, rows[end].header);
        for (size_t i = begin; i < end; ++i)
            rows[i] = end - begin > 1 ? shared : Rows{};
    }
    return rows;
}

double draw_group(Canvas& canvas, const Findings& findings, const Group& group,
                  const std::vector<double>& widths, const ScenePoint& at) {
    const std::vector<Rows> rows = shared_rows(canvas, findings, group, widths);
    double x = at.x, top = at.y, bottom = at.y;
    for (size_t i = 0; i < group.size(); ++i) {
        const Finding& finding = findings.findings[static_cast<size_t>(group[i])];
        top = std::max(top, write_title(canvas, finding, x, at.y, widths[i]));
        x += widths[i] + between;
    }
    top += 6;
    x = at.x;
    for (size_t i = 0; i < group.size(); ++i) {
        canvas.finding = group[i];
        const bool follows = i > 0 && rows[i].count > 0 && rows[i - 1].count > 0;
        const Place place{x, top, widths[i], rows[i], !follows};
        bottom =
            std::max(bottom, std::visit([&](const auto& kind) { return draw(canvas, kind, place); },
                                        findings.findings[static_cast<size_t>(group[i])].kind));
        x += widths[i] + between;
    }
    return bottom;
}

std::string citations_of(const Findings& findings) {
    std::vector<std::string> named;
    std::string all;
    for (const Finding& finding : findings.findings) {
        if (finding.citation.empty() || std::ranges::count(named, finding.citation)) continue;
        named.push_back(finding.citation);
        all += (all.empty() ? "" : " · ") + finding.citation;
    }
    return all;
}

}  // namespace

Scene lay_out(const Findings& findings, TextMeasure& ruler, const FigureLook& look,
              const FigureOptions& options) {
    Scene scene;
    scene.background = look.theme.background;
    scene.title = findings.question;
    Canvas canvas(scene, ruler, look);
    std::vector<Room> rooms;
    for (const Finding& finding : findings.findings)
        rooms.push_back(room_of(canvas, finding));
    const double width = options.width > 0 ? options.width - 2 * options.margin
                                           : natural_width(findings, rooms, options);
    const double x = options.margin;
    double y = options.margin;
    if (options.with_words) {
        const Colour text = look.theme.text;
        y = write_lines(canvas, {findings.question, {look.title, true, text}}, x, y, width);
        y = write_lines(canvas, {findings.reading, canvas.small(look.theme.muted)}, x, y, width);
        if (!findings.sentences.empty()) y += 6;
        for (const std::string& sentence : findings.sentences)
            y = write_lines(canvas, {sentence, canvas.text(text)}, x, y, width);
        if (y > options.margin) y += 14;
    }
    bool first = true;
    for (const Group& group : groups_of(findings, rooms, options, width)) {
        if (!first) y += below;
        first = false;
        y = draw_group(canvas, findings, group, widths_of(group, rooms, width), {x, y});
    }
    if (const std::string citations = citations_of(findings);
        options.with_words && !citations.empty())
        y = write_lines(canvas, {citations, canvas.small(look.theme.faint)}, x, y + 12, width);
    scene.width = std::ceil(width + 2 * options.margin);
    scene.height = std::ceil(y + options.margin);
    return scene;
}

}  // namespace fovea
