#include "engine/edit/part.h"

namespace fovea {

std::string_view part_name(Part part) {
    switch (part) {
        case Part::self:
            return "";
        case Part::encoder:
            return "encoder";
        case Part::decoder:
            return "decoder";
        case Part::cross:
            return "cross";
    }
    return "";
}

std::optional<Part> part_by_name(std::string_view name) {
    for (const Part part : {Part::encoder, Part::decoder, Part::cross})
        if (part_name(part) == name) return part;
    return std::nullopt;
}

}  // namespace fovea
