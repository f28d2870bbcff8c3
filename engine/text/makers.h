#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

#include "engine/core/result.h"

namespace fovea::text {

/// A step of a tokenizer.json by its "type", and the function that makes it of its section.
template <class Function>
struct Maker {
    std::string_view type;
    Function* make;
};

/// The function for a type; an unknown one is an error that names it as a `what` of `where`.
template <class Function, size_t count>
Result<Function*> find_maker(const Maker<Function> (&makers)[count], std::string_view type,
                             std::string_view what, std::string_view where) {
    const auto found = std::ranges::find(makers, type, &Maker<Function>::type);
    if (found != std::end(makers)) return found->make;
    return fail("{}: the {} \"{}\" is not known", where, what, type);
}

}  // namespace fovea::text
