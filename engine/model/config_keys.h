#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/arch/arch_spec.h"

namespace fovea {

/// The keys of a config.json that are read, with a dot between an object and a key in it. An object
/// of which no inner key is named is read whole.
class KeyNames {
  public:
    void add(std::string_view path);
    void add(const std::vector<std::string_view>& paths) {
        for (const auto path : paths)
            add(path);
    }
    bool has(std::string_view path) const { return paths_.contains(path); }
    bool names_parts_of(std::string_view path) const { return objects_.contains(path); }

  private:
    std::set<std::string, std::less<>> paths_, objects_;
};

/// What reading a config.json of this architecture looks at, its encoder's included.
KeyNames keys_read(const ArchSpec& arch);
// Each reader names its own beside where it reads them.
void name_layer_kind_keys(const ArchSpec& arch, KeyNames& keys);
void name_rotary_keys(const ArchSpec& arch, KeyNames& keys);

struct SortedKeys {
    nlohmann::json read;              ///< the config.json with nothing else in it
    std::vector<std::string> unread;  ///< neither read nor known to mean nothing
};

/// Readers see only keys that keys_read() names: what is not named cannot be read in silence. A
/// null means that there is nothing to read, whatever the key.
SortedKeys sort_keys(const nlohmann::json& root, const ArchSpec& arch);

}  // namespace fovea
