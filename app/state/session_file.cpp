#include "app/state/session_file.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "app/state/pins.h"
#include "engine/core/strict_json.h"
#include "engine/io/files.h"

namespace fovea::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view session_format = "fovea-session";
constexpr int session_version = 1;
constexpr std::uintmax_t largest_session_bytes = std::uintmax_t{256} << 20;

/// The spelling of every value of an enum, in the file.
template <class Enum>
using Name = std::pair<Enum, std::string_view>;

constexpr Name<Part> part_names[] = {
    {Part::encoder, "encoder"}, {Part::decoder, "decoder"}, {Part::cross, "cross"}};
/// Behind the names that files had once, those that they get: of each the last one is written.
constexpr Name<Quantity> quantity_names[] = {
    {Quantity::weights, quantity::attention_weight.former},
    {Quantity::logits, quantity::attention_logit.former},
    {Quantity::masked_logits, quantity::masked_logit.former},
    {Quantity::weights, quantity::attention_weight.array},
    {Quantity::logits, quantity::attention_logit.array},
    {Quantity::masked_logits, quantity::masked_logit.array},
    {Quantity::value_weighted, quantity::value_weighted.array}};
constexpr Name<Pooling> pooling_names[] = {{Pooling::largest, "largest"}, {Pooling::mean, "mean"}};
constexpr Name<ColourMap> colour_map_names[] = {{ColourMap::viridis, "viridis"},
                                                {ColourMap::magma, "magma"},
                                                {ColourMap::cividis, "cividis"},
                                                {ColourMap::greys, "greys"}};
constexpr Name<ColourRange> colour_range_names[] = {{ColourRange::unit, "unit"},
                                                    {ColourRange::fitted, "fitted"}};
constexpr Name<ViewState::Fold> fold_names[] = {{ViewState::Fold::automatic, "automatic"},
                                                {ViewState::Fold::open, "open"},
                                                {ViewState::Fold::folded, "folded"}};
constexpr Name<PaintTool> paint_names[] = {{PaintTool::none, "none"},
                                           {PaintTool::paint, "paint"},
                                           {PaintTool::erase, "erase"},
                                           {PaintTool::row, "row"},
                                           {PaintTool::column, "column"}};
constexpr Name<ViewState::PaintScope> paint_scope_names[] = {
    {ViewState::PaintScope::head, "head"},
    {ViewState::PaintScope::layer, "layer"},
    {ViewState::PaintScope::all, "all"}};

/// Writes the fields of a view into JSON.
class ViewWriter {
  public:
    explicit ViewWriter(Json& into) : into_(into) {}

    template <class Enum, size_t count>
    void choice(const char* key, Enum value, const Name<Enum> (&names)[count]) {
        for (const auto& [candidate, name] : names)
            if (candidate == value) into_[key] = name;
    }
    void flag(const char* key, bool value) { into_[key] = value; }
    void text(const char* key, const std::string& value) { into_[key] = value; }
    void texts(const char* key, const std::vector<std::string>& values) { into_[key] = values; }
    template <class Number>
    void number(const char* key, Number value, double, double) {
        // Through the shortest decimal, so that 1.1f is written as 1.1.
        if (std::isfinite(static_cast<double>(value)))
            into_[key] = std::stod(fmt::format("{}", value));
    }
    void whole(const char* key, int value, int, int) { into_[key] = value; }
    void token(const char* key, const std::optional<Index>& value) {
        if (value) into_[key] = *value;
    }
    void pin(const char* key, const std::optional<ViewState::Pin>& value) {
        if (value) into_[key] = {{"query", value->query}, {"key", value->key}};
    }
    void head(const char* key, const HeadId& value) { into_[key] = as_json(value); }
    void heads(const char* key, const std::vector<HeadId>& values) {
        into_[key] = Json::array();
        for (const HeadId& value : values)
            into_[key].push_back(as_json(value));
    }

    void pins(const char* key, const std::vector<PinnedToken>& values) {
        into_[key] = Json::array();
        for (const PinnedToken& value : values)
            into_[key].push_back({{"id", value.id}, {"token", value.spelling}});
    }

  private:
    static Json as_json(const HeadId& value) {
        return {{"layer", value.layer}, {"head", value.head}};
    }
    Json& into_;
};

/// Reads the fields of a view; whatever is missing or odd leaves the field as it is.
class ViewReader {
  public:
    explicit ViewReader(const Json& from) : from_(from) {}

    template <class Enum, size_t count>
    void choice(const char* key, Enum& value, const Name<Enum> (&names)[count]) {
        const Json* found = find(key);
        if (!found || !found->is_string()) return;
        for (const auto& [candidate, name] : names)
            if (found->get_ref<const std::string&>() == name) value = candidate;
    }
    void flag(const char* key, bool& value) {
        const Json* found = find(key);
        if (found && found->is_boolean()) value = found->get<bool>();
    }
    void text(const char* key, std::string& value) {
        const Json* found = find(key);
        if (found && found->is_string()) value = found->get<std::string>();
    }
    void texts(const char* key, std::vector<std::string>& values) {
        const Json* found = find(key);
        if (!found || !found->is_array()) return;
        values.clear();
        for (const Json& element : *found)
            if (element.is_string()) values.push_back(element.get<std::string>());
    }
    template <class Number>
    void number(const char* key, Number& value, double low, double high) {
        const Json* found = find(key);
        if (!found || !found->is_number()) return;
        const double read = found->get<double>();
        if (read >= low && read <= high) value = static_cast<Number>(read);
    }
    void whole(const char* key, int& value, int low, int high) {
        double read = value;
        number(key, read, low, high);
        value = static_cast<int>(read);
    }
    void token(const char* key, std::optional<Index>& value) {
        if (const Json* found = find(key)) value = index(*found);
    }
    void pin(const char* key, std::optional<ViewState::Pin>& value) {
        const Json* found = find(key);
        if (!found || !found->is_object()) return;
        const auto query = found->find("query"), at = found->find("key");
        if (query == found->end() || at == found->end()) return;
        const auto query_index = index(*query), key_index = index(*at);
        if (query_index && key_index) value = ViewState::Pin{*query_index, *key_index};
    }
    void head(const char* key, HeadId& value) {
        if (const Json* found = find(key)) value = head_of(*found).value_or(value);
    }
    void heads(const char* key, std::vector<HeadId>& values) {
        const Json* found = find(key);
        if (!found || !found->is_array()) return;
        values.clear();
        for (const Json& element : *found)
            if (const auto head = head_of(element)) values.push_back(*head);
    }
    void pins(const char* key, std::vector<PinnedToken>& values) {
        const Json* found = find(key);
        if (!found || !found->is_array()) return;
        values.clear();
        for (const Json& element : *found) {
            if (values.size() == most_pins) break;
            if (!element.is_object()) continue;
            const auto id = element.find("id"), token = element.find("token");
            if (id == element.end() || token == element.end() || !token->is_string()) continue;
            if (const auto entry = index(*id))
                values.push_back({static_cast<std::int32_t>(*entry), token->get<std::string>()});
        }
    }

  private:
    const Json* find(const char* key) const {
        const auto found = from_.find(key);
        return found == from_.end() ? nullptr : &*found;
    }
    /// A whole number from 0 to a million: no model and no sentence here is larger.
    static std::optional<Index> index(const Json& value) {
        if (!value.is_number_integer()) return std::nullopt;
        const double read = value.get<double>();
        if (!(read >= 0 && read <= 1e6)) return std::nullopt;
        return static_cast<Index>(read);
    }
    static std::optional<HeadId> head_of(const Json& value) {
        if (!value.is_object()) return std::nullopt;
        const auto layer = value.find("layer");
        const auto head = value.find("head");
        if (layer == value.end() || head == value.end()) return std::nullopt;
        const auto layer_index = index(*layer);
        const auto head_index = index(*head);
        if (!layer_index || !head_index) return std::nullopt;
        return HeadId{*layer_index, *head_index};
    }
    const Json& from_;
};

/// Every field of a view that is saved, once, for reading and writing alike.
template <class Visitor, class View>
void visit_view(Visitor& visitor, View& view) {
    visitor.choice("part", view.part, part_names);
    visitor.head("selected", view.selected);
    visitor.token("selected_query", view.selected_query);
    visitor.pin("pinned", view.pinned);
    visitor.heads("line_heads", view.line_heads);
    visitor.text("middle", view.middle);
    visitor.text("analysis", view.analysis);
    visitor.choice("quantity", view.quantity, quantity_names);
    visitor.choice("pooling", view.pooling, pooling_names);
    visitor.choice("colour_map", view.colour_map, colour_map_names);
    visitor.choice("colour_range", view.colour_range, colour_range_names);
    visitor.flag("logarithmic", view.logarithmic);
    visitor.text("sort_metric", view.sort_metric);
    visitor.flag("sort_descending", view.sort_descending);
    visitor.text("frame_metric", view.frame_metric);
    visitor.flag("show_change", view.show_change);
    visitor.text("entropy_metric", view.entropy_metric);
    visitor.flag("entropy_bars", view.entropy_bars);
    visitor.choice("paint", view.paint, paint_names);
    visitor.choice("paint_scope", view.paint_scope, paint_scope_names);
    visitor.number("map_left", view.map_left, 0, 1e6);
    visitor.number("map_top", view.map_top, 0, 1e6);
    visitor.number("map_span", view.map_span, 0, 1e6);
    visitor.whole("links_per_token", view.links_per_token, 0, 1000);
    visitor.number("link_threshold", view.link_threshold, 0, 1);
    visitor.pins("pinned_tokens", view.pinned_tokens);
    visitor.flag("dark", view.dark);
    visitor.number("interface_scale", view.interface_scale, 0.5, 4);
    visitor.number("left_width", view.left_width, 100, 4000);
    visitor.number("right_width", view.right_width, 100, 4000);
    visitor.number("strip_height", view.strip_height, 20, 4000);
    visitor.whole("window_width", view.window_width, 200, 16384);
    visitor.whole("window_height", view.window_height, 150, 16384);
    visitor.flag("show_keys", view.show_keys);
    visitor.text("known_default", view.known_default);
    visitor.choice("left_fold", view.left_fold, fold_names);
    visitor.choice("right_fold", view.right_fold, fold_names);
    visitor.texts("folded", view.folded);
}

Result<std::map<std::string, std::string>> parse_parameters(const Json& json,
                                                            std::string_view name) {
    std::map<std::string, std::string> all;
    if (!json.is_object())
        return fail("{}: document: \"analysis_parameters\" must be an object", name);
    for (const auto& [key, value] : json.items()) {
        if (!value.is_string())
            return fail("{}: document: analysis_parameters: \"{}\" must be a string", name, key);
        all[key] = value.get<std::string>();
    }
    return all;
}

Result<Document> parse_document(const Json& json, std::string_view name) {
    if (!json.is_object()) return fail("{}: \"document\" must be an object", name);
    Document document;
    for (const auto& [key, value] : json.items()) {
        const bool is_text = key == "model" || key == "text";
        const bool is_flag =
            key == "edits_enabled" || key == "picture_only" || key == "special_tokens";
        if (is_text && !value.is_string())
            return fail("{}: document: \"{}\" must be a string", name, key);
        if (is_flag && !value.is_boolean())
            return fail("{}: document: \"{}\" must be true or false", name, key);
        if (key == "model") {
            document.model = value.get<std::string>();
        } else if (key == "text") {
            document.text = value.get<std::string>();
        } else if (key == "target" || key == "pair" || key == "against") {
            if (!value.is_string() && !value.is_null())
                return fail("{}: document: \"{}\" must be a string or null", name, key);
            if (value.is_string())
                (key == "pair"     ? document.pair
                 : key == "target" ? document.target
                                   : document.against) = value.get<std::string>();
        } else if (key == "analysis_parameters") {
            FOVEA_TRY(document.analysis_parameters, parse_parameters(value, name));
        } else if (key == "special_tokens") {
            document.special_tokens = value.get<bool>();
        } else if (key == "edits_enabled") {
            document.edits_enabled = value.get<bool>();
        } else if (key == "picture_only") {
            document.picture_only = value.get<bool>();
        } else if (key == "edits") {
            FOVEA_TRY(document.edits,
                      parse_edits(value.dump(), fmt::format("{}: document: edits", name)));
        } else {
            return fail("{}: document: unknown key \"{}\"", name, key);
        }
    }
    return document;
}

/// `$variable` where it is an absolute path, as the XDG base directory specification asks.
std::filesystem::path absolute_path_from(const char* variable) {
    const char* value = std::getenv(variable);
    if (value == nullptr || value[0] != '/') return {};
    return value;
}

}  // namespace

std::string session_to_json(const Session& session) {
    Json json;
    json["format"] = session_format;
    json["version"] = session_version;
    json["document"] = {
        {"model", session.document.model},
        {"text", session.document.text},
        {"pair", session.document.pair ? Json(*session.document.pair) : Json()},
        {"special_tokens", session.document.special_tokens},
        {"target", session.document.target ? Json(*session.document.target) : Json()},
        {"against", session.document.against ? Json(*session.document.against) : Json()},
        {"analysis_parameters", session.document.analysis_parameters},
        {"edits", Json::parse(edits_to_json(session.document.edits), nullptr, false)},
        {"edits_enabled", session.document.edits_enabled},
        {"picture_only", session.document.picture_only}};
    json["view"] = Json::object();
    ViewWriter writer(json["view"]);
    visit_view(writer, session.view);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Session> parse_session(std::string_view json, std::string_view name) {
    FOVEA_TRY(const Json root, parse_strict_json(json, name));
    if (!root.is_object()) return fail("{}: must be an object", name);
    const auto format = root.find("format");
    if (format == root.end() || *format != session_format)
        return fail("{}: not a session: \"format\" must be \"{}\"", name, session_format);
    const auto version = root.find("version");
    if (version == root.end() || !version->is_number_integer() || *version != session_version)
        return fail("{}: \"version\" must be {}: another version of the program wrote this", name,
                    session_version);
    for (const auto& [key, value] : root.items()) {
        if (key != "format" && key != "version" && key != "document" && key != "view")
            return fail("{}: unknown key \"{}\"", name, key);
    }

    Session session;
    const auto document = root.find("document");
    if (document == root.end()) return fail("{}: \"document\" is missing", name);
    FOVEA_TRY(session.document, parse_document(*document, name));
    if (const auto view = root.find("view"); view != root.end() && view->is_object()) {
        ViewReader reader(*view);
        // What an older version wrote for the order by entropy.
        if (view->value("grid_order", Json()) == "entropy")
            session.view.sort_metric = "entropy_normalised";
        visit_view(reader, session.view);
    }
    return session;
}

Result<Session> load_session(const std::filesystem::path& file) {
    std::error_code unknown_size;
    const std::uintmax_t size = std::filesystem::file_size(file, unknown_size);
    if (!unknown_size && size > largest_session_bytes)
        return fail("{}: too large for a session", file.string());
    FOVEA_TRY(const std::string json, read_text_file(file));
    return parse_session(json, file.string());
}

Status save_session(const Session& session, const std::filesystem::path& file) {
    return write_session_file(session_to_json(session), file);
}

Status write_session_file(std::string_view json, const std::filesystem::path& file) {
    std::error_code error;
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), error);
    if (error) return fail("{}: {}", file.parent_path().string(), error.message());
    return write_file_atomically(file, json);
}

std::filesystem::path state_file() {
    std::filesystem::path folder = absolute_path_from("XDG_STATE_HOME");
    if (folder.empty()) {
        std::filesystem::path home = absolute_path_from("HOME");
        if (home.empty()) {
            const passwd* user = ::getpwuid(::getuid());
            home = user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "/";
        }
        folder = home / ".local" / "state";
    }
    return folder / "fovea" / "session.json";
}

}  // namespace fovea::app
