#include "engine/figure/lay_out.h"

#include <algorithm>
#include <cmath>

#include "engine/figure/painters.h"
#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

constexpr double between = 24;        // findings side by side
constexpr double below = 22;          // one line of findings and the next
constexpr double narrowest = 480;     // of a figure as wide as it likes, so that words have room
constexpr double line_spacing = 1.4;  // of the letters' size

using FindingColumn = std::vector<Index>;  // findings under one another
using Group = std::vector<FindingColumn>;  // stacks side by side

Room room_of(Canvas& canvas, const Finding& finding) {
    Room room = std::visit([&](const auto& kind) { return room_for(canvas, kind); }, finding.kind);
    // A caption is not to be broken into single words; a narrow curve has it below.
    const auto* series = std::get_if<finding::Series>(&finding.kind);
    if (series && series->downward) return room;
    room.natural =
        std::max(room.natural, std::min(280.0, canvas.width(finding.title + " " + finding.caption,
                                                            canvas.small(canvas.theme.muted))));
    room.least = std::min(room.least, room.natural);
    return room;
}

Room room_of(const FindingColumn& stack, const std::vector<Room>& rooms) {
    Room room;
    for (const Index i : stack) {
        room.least = std::max(room.least, rooms[static_cast<size_t>(i)].least);
        room.natural = std::max(room.natural, rooms[static_cast<size_t>(i)].natural);
    }
    return room;
}

// Side by side they may be narrower than they like to be, not as narrow as they can be.
double wanted(const Room& room) {
    return 0.75 * room.least + 0.25 * room.natural;
}

std::vector<Group> groups_of(const Findings& findings, const std::vector<Room>& rooms,
                             const FigureOptions& options, double width) {
    if (options.only) return {{{*options.only}}};
    std::vector<FindingColumn> stacks;
    for (size_t i = 0; i < findings.findings.size(); ++i) {
        const bool under = findings.findings[i].under && !stacks.empty();
        if (!under) stacks.emplace_back();
        stacks.back().push_back(static_cast<Index>(i));
    }
    std::vector<Group> groups;
    double used = 0;
    for (const FindingColumn& stack : stacks) {
        const double need = between + wanted(room_of(stack, rooms));
        const bool beside = findings.findings[static_cast<size_t>(stack.front())].beside;
        if (beside && !groups.empty() && used + need <= width) {
            groups.back().push_back(stack);
            used += need;
        } else {
            groups.push_back({stack});
            used = need - between;
        }
    }
    return groups;
}

// Each between its least and its natural width, all in the same measure.
std::vector<double> widths_of(const Group& group, const std::vector<Room>& rooms, double width) {
    double least = between * static_cast<double>(group.size() - 1), natural = least;
    for (const FindingColumn& stack : group) {
        least += room_of(stack, rooms).least;
        natural += room_of(stack, rooms).natural;
    }
    const double share =
        natural > least ? std::clamp((width - least) / (natural - least), 0.0, 1.0) : 1;
    std::vector<double> widths;
    for (const FindingColumn& stack : group) {
        const Room room = room_of(stack, rooms);
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
        for (const FindingColumn& stack : group)
            width += room_of(stack, rooms).natural;
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

TextStyle title_style(const Canvas& canvas) {
    return {canvas.look.small, true, canvas.theme.text};
}

// Title and caption in one line where they fit, else one below the other.
double write_title(Canvas& canvas, const Finding& finding, double x, double y, double width) {
    const TextStyle title = title_style(canvas);
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
    return a.count == b.count && a.labels == b.labels;
}

const finding::Kind& kind_of(const Findings& findings, Index i) {
    return findings.findings[static_cast<size_t>(i)].kind;
}

// What stands beside something with the same labels needs none of its own.
void narrow_followers(Canvas& canvas, const Findings& findings, std::vector<Room>& rooms) {
    const auto rows = [&](size_t i) {
        return std::visit([&](const auto& kind) { return rows_of(canvas, kind, rooms[i].natural); },
                          kind_of(findings, static_cast<Index>(i)));
    };
    for (size_t i = 1; i < rooms.size(); ++i) {
        if (!findings.findings[i].beside) continue;
        const Rows own = rows(i);
        if (own.label_width == 0 || !called_alike(rows(i - 1), own)) continue;
        rooms[i].least -= own.label_width;
        rooms[i].natural -= own.label_width;
    }
}

// What the members of a group share of their rows: `count` 0 for those that share nothing.
std::vector<Rows> shared_rows(Canvas& canvas, const Findings& findings, const Group& group,
                              const std::vector<double>& widths) {
    std::vector<Rows> rows;
    for (size_t i = 0; i < group.size(); ++i)
        rows.push_back(
            group[i].size() > 1
                ? Rows()
                : std::visit([&](const auto& kind) { return rows_of(canvas, kind, widths[i]); },
                             kind_of(findings, group[i].front())));
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

// Both edges of the plots of a stack; `width` 0: they share none. The places of the one that has
// most of them are whole units wide.
Plot shared_plot(Canvas& canvas, const Findings& findings, const FindingColumn& stack,
                 double width) {
    Plot shared;
    if (stack.size() < 2) return shared;
    for (const Index i : stack) {
        const Plot plot = std::visit([&](const auto& kind) { return plot_of(canvas, kind, width); },
                                     kind_of(findings, i));
        shared.count = std::max(shared.count, plot.count);
        shared.left = std::max(shared.left, plot.left);
        shared.width = std::max(shared.width, plot.width);
    }
    if (shared.count == 0) return {};
    const auto count = static_cast<double>(shared.count);
    if (shared.width == 0) shared.width = width;
    shared.width = std::min(shared.width, width - shared.left);
    if (shared.width >= count) shared.width = std::floor(shared.width / count) * count;
    return shared;
}

bool same_places(Canvas& canvas, const Findings& findings, Index a, Index b) {
    const auto count = [&](Index i) {
        return std::visit([&](const auto& kind) { return plot_of(canvas, kind, 400).count; },
                          kind_of(findings, i));
    };
    return count(a) > 0 && count(a) == count(b);
}

/// One or several findings under one another, at a place whose y is below the first one's title.
double draw_stack(Canvas& canvas, const Findings& findings, const FindingColumn& stack,
                  Place place) {
    place.plot = shared_plot(canvas, findings, stack, place.width);
    for (size_t i = 0; i < stack.size(); ++i) {
        const Finding& finding = findings.findings[static_cast<size_t>(stack[i])];
        // A plot that shares its edges needs a title only where it has more to say.
        const bool titled = i == 0 || place.plot.width == 0 || !finding.caption.empty();
        if (i > 0 && titled)
            place.y = write_title(canvas, finding, place.x, place.y + 8, place.width);
        canvas.finding = stack[i];
        canvas.said = titled ? std::string_view(finding.title) : std::string_view();
        const bool has_plot = std::visit(
            [&](const auto& kind) { return plot_of(canvas, kind, place.width).count > 0; },
            finding.kind);
        Place own = place;
        if (!has_plot) own.plot = {};
        own.plot.labelled =
            i + 1 >= stack.size() || !same_places(canvas, findings, stack[i], stack[i + 1]);
        place.y =
            std::visit([&](const auto& kind) { return draw(canvas, kind, own); }, finding.kind) + 4;
    }
    return place.y - 4;
}

double draw_group(Canvas& canvas, const Findings& findings, const Group& group,
                  const std::vector<double>& widths, const ScenePoint& at) {
    const std::vector<Rows> rows = shared_rows(canvas, findings, group, widths);
    double x = at.x, top = at.y, bottom = at.y;
    const auto follows = [&](size_t i) {
        return i > 0 && rows[i].count > 0 && rows[i - 1].count > 0;
    };
    for (size_t i = 0; i < group.size(); ++i) {
        const Finding& finding = findings.findings[static_cast<size_t>(group[i].front())];
        top = std::max(top, follows(i) ? write_lines(canvas, {finding.title, title_style(canvas)},
                                                     x, at.y, widths[i])
                                       : write_title(canvas, finding, x, at.y, widths[i]));
        x += widths[i] + between;
    }
    top += 6;
    x = at.x;
    for (size_t i = 0; i < group.size(); ++i) {
        const Place place{
            .x = x, .y = top, .width = widths[i], .rows = rows[i], .labelled = !follows(i)};
        double y = draw_stack(canvas, findings, group[i], place);
        // A narrow neighbour has its caption below, so that the rows are not pushed down.
        const Finding& first = findings.findings[static_cast<size_t>(group[i].front())];
        if (follows(i))
            y = write_lines(canvas, {first.caption, canvas.small(canvas.theme.muted)}, x, y + 2,
                            widths[i]);
        bottom = std::max(bottom, y);
        x += widths[i] + between;
    }
    return bottom;
}

// Each work once, in the order of what is shown.
std::string citations_of(const Findings& findings) {
    std::vector<std::string> named;
    std::string all;
    for (const Finding& finding : findings.findings)
        for (size_t begin = 0; begin < finding.citation.size();) {
            const size_t end =
                std::min(finding.citation.find("; ", begin), finding.citation.size());
            std::string work = finding.citation.substr(begin, end - begin);
            begin = end + 2;
            if (std::ranges::count(named, work)) continue;
            all += (all.empty() ? "" : " · ") + work;
            named.push_back(std::move(work));
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
    narrow_followers(canvas, findings, rooms);
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
