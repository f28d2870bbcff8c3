#pragma once

#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/edit/edits.h"

namespace fovea {

/// The value of exactly this scope; a file may name one twice, they multiply.
float temperature_of(const std::vector<TemperatureEdit>& edits, const Scope& scope);

/// An error where the values that cover all of a scope that is named multiply to less than
/// least_temperature.
Status check_temperatures(const std::vector<TemperatureEdit>& edits);
/// The same of the values of any head, where layers and heads that are named cross.
Status check_temperatures(const std::vector<TemperatureEdit>& edits,
                          std::span<const EditLimits> parts);

/// The value that `wanted` asks for, in place of its scope's own; where a head would be too cold
/// with it, the least of thousandths that will do.
float warm_enough(const std::vector<TemperatureEdit>& edits, const TemperatureEdit& wanted,
                  std::span<const EditLimits> parts);

}  // namespace fovea
