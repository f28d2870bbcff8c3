#include "engine/model/config_keys.h"

#include "engine/arch/known_names.h"

namespace fovea {
namespace {

using Json = nlohmann::json;

class Sorter {
  public:
    explicit Sorter(const ArchSpec& arch) : arch_(arch), keys_(keys_read(arch)) {}

    SortedKeys sort(const Json& root) {
        SortedKeys sorted;
        sorted.read = read_part(root, "", sorted.unread);
        return sorted;
    }

  private:
    Json read_part(const Json& object, const std::string& before,
                   std::vector<std::string>& unread) const {
        Json read = Json::object();
        for (const auto& [name, value] : object.items()) {
            const std::string path = before + name;
            if (keys_.names_parts_of(path) && value.is_object()) {
                read[name] = read_part(value, path + ".", unread);
            } else if (keys_.has(path)) {
                read[name] = value;
            } else if (!value.is_null() && !neutral(path)) {
                unread.push_back(path);
            }
        }
        return read;
    }

    bool neutral(const std::string& path) const {
        if (fits_any(path, neutral_keys()) || fits_any(path, arch_.neutral_keys)) return true;
        return arch_.encoder && fits_any(path, arch_.encoder->neutral_keys);
    }

    const ArchSpec& arch_;
    KeyNames keys_;
};

}  // namespace

void KeyNames::add(std::string_view path) {
    if (path.empty()) return;
    paths_.emplace(path);
    for (size_t dot = path.find('.'); dot != path.npos; dot = path.find('.', dot + 1)) {
        paths_.emplace(path.substr(0, dot));
        objects_.emplace(path.substr(0, dot));
    }
}

KeyNames keys_read(const ArchSpec& arch) {
    KeyNames keys = arch.encoder ? keys_read(*arch.encoder) : KeyNames();
    keys.add({"model_type", "quantization_config", "quantization", "tie_word_embeddings"});
    if (arch.reads_is_causal) keys.add("is_causal");
    keys.add(arch.position_type_key);
    keys.add(arch.head_activation_keys);
    for (const IndexKey& key : arch.sizes)
        keys.add(key.names);
    for (const NumberKey& key : arch.numbers)
        keys.add(key.names);
    for (const FlagKey& key : arch.flags)
        keys.add(key.names);
    for (const TensorFlag& flag : arch.tensor_flags)
        keys.add(flag.name);
    for (const RequiredValue& required : arch.required_values)
        keys.add(required.name);
    keys.add(arch.activation_keys);
    keys.add(arch.plain_activation_key);
    keys.add(arch.gate_key);
    name_layer_kind_keys(arch, keys);
    name_rotary_keys(arch, keys);
    return keys;
}

SortedKeys sort_keys(const Json& root, const ArchSpec& arch) {
    return Sorter(arch).sort(root);
}

}  // namespace fovea
