#include "app/ui/changed_areas.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "app/ui/drawing_digest.h"

namespace fovea::app {
namespace {

// Squares, the last ones included.
struct Squares {
    int left, top, right, bottom;
    int count() const { return (right - left + 1) * (bottom - top + 1); }
};

Squares around(const Squares& a, const Squares& b) {
    return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
            std::max(a.bottom, b.bottom)};
}

// Each area is drawn by going through all lists once more: worth it from this many squares on.
constexpr int worth_a_pass = 6;
constexpr size_t most_areas = 6;

/// What was drawn, put down in every square that it touches.
class Grid {
  public:
    Grid(int columns, int rows)
        : columns_(columns), rows_(rows), digests_(static_cast<size_t>(columns * rows)) {}

    void add(const ImDrawList& list) {
        std::optional<std::uint64_t> announced;
        for (const ImDrawCmd& command : list.CmdBuffer) {
            if (std::uint64_t digest = 0; announces_drawing(command, digest)) {
                announced = digest;
            } else if (command.UserCallback == nullptr && command.ElemCount > 0) {
                add_triangles(list, command, std::exchange(announced, std::nullopt));
            } else if (command.UserCallback != nullptr &&
                       command.UserCallback != ImDrawCallback_ResetRenderState) {
                add_callback(command, std::exchange(announced, std::nullopt));
            }
        }
    }
    void fill(std::uint64_t digest) {
        for (Digest& square : digests_)
            square.add(digest);
    }
    std::vector<std::uint64_t> values() const {
        std::vector<std::uint64_t> values;
        for (const Digest& square : digests_)
            values.push_back(square.value());
        return values;
    }

  private:
    // Nullopt where nothing of it is in the window.
    std::optional<Squares> touched(ImVec2 min, ImVec2 max) const {
        const float width = static_cast<float>(columns_ * ChangedAreas::square);
        const float height = static_cast<float>(rows_ * ChangedAreas::square);
        if (!(max.x > 0 && max.y > 0 && min.x < width && min.y < height)) return std::nullopt;
        const auto square = [](float at, int count) {
            return std::min(static_cast<int>(std::max(at, 0.0f)) / ChangedAreas::square, count - 1);
        };
        return Squares{square(min.x, columns_), square(min.y, rows_),
                       square(std::min(max.x, width), columns_),
                       square(std::min(max.y, height), rows_)};
    }

    void put(const Squares& squares, std::uint64_t digest) {
        for (int row = squares.top; row <= squares.bottom; ++row)
            for (int column = squares.left; column <= squares.right; ++column)
                digests_[static_cast<size_t>(row * columns_ + column)].add(digest);
    }

    static Digest digest_of(const ImVec4& clip) {
        Digest digest;
        digest.add(ImVec2(clip.x, clip.y));
        digest.add(ImVec2(clip.z, clip.w));
        return digest;
    }

    // Announced: what is in their texture.
    void add_triangles(const ImDrawList& list, const ImDrawCmd& command,
                       std::optional<std::uint64_t> announced) {
        const ImVec4& clip = command.ClipRect;
        Digest begin = digest_of(clip);
        if (announced) begin.add(*announced);
        const ImDrawVert* vertices = list.VtxBuffer.Data + command.VtxOffset;
        const ImDrawIdx* indices = list.IdxBuffer.Data + command.IdxOffset;
        for (unsigned i = 0; i + 2 < command.ElemCount; i += 3) {
            Digest digest = begin;
            ImVec2 min(clip.z, clip.w), max(clip.x, clip.y);
            for (unsigned corner = 0; corner < 3; ++corner) {
                const ImDrawVert& vertex = vertices[indices[i + corner]];
                min = {std::min(min.x, vertex.pos.x), std::min(min.y, vertex.pos.y)};
                max = {std::max(max.x, vertex.pos.x), std::max(max.y, vertex.pos.y)};
                digest.add(vertex.pos);
                digest.add(vertex.uv);
                digest.add(std::uint64_t{vertex.col});
            }
            min = {std::max(min.x, clip.x), std::max(min.y, clip.y)};
            max = {std::min(max.x, clip.z), std::min(max.y, clip.w)};
            if (min.x > max.x || min.y > max.y) continue;
            if (const auto squares = touched(min, max)) put(*squares, digest.value());
        }
    }

    void add_callback(const ImDrawCmd& command, std::optional<std::uint64_t> announced) {
        const ImVec4& clip = command.ClipRect;
        Digest digest = digest_of(clip);
        if (announced) {
            digest.add(*announced);
        } else {
            digest.add(std::uint64_t{reinterpret_cast<std::uintptr_t>(command.UserCallback)});
            digest.add(std::uint64_t{reinterpret_cast<std::uintptr_t>(command.UserCallbackData)});
        }
        if (const auto squares = touched({clip.x, clip.y}, {clip.z, clip.w}))
            put(*squares, digest.value());
    }

    int columns_, rows_;
    std::vector<Digest> digests_;
};

/// Runs of squares that differ, a row's joined with those below where they are as wide.
std::vector<Squares> differing(const std::vector<std::uint64_t>& a,
                               const std::vector<std::uint64_t>& b, int columns, int rows) {
    std::vector<Squares> found;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column) {
            const auto differs = [&](int at) {
                const auto i = static_cast<size_t>(row * columns + at);
                return at < columns && a[i] != b[i];
            };
            if (!differs(column)) continue;
            const int left = column;
            while (differs(column + 1))
                ++column;
            const auto above =
                std::find_if(found.begin(), found.end(), [&](const Squares& squares) {
                    return squares.left == left && squares.right == column &&
                           squares.bottom == row - 1;
                });
            if (above != found.end())
                above->bottom = row;
            else
                found.push_back({left, row, column, row});
        }
    return found;
}

/// Joins those that lie next to one another until they are few.
void join(std::vector<Squares>& found) {
    while (found.size() > 1) {
        int least = 0;
        std::pair<size_t, size_t> pair;
        for (size_t i = 0; i < found.size(); ++i)
            for (size_t j = i + 1; j < found.size(); ++j) {
                const int added =
                    around(found[i], found[j]).count() - found[i].count() - found[j].count();
                if (pair.second == 0 || added < least) {
                    least = added;
                    pair = {i, j};
                }
            }
        if (found.size() <= most_areas && least >= worth_a_pass) return;
        found[pair.first] = around(found[pair.first], found[pair.second]);
        found.erase(found.begin() + static_cast<std::ptrdiff_t>(pair.second));
    }
}

}  // namespace

std::vector<ImVec4> ChangedAreas::update(const ImDrawData& data, ImU32 background) {
    const auto squares = [](float extent) {
        return std::max(1, (static_cast<int>(extent) + square - 1) / square);
    };
    const int columns = squares(data.DisplaySize.x), rows = squares(data.DisplaySize.y);
    Grid grid(columns, rows);
    Digest all;
    all.add(std::uint64_t{background});
    all.add(data.DisplaySize);
    all.add(data.FramebufferScale);
    grid.fill(all.value());
    for (int n = 0; n < data.CmdListsCount; ++n)
        grid.add(*data.CmdLists[n]);
    auto digests = grid.values();
    const bool known = digests_.size() == digests.size() && columns == columns_;
    std::vector<Squares> found{{0, 0, columns - 1, rows - 1}};
    if (known) {
        found = differing(digests_, digests, columns, rows);
        join(found);
    }
    digests_ = std::move(digests);
    columns_ = columns;
    rows_ = rows;
    std::vector<ImVec4> areas;
    for (const Squares& area : found)
        areas.emplace_back(
            static_cast<float>(area.left * square), static_cast<float>(area.top * square),
            std::min(static_cast<float>((area.right + 1) * square), data.DisplaySize.x),
            std::min(static_cast<float>((area.bottom + 1) * square), data.DisplaySize.y));
    return areas;
}

}  // namespace fovea::app
