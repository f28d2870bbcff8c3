#include "engine/catalogue/http.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <thread>

#include "engine/core/version.h"

namespace fovea {
namespace {

/// Short, so that a machine without a network soon tries the next source.
constexpr long connect_seconds = 5;
constexpr long stall_seconds = 30;

constexpr int most_request_attempts = 5;
constexpr double first_wait = 0.25;
/// Who asks for more is asked again by a person.
constexpr double longest_wait = 60;

struct CurlDeleter {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, CurlDeleter>;

Status start_libcurl() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready == CURLE_OK) return {};
    return fail("libcurl does not start: {}", curl_easy_strerror(ready));
}

/// One request. Lives while curl_easy_perform runs, on its thread.
class Transfer {
  public:
    Transfer(const HttpRequest& request, const CancelToken& cancel)
        : request_(request), cancel_(cancel), curl_(curl_easy_init()) {}

    HttpOutcome perform();

  private:
    void set_options();
    void read_answer();
    std::string header(const char* name) const;
    Error explain(CURLcode code) const;
    bool take(std::span<const std::byte> bytes);

    static size_t on_bytes(char* data, size_t size, size_t count, void* self) {
        const auto bytes = std::as_bytes(std::span(data, size * count));
        return static_cast<Transfer*>(self)->take(bytes) ? bytes.size() : 0;
    }
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        const auto& transfer = *static_cast<Transfer*>(self);
        if (transfer.request_.on_progress) transfer.request_.on_progress();
        return transfer.cancel_.cancelled() ? 1 : 0;
    }

    const HttpRequest& request_;
    const CancelToken& cancel_;
    Curl curl_;
    std::string range_;
    char curl_message_[CURL_ERROR_SIZE] = "";
    bool started_ = false;
    HttpAnswer answer_;
    std::optional<Error> stop_;  // why take() ended the transfer
};

void Transfer::set_options() {
    CURL* curl = curl_.get();
    const bool secure = request_.url.starts_with("https://");
    curl_easy_setopt(curl, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 10L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_seconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall_seconds);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, fmt::format("fovea/{}", version).c_str());
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, curl_message_);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
    // The curl program honours these two; behind a proxy with its own certificate they are needed.
    for (const char* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
        const char* bundle = std::getenv(name);
        if (bundle != nullptr && *bundle) curl_easy_setopt(curl, CURLOPT_CAINFO, bundle);
    }
    if (request_.offset > 0) {
        range_ = fmt::format("{}-", request_.offset);
        curl_easy_setopt(curl, CURLOPT_RANGE, range_.c_str());
    }
    if (!request_.token.empty()) {
        // libcurl keeps it from other hosts, ports and protocols as long as this stays off.
        curl_easy_setopt(curl, CURLOPT_UNRESTRICTED_AUTH, 0L);
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BEARER));
        curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, request_.token.c_str());
    }
}

std::string Transfer::header(const char* name) const {
    curl_header* found = nullptr;
    if (curl_easy_header(curl_.get(), name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK) return {};
    return found->value;
}

void Transfer::read_answer() {
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &answer_.status);
    curl_off_t announced = -1;
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced >= 0) answer_.length = static_cast<std::uint64_t>(announced);
    answer_.content_range = header("Content-Range");
    answer_.link = header("Link");
    answer_.error_code = header("X-Error-Code");
    answer_.retry_after = header("Retry-After");
}

bool Transfer::take(std::span<const std::byte> bytes) {
    Status status;
    if (!started_) {
        started_ = true;
        read_answer();
        if (request_.on_start) status = request_.on_start(answer_);
    }
    if (status) status = request_.on_bytes(bytes);
    if (!status) stop_ = status.error();
    return status.ok();
}

Error Transfer::explain(CURLcode code) const {
    if (code == CURLE_HTTP_RETURNED_ERROR)
        return fail("{}: the server answered {}", request_.what, answer_.status);
    return fail("{}: {}", request_.what, *curl_message_ ? curl_message_ : curl_easy_strerror(code));
}

HttpOutcome Transfer::perform() {
    if (!curl_) return {HttpEnd::stopped, {}, fail("{}: libcurl does not start", request_.what)};
    set_options();
    const CURLcode code = curl_easy_perform(curl_.get());
    read_answer();
    if (cancel_.cancelled())
        return {HttpEnd::cancelled, answer_, Error{std::string(cancelled_message)}};
    if (stop_) return {HttpEnd::stopped, answer_, *stop_};
    if (code == CURLE_OK) return {HttpEnd::whole, answer_, {}};
    const bool refused = code == CURLE_HTTP_RETURNED_ERROR;
    return {refused ? HttpEnd::refused : HttpEnd::broken, answer_, explain(code)};
}

bool is_busy(const HttpOutcome& outcome) {
    constexpr std::array<long, 5> busy = {429, 500, 502, 503, 504};
    return outcome.end == HttpEnd::refused &&
           std::find(busy.begin(), busy.end(), outcome.answer.status) != busy.end();
}

/// What the header Retry-After asks for, a number of seconds or a date; `usual` without one.
double seconds_to_wait(const std::string& retry_after, double usual) {
    if (retry_after.empty()) return usual;
    char* end = nullptr;
    const double seconds = std::strtod(retry_after.c_str(), &end);
    if (end != retry_after.c_str() && *end == '\0' && seconds >= 0) return seconds;
    const time_t date = curl_getdate(retry_after.c_str(), nullptr);
    if (date < 0) return usual;
    return std::max(0.0, std::difftime(date, std::time(nullptr)));
}

bool sleep_unless_cancelled(double seconds, const CancelToken& cancel) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (Clock::now() < end) {
        if (cancel.cancelled()) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return !cancel.cancelled();
}

}  // namespace

HttpOutcome http_get(const HttpRequest& request, const CancelToken& cancel) {
    if (Status ready = start_libcurl(); !ready) return {HttpEnd::stopped, {}, std::move(ready)};
    return Transfer(request, cancel).perform();
}

HttpOutcome http_get_patiently(const HttpRequest& request, const CancelToken& cancel) {
    double usual = first_wait;
    for (int attempt = 1;; ++attempt, usual *= 2) {
        HttpOutcome outcome = http_get(request, cancel);
        if (!is_busy(outcome)) return outcome;
        const double wait = seconds_to_wait(outcome.answer.retry_after, usual);
        if (wait > longest_wait) {
            outcome.status = fail(
                "{}: the server answered {} and wants to be asked again in {:.0f} "
                "seconds",
                request.what, outcome.answer.status, wait);
            return outcome;
        }
        if (attempt == most_request_attempts) return outcome;
        if (request.on_wait)
            request.on_wait(fmt::format("{}: busy, asking again in {:.0f} s", host_of(request.url),
                                        std::max(wait, 1.0)));
        if (!sleep_unless_cancelled(wait, cancel))
            return {HttpEnd::cancelled, outcome.answer, Error{std::string(cancelled_message)}};
    }
}

std::string host_of(std::string_view url) {
    const size_t begin = url.find("://");
    if (begin != url.npos) url.remove_prefix(begin + 3);
    return std::string(url.substr(0, url.find('/')));
}

}  // namespace fovea
