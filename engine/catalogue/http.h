#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/core/cancel.h"
#include "engine/core/result.h"

namespace fovea {

/// What a server says before its bytes. Of the last answer where there were redirects.
struct HttpAnswer {
    long status = 0;
    std::optional<std::uint64_t> length;  ///< of what is to come, as announced
    std::string content_range;
    std::string link;        ///< the header Link
    std::string error_code;  ///< the Hub's X-Error-Code
    std::string retry_after;
};

struct HttpRequest {
    std::string url;
    std::string what;          ///< for messages: "config.json from huggingface.co"
    std::uint64_t offset = 0;  ///< asks for the bytes from here on
    std::string token;         ///< "": none. Goes to this host only, never where a redirect leads
    /// Once, before the first byte of an answer that is no refusal; an error ends the transfer.
    std::function<Status(const HttpAnswer&)> on_start;
    std::function<Status(std::span<const std::byte>)> on_bytes;
    std::function<void()> on_progress;  ///< now and then; may be empty
    /// Before it waits for a busy server; may be empty.
    std::function<void(std::string_view what)> on_wait;
};

enum class HttpEnd {
    whole,
    refused,  ///< the server's status says no
    stopped,  ///< on_start or on_bytes returned an error
    broken,   ///< the line, or there was none
    cancelled
};

struct HttpOutcome {
    HttpEnd end = HttpEnd::broken;
    HttpAnswer answer;
    Status status;
};

/// One GET. Follows redirects, ten at most, and none from https to http. Blocks; any thread.
HttpOutcome http_get(const HttpRequest& request, const CancelToken& cancel);

/// The same, and asks a server again that is busy (429, 500, 502, 503, 504): after the time that
/// it wants, or after longer and longer waits; a few times only, and never after minutes.
HttpOutcome http_get_patiently(const HttpRequest& request, const CancelToken& cancel);

/// "huggingface.co" of an address.
std::string host_of(std::string_view url);

}  // namespace fovea
