#pragma once

#include <vector>

#include "engine/analysis/findings.h"
#include "engine/figure/painters.h"

namespace fovea {

/// Findings on a canvas: which of them stand side by side, which under one another, what they
/// share, and what is written above them.
class Arrangement {
  public:
    Arrangement(Canvas& canvas, const Findings& findings, std::optional<Index> only);

    /// As wide as they like to be.
    double natural_width() const;
    /// Draws them from (x, y), no wider than `width`. Gives the y below.
    double draw(double x, double y, double width);

  private:
    using Stack = std::vector<Index>;  // findings under one another
    using Group = std::vector<Stack>;  // stacks side by side

    const Finding& at(Index i) const { return findings_.findings[static_cast<size_t>(i)]; }
    const Finding& first(const Stack& stack) const { return at(stack.front()); }
    Index stage_of(const Stack& stack) const { return only_ ? 0 : first(stack).stage; }

    // The painters, told whose turn it is.
    void turn_to(Index i);
    Rows rows(Index i, double width);
    Plot plot(Index i, double width);

    void limit_heights();
    void find_shared_pitches();
    Room room_of(Index i);
    Room room_of(const Stack& stack) const;
    void narrow_followers();
    std::vector<Group> groups(double width) const;
    std::vector<double> widths_of(const Group& group, double width) const;
    std::vector<Rows> shared_rows(const Group& group, const std::vector<double>& widths);
    Plot shared_plot(const Stack& stack, double width);
    double write_title(const Finding& finding, double x, double y, double width);
    double write_stage(Index stage, double x, double y, double width);
    double write_headings(const Group& group, const std::vector<double>& widths,
                          const std::vector<Rows>& rows, const ScenePoint& place, double right);
    double draw_stack(const Stack& stack, Place place);
    double draw_group(const Group& group, const std::vector<double>& widths,
                      const ScenePoint& place, double right);

    Canvas& canvas_;
    const Findings& findings_;
    std::optional<Index> only_;
    std::vector<Room> alone_rooms_;               // of each in a line of its own
    std::vector<Room> rooms_;                     // beside what it shares its rows with
    std::vector<double> highest_, shared_pitch_;  // see Canvas, one a finding
    bool alone_ = false;  // all findings stand in one line, under the question
};

/// Lines of text from (x, y), wrapped to `width`. Gives the y below.
double write_lines(Canvas& canvas, std::string_view text, const TextStyle& style, double x,
                   double y, double width);

}  // namespace fovea
