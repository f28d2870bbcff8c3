#include "engine/edit/temperatures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace fovea {
namespace {

constexpr double least_product = least_temperature;

Error too_cold() {
    return fail(
        "temperature: the values of a head multiply to less than {}: below it a float holds no "
        "weights",
        least_temperature);
}

/// Temperatures by their scope, those of the same one multiplied.
class TemperatureTable {
  public:
    explicit TemperatureTable(const std::vector<TemperatureEdit>& edits) {
        for (const TemperatureEdit& edit : edits)
            of_scope_.try_emplace(edit.scope, 1.0).first->second *= double{edit.value};
    }

    /// What the entries make that cover all of a scope.
    double product(const Scope& scope) const {
        double product = 1;
        for (const bool layer : {false, true})
            for (const bool head : {false, true})
                for (const bool part : {false, true}) {
                    if ((layer && !scope.layer) || (head && !scope.head) || (part && !scope.part))
                        continue;
                    Scope around;
                    if (layer) around.layer = scope.layer;
                    if (head) around.head = scope.head;
                    if (part) around.part = scope.part;
                    if (const auto found = of_scope_.find(around); found != of_scope_.end())
                        product *= found->second;
                }
        return product;
    }

  private:
    std::map<Scope, double> of_scope_;
};

/// Of the heads that a scope covers, the least that their values multiply to.
double coldest_head(const std::vector<TemperatureEdit>& edits, const Scope& scope,
                    std::span<const EditLimits> parts) {
    const TemperatureTable temperatures(edits);
    double coldest = std::numeric_limits<double>::infinity();
    for (const EditLimits& limits : parts)
        for (Index layer = 0; layer < limits.layers; ++layer)
            for (Index head = 0; head < limits.heads; ++head)
                if (scope.covers(layer, head, limits.part))
                    coldest = std::min(coldest, temperatures.product({layer, head, limits.part}));
    return coldest;
}

/// Whatever heads they cover: nobody looks at each head with every key.
bool are_surely_warm(const std::vector<TemperatureEdit>& edits) {
    double product = 1;
    for (const TemperatureEdit& edit : edits)
        product *= std::min(double{edit.value}, 1.0);
    return product >= least_product;
}

}  // namespace

float temperature_of(const std::vector<TemperatureEdit>& edits, const Scope& scope) {
    float value = 1;
    for (const TemperatureEdit& edit : edits)
        if (edit.scope == scope) value *= edit.value;
    return value;
}

Status check_temperatures(const std::vector<TemperatureEdit>& edits) {
    const TemperatureTable temperatures(edits);
    for (const TemperatureEdit& edit : edits)
        if (temperatures.product(edit.scope) < least_product) return too_cold();
    return {};
}

Status check_temperatures(const std::vector<TemperatureEdit>& edits,
                          std::span<const EditLimits> parts) {
    if (are_surely_warm(edits) || coldest_head(edits, {}, parts) >= least_product) return {};
    return too_cold();
}

float warm_enough(const std::vector<TemperatureEdit>& edits, const TemperatureEdit& wanted,
                  std::span<const EditLimits> parts) {
    std::vector<TemperatureEdit> after = edits;
    std::erase_if(after, [&](const TemperatureEdit& edit) { return edit.scope == wanted.scope; });
    after.push_back(wanted);
    if (are_surely_warm(after)) return wanted.value;
    const double coldest = coldest_head(after, wanted.scope, parts);
    if (coldest >= least_product) return wanted.value;
    const double least = double{wanted.value} * least_product / coldest;
    return static_cast<float>(std::floor(least * 1000 + 1) / 1000);
}

}  // namespace fovea
