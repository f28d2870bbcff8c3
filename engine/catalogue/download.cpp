#include "engine/catalogue/http.h"
#include "engine/catalogue/hub.h"
#include "engine/catalogue/sources.h"

namespace fovea {
namespace {

/// A broken line is taken up again as long as bytes keep coming.
constexpr int most_attempts = 5;

/// "openai-community/gpt2" of https://huggingface.co/openai-community/gpt2/resolve/…; "" elsewhere.
std::string hub_id_of(std::string_view url) {
    const std::string endpoint = hub_endpoint() + "/";
    const size_t end = url.find("/resolve/");
    if (!url.starts_with(endpoint) || end == url.npos || end < endpoint.size()) return {};
    return std::string(url.substr(endpoint.size(), end - endpoint.size()));
}

/// Does the server send what was asked for?
Status check_start(const HttpAnswer& answer, const std::string& what, const CatalogueFile& file,
                   IncomingFile& incoming) {
    const std::uint64_t offset = incoming.size();
    if (offset > 0 && answer.status == 206) {
        if (!answer.content_range.starts_with(fmt::format("bytes {}-", offset)))
            return fail("{}: another part came than was asked for", what);
    } else if (offset > 0) {
        FOVEA_CHECK(incoming.restart());
    }
    if (answer.length && *answer.length != file.size - incoming.size())
        return fail("{} is said to have {} bytes, but should have {}", what,
                    incoming.size() + *answer.length, file.size);
    return {};
}

HttpOutcome request_rest(FetchJob& job, const std::string& url, const CatalogueFile& file,
                         IncomingFile& incoming) {
    HttpRequest request;
    request.url = url;
    request.what = fmt::format("{} from {}", file.path, host_of(url));
    request.offset = incoming.size();
    request.token = token_for(url);
    request.on_start = [&](const HttpAnswer& answer) {
        return check_start(answer, request.what, file, incoming);
    };
    request.on_bytes = [&](std::span<const std::byte> bytes) { return incoming.append(bytes); };
    request.on_progress = [&] { job.report(request.what, incoming.size()); };
    request.on_wait = [&](std::string_view what) { job.report(what, incoming.size()); };
    HttpOutcome outcome = http_get_patiently(request, job.cancel);
    if (outcome.end == HttpEnd::cancelled) outcome.status = job.cancelled();
    const std::string id = hub_id_of(url);
    if (outcome.end == HttpEnd::refused && !id.empty())
        if (const std::string why =
                hub_refusal(outcome.answer.status, outcome.answer.error_code, id);
            !why.empty())
            outcome.status = fail("{}: {}", file.path, why);
    return outcome;
}

}  // namespace

Status download_file(FetchJob& job, const CatalogueSource& source, const CatalogueFile& file) {
    const std::string url = at_hub_endpoint(source.base) + "/" + file.path;
    FOVEA_TRY(IncomingFile incoming, IncomingFile::open(job, file));
    for (int attempt = 1;; ++attempt) {
        const std::uint64_t before = incoming.size();
        if (before < file.size) {
            const HttpOutcome outcome = request_rest(job, url, file, incoming);
            const Status& status = outcome.status;
            if (!status && (attempt == most_attempts || job.no_use_elsewhere)) return status;
            // The server would not go on where the last call stopped.
            if (outcome.answer.status == 416 && before > 0) {
                FOVEA_CHECK(incoming.restart());
                continue;
            }
            if (!status && outcome.end != HttpEnd::broken) return status;
            const bool came_closer = before < incoming.size() && incoming.size() < file.size;
            if (came_closer && attempt < most_attempts) continue;
            if (!status) return status;
        }
        const Status status = incoming.finish(host_of(url));
        // What an earlier call left may have been of another version: once more from the start.
        if (status || before == 0 || attempt == most_attempts || job.no_use_elsewhere)
            return status;
        FOVEA_TRY(incoming, IncomingFile::open(job, file));
    }
}

}  // namespace fovea
