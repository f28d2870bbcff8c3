#include <algorithm>
#include <cstdlib>

#include "engine/catalogue/http.h"
#include "engine/catalogue/hub.h"
#include "engine/io/inner_path.h"

namespace fovea {
namespace {

constexpr std::string_view usual_endpoint = "https://huggingface.co";

bool is_hub_word(std::string_view text) {
    constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return !text.empty() && text.size() <= 96 && text.find_first_not_of(allowed) == text.npos &&
           text[0] != '-' && text[0] != '.' && text.find("--") == text.npos &&
           text.find("..") == text.npos;
}

bool is_at(std::string_view url, std::string_view endpoint) {
    return url.starts_with(endpoint) &&
           (url.size() == endpoint.size() || url[endpoint.size()] == '/');
}

bool is_this_machine(std::string host) {
    if (host.starts_with("[::1]")) return true;
    host = host.substr(0, host.find(':'));
    return host == "127.0.0.1" || host == "localhost";
}

/// $HF_TOKEN where it can stand in a header.
std::string_view token_of_environment() {
    const char* text = std::getenv("HF_TOKEN");
    const std::string_view token = text == nullptr ? "" : text;
    const auto printable = [](char c) { return c > ' ' && c < 127; };
    return std::all_of(token.begin(), token.end(), printable) ? token : "";
}

}  // namespace

std::optional<HubAddress> parse_hub_address(std::string_view text) {
    if (is_at(text, usual_endpoint) && text.size() > usual_endpoint.size())
        text.remove_prefix(usual_endpoint.size() + 1);
    HubAddress address;
    if (const size_t at = text.find('@'); at != text.npos) {
        address.revision = text.substr(at + 1);
        text = text.substr(0, at);
        if (!is_inner_path(address.revision)) return std::nullopt;
    }
    const size_t slash = text.find('/');
    if (slash == text.npos) return std::nullopt;
    const size_t end = std::min(text.find('/', slash + 1), text.size());
    address.id = text.substr(0, end);
    if (!is_hub_word(text.substr(0, slash))) return std::nullopt;
    if (!is_hub_word(text.substr(slash + 1, end - slash - 1))) return std::nullopt;
    if (end < text.size()) {
        address.file = text.substr(end + 1);
        if (!is_hub_word(address.file) || !address.file.ends_with(".gguf")) return std::nullopt;
    }
    return address;
}

std::string hub_endpoint() {
    const char* other = std::getenv("HF_ENDPOINT");
    std::string_view endpoint = other == nullptr || *other == '\0' ? usual_endpoint : other;
    while (endpoint.ends_with('/'))
        endpoint.remove_suffix(1);
    return std::string(endpoint);
}

std::string at_hub_endpoint(std::string url) {
    if (!is_at(url, usual_endpoint)) return url;
    return hub_endpoint() + url.substr(usual_endpoint.size());
}

std::string token_for(std::string_view url) {
    const std::string endpoint = hub_endpoint();
    if (!is_at(url, endpoint)) return {};
    if (!endpoint.starts_with("https://") && !is_this_machine(host_of(endpoint))) return {};
    return std::string(token_of_environment());
}

std::string hub_refusal(long status, std::string_view error_code, std::string_view id) {
    if (status != 401 && status != 403) return {};
    const std::string page = hub_endpoint() + "/" + std::string(id);
    const bool known = !token_for(page).empty();
    if (status == 401 && error_code != "GatedRepo") {
        if (known)
            return fmt::format("the Hub has no model {} that the account of HF_TOKEN may read", id);
        return fmt::format(
            "the Hub has no model {} that may be read without an account (HF_TOKEN is not set)",
            id);
    }
    if (known)
        return fmt::format(
            "{} has terms that the account of HF_TOKEN has not accepted: do so at {}", id, page);
    return fmt::format(
        "{} has terms to accept first: do so at {}, then set HF_TOKEN to an access token of that "
        "account",
        id, page);
}

}  // namespace fovea
