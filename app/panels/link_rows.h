#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <span>
#include <vector>

#include "app/panels/line_links.h"
#include "engine/trace/trace.h"

namespace fovea::app {

/// The heaviest weights of single rows of a head's map, and whole rows and columns of it, made when
/// they are looked at and kept while they are: a sentence of thousands of tokens is never asked for
/// more than stands on the screen. Any one thread.
class LinkRows {
  public:
    static constexpr Index most = 64;          ///< kept of each row
    static constexpr float lightest = 0.001f;  ///< lighter ones are not kept
    /// Rows that are made together; reading K once for several costs little more than for one.
    static constexpr Index block = 16;

    /// Makes one block of rows that touches [first, last) and is not there yet, the nearest to the
    /// middle; false where all are there.
    bool make_one(const std::shared_ptr<const LayerTrace>& layer, Index head, Index first,
                  Index last);

    /// A row's links, the heaviest first; nothing where it has not been made.
    std::span<const Link> of(const std::shared_ptr<const LayerTrace>& layer, Index head,
                             Index query) const;

    /// All weights of a query, [keys], or on a key, [queries].
    std::shared_ptr<const Tensor> row(const std::shared_ptr<const LayerTrace>& layer, Index head,
                                      Index query);
    std::shared_ptr<const Tensor> column(const std::shared_ptr<const LayerTrace>& layer, Index head,
                                         Index key);

    /// So many heads are looked at together: none of them is forgotten for another.
    void keep(size_t heads) { most_heads_ = std::max<size_t>(64, 2 * heads); }

  private:
    struct Head {
        std::weak_ptr<const LayerTrace> layer;
        Index head = 0;
        std::vector<std::vector<Link>> blocks;  // [queries / block], by query, then by weight
        std::vector<bool> made;                 // [queries / block]
    };
    struct Line {
        std::weak_ptr<const LayerTrace> layer;
        Index head = 0, token = 0;
        bool is_row = false;
        std::shared_ptr<const Tensor> weights;
    };
    const Head* find(const std::shared_ptr<const LayerTrace>& layer, Index head) const;
    std::shared_ptr<const Tensor> line(const std::shared_ptr<const LayerTrace>& layer, Index head,
                                       Index token, bool is_row);

    std::list<Head> heads_;  // newest first
    std::list<Line> lines_;  // newest first
    size_t most_heads_ = 64;
};

}  // namespace fovea::app
