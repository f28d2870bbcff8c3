#include "engine/figure/arrange.h"

#include <algorithm>
#include <cmath>

#include "engine/figure/visible_text.h"

namespace fovea {
namespace {

constexpr double between = 24;        // findings side by side
constexpr double narrowest = 480;     // of a figure as wide as it likes, so that words have room
constexpr double line_spacing = 1.4;  // of the letters' size
constexpr double stage_line = 19;     // a stage's heading
constexpr double least_picture = 64;  // the height of squares beside a table
constexpr double widest_growth = 160;

TextStyle title_style(const Canvas& canvas) {
    return {canvas.look.small, true, canvas.theme.text};
}

bool called_alike(const Rows& a, const Rows& b) {
    return a.count > 0 && a.count == b.count && a.labels == b.labels;
}

// Side by side they may be narrower than they like to be, hardly as narrow as they can be.
double wanted(const Room& room) {
    return 0.9 * room.least + 0.1 * room.natural;
}

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

}  // namespace

double write_lines(Canvas& canvas, std::string_view text, const TextStyle& style, double x,
                   double y, double width) {
    if (text.empty()) return y;
    const double height = std::round(line_spacing * style.size);
    for (const std::string& line : canvas.ruler.wrapped(visible_text(text), style, width)) {
        canvas.write(x, y + height / 2, line, style);
        y += height;
    }
    return y;
}

Arrangement::Arrangement(Canvas& canvas, const Findings& findings, std::optional<Index> only)
    : canvas_(canvas), findings_(findings), only_(only) {
    const size_t count = findings.findings.size();
    highest_.assign(count, canvas.highest);
    shared_pitch_.assign(count, 0);
    if (canvas.fitting) limit_heights();
    const auto rooms = [&] {
        std::vector<Room> all;
        for (Index i = 0; i < std::ssize(findings.findings); ++i)
            all.push_back(room_of(i));
        return all;
    };
    alone_rooms_ = rooms();
    rooms_ = alone_rooms_;
    if (canvas.fitting) {
        find_shared_pitches();
        rooms_ = rooms();
    }
    narrow_followers();
}

void Arrangement::turn_to(Index i) {
    canvas_.finding = i;
    canvas_.highest = highest_[static_cast<size_t>(i)];
    canvas_.shared_pitch = shared_pitch_[static_cast<size_t>(i)];
}

Rows Arrangement::rows(Index i, double width) {
    turn_to(i);
    return std::visit([&](const auto& kind) { return rows_of(canvas_, kind, width); }, at(i).kind);
}

Plot Arrangement::plot(Index i, double width) {
    turn_to(i);
    return std::visit([&](const auto& kind) { return plot_of(canvas_, kind, width); }, at(i).kind);
}

// Squares beside a table are as high as it is, with their headings and colours, or somewhat higher
// where there is room.
void Arrangement::limit_heights() {
    constexpr double around = 36;  // their headings and colours, less the table's heading
    const Index count = std::ssize(findings_.findings);
    for (Index begin = 0, end = 0; begin < count; begin = end) {
        double table = 0;
        for (end = begin; end < count && (end == begin || at(end).beside); ++end)
            if (const auto* one = std::get_if<finding::Table>(&at(end).kind))
                table = std::max(table, canvas_.row() * static_cast<double>(one->rows.size()));
        for (Index i = begin; i < end; ++i) {
            if (table > 0)
                highest_[static_cast<size_t>(i)] =
                    std::max(least_picture, table - around) + canvas_.length(0, 140);
            else
                highest_[static_cast<size_t>(i)] = canvas_.length(150, canvas_.highest);
        }
    }
}

void Arrangement::find_shared_pitches() {
    for (Index i = 1; i < std::ssize(findings_.findings); ++i) {
        if (!at(i).beside) continue;
        const Rows before = rows(i - 1, 400);
        if (called_alike(before, rows(i, 400)))
            shared_pitch_[static_cast<size_t>(i)] = before.pitch;
    }
}

Room Arrangement::room_of(Index i) {
    turn_to(i);
    const Finding& finding = at(i);
    Room room = std::visit([&](const auto& kind) { return room_for(canvas_, kind); }, finding.kind);
    // A caption is not to be broken into single words; a narrow curve has it below.
    const auto* series = std::get_if<finding::Series>(&finding.kind);
    if ((series && series->downward) || finding.stage > 0) return room;
    room.natural =
        std::max(room.natural, std::min(280.0, canvas_.width(finding.title + " " + finding.caption,
                                                             canvas_.small(canvas_.theme.muted))));
    room.least = std::min(room.least, room.natural);
    return room;
}

Room Arrangement::room_of(const Stack& stack) const {
    Room room;
    for (const Index i : stack) {
        room.least = std::max(room.least, rooms_[static_cast<size_t>(i)].least);
        room.natural = std::max(room.natural, rooms_[static_cast<size_t>(i)].natural);
    }
    return room;
}

// What stands beside something with the same labels needs none of its own.
void Arrangement::narrow_followers() {
    for (Index i = 1; i < std::ssize(rooms_); ++i) {
        if (!at(i).beside) continue;
        const auto natural = [&](Index of) { return rooms_[static_cast<size_t>(of)].natural; };
        const Rows own = rows(i, natural(i));
        if (own.label_width == 0 || !called_alike(rows(i - 1, natural(i - 1)), own)) continue;
        rooms_[static_cast<size_t>(i)].least -= own.label_width;
        rooms_[static_cast<size_t>(i)].natural -= own.label_width;
    }
}

std::vector<Arrangement::Group> Arrangement::groups(double width) const {
    if (only_) return {{{*only_}}};
    std::vector<Stack> stacks;
    for (Index i = 0; i < std::ssize(findings_.findings); ++i) {
        if (!at(i).under || stacks.empty()) stacks.emplace_back();
        stacks.back().push_back(i);
    }
    std::vector<Group> groups;
    double used = 0;
    for (const Stack& stack : stacks) {
        const double need = between + wanted(room_of(stack));
        if (first(stack).beside && !groups.empty() && used + need <= width) {
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
std::vector<double> Arrangement::widths_of(const Group& group, double width) const {
    if (group.size() == 1) {
        double natural = 0;
        for (const Index i : group.front())
            natural = std::max(natural, alone_rooms_[static_cast<size_t>(i)].natural);
        return {std::min(width, std::floor(natural))};
    }
    double least = between * static_cast<double>(group.size() - 1), natural = least;
    for (const Stack& stack : group) {
        least += room_of(stack).least;
        natural += room_of(stack).natural;
    }
    const double share =
        natural > least ? std::clamp((width - least) / (natural - least), 0.0, 1.0) : 1;
    std::vector<double> widths;
    for (const Stack& stack : group) {
        const Room room = room_of(stack);
        widths.push_back(
            std::min(width, std::floor(room.least + share * (room.natural - room.least))));
    }
    // What is left over makes curves that run downward wider.
    const auto grows = [&](const Stack& stack) {
        const auto* series = std::get_if<finding::Series>(&first(stack).kind);
        return series && series->downward;
    };
    const auto growing = std::ranges::count_if(group, grows);
    if (growing > 0 && natural < width)
        for (size_t i = 0; i < group.size(); ++i)
            if (grows(group[i]))
                widths[i] += std::floor(
                    std::min(widest_growth, (width - natural) / static_cast<double>(growing)));
    return widths;
}

double Arrangement::natural_width() const {
    double widest = narrowest;
    for (const Group& group : groups(no_limit)) {
        double width = between * static_cast<double>(group.size() - 1);
        for (const Stack& stack : group)
            width += room_of(stack).natural;
        widest = std::max(widest, width);
    }
    return std::ceil(widest);
}

// What the members of a group share of their rows: `count` 0 for those that share nothing.
std::vector<Rows> Arrangement::shared_rows(const Group& group, const std::vector<double>& widths) {
    std::vector<Rows> all;
    for (size_t i = 0; i < group.size(); ++i)
        all.push_back(group[i].size() > 1 ? Rows() : rows(group[i].front(), widths[i]));
    for (size_t begin = 0, end = 0; begin < all.size(); begin = end) {
        Rows shared = all[begin];
        for (end = begin + 1; end < all.size() && called_alike(all[begin], all[end]); ++end)
            shared.header = std::max(shared.header, all[end].header);
        for (size_t i = begin; i < end; ++i)
            all[i] = end - begin > 1 ? shared : Rows{};
    }
    return all;
}

// Both edges of the plots of a stack; `width` 0: they share none. The places of the one that has
// most of them are whole units wide.
Plot Arrangement::shared_plot(const Stack& stack, double width) {
    Plot shared;
    if (stack.size() < 2) return shared;
    for (const Index i : stack) {
        const Plot own = plot(i, width);
        shared.count = std::max(shared.count, own.count);
        shared.left = std::max(shared.left, own.left);
        shared.width = std::max(shared.width, own.width);
    }
    if (shared.count == 0) return {};
    const auto count = static_cast<double>(shared.count);
    if (shared.width == 0) shared.width = width;
    shared.width = std::min(shared.width, width - shared.left);
    if (shared.width >= count) shared.width = std::floor(shared.width / count) * count;
    return shared;
}

// Title and caption in one line where they fit, else one below the other.
double Arrangement::write_title(const Finding& finding, double x, double y, double width) {
    const TextStyle title = title_style(canvas_);
    const TextStyle caption = canvas_.small(canvas_.theme.muted);
    if (finding.title.empty()) return write_lines(canvas_, finding.caption, caption, x, y, width);
    const double used = canvas_.width(finding.title, title) + 10;
    if (!finding.caption.empty() && used + canvas_.width(finding.caption, caption) <= width) {
        const double middle = y + std::round(line_spacing * title.size) / 2;
        canvas_.write(x, middle, finding.title, title);
        canvas_.write(x + used, middle, finding.caption, caption);
        return y + std::round(line_spacing * title.size);
    }
    y = write_lines(canvas_, finding.title, title, x, y, width);
    return write_lines(canvas_, finding.caption, caption, x, y, width);
}

// "2  WEIGHT  softmax: …"
double Arrangement::write_stage(Index stage, double x, double y, double width) {
    if (stage < 1 || stage > std::ssize(findings_.stages)) return y;
    const Stage& about = findings_.stages[static_cast<size_t>(stage - 1)];
    const TextStyle title = title_style(canvas_);
    const TextStyle caption = canvas_.small(canvas_.theme.muted);
    const double middle = y + stage_line / 2;
    double at = x + canvas_.write(x, middle, std::to_string(stage), title) + 8;
    at += canvas_.write(at, middle, upper(about.title), {title.size, true, canvas_.theme.muted},
                        Anchor::start, x + width - at) +
          12;
    // Where room is short, a second line is worth less than what stands below it: the last clauses
    // go.
    const double room = x + width - at;
    std::string_view words = about.caption;
    const auto fits = [&] { return canvas_.width(words, caption) <= room; };
    if (canvas_.ease < 1)
        while (!fits()) {
            const size_t clause = std::max(words.rfind(", ") + 1, words.rfind("; ") + 1);
            if (clause == 0) break;
            words = words.substr(0, clause - 1);
        }
    if (fits() || (canvas_.ease < 1 && room > 120)) {
        canvas_.write(at, middle, words, caption, Anchor::start, room);
        return y + stage_line;
    }
    return write_lines(canvas_, about.caption, caption, x, y + stage_line, width);
}

// Above the members of a group; those of one stage have one heading over all of them.
double Arrangement::write_headings(const Group& group, const std::vector<double>& widths,
                                   const std::vector<Rows>& rows, const ScenePoint& place,
                                   double right) {
    double x = place.x, bottom = place.y;
    for (size_t i = 0; i < group.size(); x += widths[i] + between, ++i) {
        const Index stage = stage_of(group[i]);
        const bool follows = i > 0 && rows[i].count > 0 && rows[i - 1].count > 0;
        if (stage > 0) {
            if (i > 0 && stage_of(group[i - 1]) == stage) continue;
            // A stage that goes on from the line above has its heading there.
            const Index before = group[i].front() - 1;
            if (before >= 0 && at(before).stage == stage) continue;
            size_t next = i + 1;
            double end = x + widths[i];
            for (; next < group.size() && stage_of(group[next]) == stage; ++next)
                end += between + widths[next];
            end = next == group.size() ? right : end + between / 2;
            bottom = std::max(bottom, write_stage(stage, x, place.y, end - x));
        } else if (!alone_ && follows) {
            bottom = std::max(bottom, write_lines(canvas_, first(group[i]).title,
                                                  title_style(canvas_), x, place.y, widths[i]));
        } else if (!alone_) {
            const double end = i + 1 == group.size() ? right : x + widths[i];
            bottom = std::max(bottom, write_title(first(group[i]), x, place.y, end - x));
        }
    }
    return bottom;
}

/// One or several findings under one another, at a place whose y is below the first one's title.
double Arrangement::draw_stack(const Stack& stack, Place place) {
    place.plot = shared_plot(stack, place.width);
    const bool staged = stage_of(stack) > 0;
    for (size_t i = 0; i < stack.size(); ++i) {
        const Finding& finding = at(stack[i]);
        // A plot that shares its edges needs a title only where it has more to say.
        const bool titled =
            !staged && !alone_ && (i == 0 || place.plot.width == 0 || !finding.caption.empty());
        if (i > 0 && titled) place.y = write_title(finding, place.x, place.y + 8, place.width);
        const Index places = plot(stack[i], place.width).count;
        Place own = place;
        if (places == 0) own.plot = {};
        // Below stands another one of the same places, or of groups of them.
        if (i + 1 < stack.size() && places > 0) {
            const Index next = plot(stack[i + 1], place.width).count;
            own.plot.labelled = next == 0 || places % next != 0;
        }
        turn_to(stack[i]);
        canvas_.said = titled ? std::string_view(finding.title) : std::string_view();
        place.y = std::visit([&](const auto& kind) { return fovea::draw(canvas_, kind, own); },
                             finding.kind) +
                  4;
    }
    return place.y - 4;
}

double Arrangement::draw_group(const Group& group, const std::vector<double>& widths,
                               const ScenePoint& place, double right) {
    const std::vector<Rows> rows = shared_rows(group, widths);
    const double headed = write_headings(group, widths, rows, place, right);
    const double top = headed > place.y ? headed + canvas_.length(2, 6) : headed;
    double x = place.x, bottom = top;
    for (size_t i = 0; i < group.size(); ++i) {
        const bool follows = i > 0 && rows[i].count > 0 && rows[i - 1].count > 0;
        double y = draw_stack(
            group[i],
            {.x = x, .y = top, .width = widths[i], .rows = rows[i], .labelled = !follows});
        // A narrow neighbour has its caption below, so that the rows are not pushed down.
        if (follows && stage_of(group[i]) == 0 && !alone_)
            y = write_lines(canvas_, first(group[i]).caption, canvas_.small(canvas_.theme.muted), x,
                            y + 2, widths[i]);
        bottom = std::max(bottom, y);
        x += widths[i] + between;
    }
    return bottom;
}

double Arrangement::draw(double x, double y, double width) {
    const std::vector<Group> all = groups(width);
    alone_ = canvas_.fitting && all.size() == 1 && !only_;
    for (size_t i = 0; i < all.size(); ++i) {
        const Index stage = stage_of(all[i].front()), before = all[i].front().front() - 1;
        if (stage > 0 && i > 0 && canvas_.fitting && at(before).stage != stage) {
            // Stages are parted by a line, not by air alone.
            const double gap = canvas_.length(4, 9);
            canvas_.line(x, y + gap, x + width, y + gap, canvas_.theme.line);
            y += 2 * gap - 2;
        } else if (i > 0) {
            y += canvas_.length(8, 22);
        }
        y = draw_group(all[i], widths_of(all[i], width), {x, y}, x + width);
    }
    return y;
}

}  // namespace fovea
