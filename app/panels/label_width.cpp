#include "app/panels/label_width.h"

#include <algorithm>
#include <array>
#include <memory>

#include "app/ui/widgets.h"

namespace fovea::app {

float widest_label(const Frame& frame, bool queries) {
    struct Memory {
        std::weak_ptr<const Reading> reading;
        Part part = Part::self;
        const ImFont* face = nullptr;
        float scale = 0, widest = 0;
    };
    auto& memories = frame.cache->of<std::array<Memory, 2>>();
    Memory& memory = memories[queries ? 0 : 1];
    const bool same = !memory.reading.owner_before(frame.reading) &&
                      !frame.reading.owner_before(memory.reading) && memory.part == frame.part &&
                      memory.face == frame.fonts.text && memory.scale == frame.scale;
    if (same) return memory.widest;
    const float most = frame.px(160);
    float widest = 0;
    for (const std::string& label : queries ? frame.query_labels() : frame.key_labels()) {
        widest = std::max(widest, widgets::text_size(frame.fonts.text, label).x);
        if (widest >= most) break;
    }
    memory = {frame.reading, frame.part, frame.fonts.text, frame.scale, std::min(widest, most)};
    return memory.widest;
}

}  // namespace fovea::app
