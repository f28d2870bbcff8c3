#include <curl/curl.h>

#include <cstdlib>
#include <memory>
#include <optional>

#include "engine/catalogue/sources.h"
#include "engine/core/version.h"

namespace fovea {
namespace {

/// A broken line is taken up again as long as bytes keep coming.
constexpr int most_attempts = 5;
/// Short, so that a machine without a network soon tries the next source.
constexpr long connect_seconds = 5;
constexpr long stall_seconds = 30;

struct CurlDeleter {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, CurlDeleter>;

std::string host_of(std::string_view url) {
    const size_t begin = url.find("://");
    if (begin == url.npos) return std::string(url);
    url.remove_prefix(begin + 3);
    return std::string(url.substr(0, url.find('/')));
}

std::string with_hub_of_environment(std::string base) {
    constexpr std::string_view hub = "https://huggingface.co";
    const char* other = std::getenv("HF_ENDPOINT");
    if (other == nullptr || *other == '\0' || !base.starts_with(hub)) return base;
    std::string_view replacement = other;
    while (replacement.ends_with('/'))
        replacement.remove_suffix(1);
    return std::string(replacement) + base.substr(hub.size());
}

/// One request. Lives while curl_easy_perform runs, on its thread.
class Transfer {
  public:
    Transfer(FetchJob& job, const CatalogueFile& file, IncomingFile& incoming, std::string url)
        : job_(job),
          file_(file),
          incoming_(incoming),
          url_(std::move(url)),
          host_(host_of(url_)),
          what_(fmt::format("{} from {}", file.path, host_)),
          curl_(curl_easy_init()),
          offset_(incoming.size()) {}

    /// Asks for what is missing. An error leaves what has come.
    Status perform();
    /// The server would not go on where the last call stopped.
    bool refused_range() const { return status_ == 416; }
    /// Whether to ask again makes sense: the line broke, nothing was refused.
    bool broke_off() const { return broke_off_; }

  private:
    void set_options();
    Error explain(CURLcode code) const;
    bool take(std::span<const std::byte> bytes);
    Status check_start();

    static size_t on_bytes(char* data, size_t size, size_t count, void* self) {
        const auto bytes = std::as_bytes(std::span(data, size * count));
        return static_cast<Transfer*>(self)->take(bytes) ? bytes.size() : 0;
    }
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        auto& transfer = *static_cast<Transfer*>(self);
        transfer.job_.report(transfer.what_, transfer.incoming_.size());
        return transfer.job_.cancel.cancelled() ? 1 : 0;
    }

    FetchJob& job_;
    const CatalogueFile& file_;
    IncomingFile& incoming_;
    std::string url_;
    std::string host_;
    std::string what_;
    Curl curl_;
    std::uint64_t offset_;
    std::string range_;
    char curl_message_[CURL_ERROR_SIZE] = "";
    bool started_ = false;
    bool broke_off_ = false;
    long status_ = 0;
    std::optional<Error> refusal_;  // why take() ended the transfer
};

void Transfer::set_options() {
    CURL* curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_URL, url_.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
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
    if (offset_ > 0) {
        range_ = fmt::format("{}-", offset_);
        curl_easy_setopt(curl, CURLOPT_RANGE, range_.c_str());
    }
}

/// Looks at the headers once the first byte is here: does the server send what was asked for?
Status Transfer::check_start() {
    if (offset_ > 0) {
        curl_header* range = nullptr;
        const bool goes_on =
            status_ == 206 &&
            curl_easy_header(curl_.get(), "Content-Range", 0, CURLH_HEADER, -1, &range) ==
                CURLHE_OK &&
            std::string_view(range->value).starts_with(fmt::format("bytes {}-", offset_));
        if (!goes_on) {
            if (status_ == 206) return fail("{}: another part came than was asked for", what_);
            FOVEA_CHECK(incoming_.restart());
            offset_ = 0;
        }
    }
    curl_off_t announced = -1;
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced >= 0 && static_cast<std::uint64_t>(announced) != file_.size - offset_) {
        return fail("{} is said to have {} bytes, but should have {}", what_,
                    offset_ + static_cast<std::uint64_t>(announced), file_.size);
    }
    return {};
}

bool Transfer::take(std::span<const std::byte> bytes) {
    Status status;
    if (!started_) {
        started_ = true;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status_);
        status = check_start();
    }
    if (status) status = incoming_.append(bytes);
    if (!status) refusal_ = status.error();
    return status.ok();
}

Error Transfer::explain(CURLcode code) const {
    if (code == CURLE_HTTP_RETURNED_ERROR) {
        return fail("{}: the server answered {}", what_, status_);
    }
    return fail("{}: {}", what_, *curl_message_ ? curl_message_ : curl_easy_strerror(code));
}

Status Transfer::perform() {
    if (!curl_) return fail("{}: libcurl does not start", what_);
    set_options();
    const CURLcode code = curl_easy_perform(curl_.get());
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status_);
    if (job_.cancel.cancelled()) return job_.cancelled();
    if (refusal_) return *refusal_;
    if (code == CURLE_OK) return {};
    broke_off_ = started_ && incoming_.size() > offset_;
    return explain(code);
}

}  // namespace

Status download_file(FetchJob& job, const CatalogueSource& source, const CatalogueFile& file) {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (ready != CURLE_OK) return fail("libcurl does not start: {}", curl_easy_strerror(ready));

    const std::string url = with_hub_of_environment(source.base) + "/" + file.path;
    FOVEA_TRY(IncomingFile incoming, IncomingFile::open(job, file));
    for (int attempt = 1;; ++attempt) {
        const std::uint64_t before = incoming.size();
        if (before < file.size) {
            Transfer transfer(job, file, incoming, url);
            const Status status = transfer.perform();
            if (!status && (attempt == most_attempts || job.no_use_elsewhere)) return status;
            if (transfer.refused_range() && before > 0) {
                FOVEA_CHECK(incoming.restart());
                continue;
            }
            if (!status && !transfer.broke_off()) return status;
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
