#include "app/ui/drawing_digest.h"

namespace fovea::app {
namespace {

void draw_nothing(const ImDrawList*, const ImDrawCmd*) {}

}  // namespace

void announce_drawing(ImDrawList* list, const Digest& digest) {
    static_assert(sizeof(void*) >= sizeof(std::uint64_t));
    list->AddCallback(draw_nothing,
                      reinterpret_cast<void*>(static_cast<std::uintptr_t>(digest.value())));
}

bool announces_drawing(const ImDrawCmd& command, std::uint64_t& digest) {
    if (command.UserCallback != draw_nothing) return false;
    digest = reinterpret_cast<std::uintptr_t>(command.UserCallbackData);
    return true;
}

}  // namespace fovea::app
