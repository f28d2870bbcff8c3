#include "engine/catalogue/hub.h"

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/catalogue/checksum.h"
#include "engine/catalogue/finder.h"
#include "engine/catalogue/http.h"
#include "engine/io/files.h"
#include "engine/io/inner_path.h"

namespace fovea {
namespace {

using simdjson::dom::element;

constexpr size_t largest_answer = 16 << 20;
/// Of a thousand files each.
constexpr int most_pages = 10;
/// Of the Hub's own program that converts pickles. Nobody else's conversion is taken.
constexpr std::string_view converter = "SFconvertbot";

bool is_hex(std::string_view text, size_t length) {
    return text.size() == length && text.find_first_not_of("0123456789abcdef") == text.npos;
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '~')
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", byte);
    }
    return encoded;
}

/// The address of the next page out of `<https://…>; rel="next"`; "" where there is none.
std::string next_page(const std::string& link) {
    const size_t begin = link.find('<'), end = link.find('>');
    if (begin == link.npos || end == link.npos || end < begin ||
        link.find("rel=\"next\"", end) == link.npos)
        return {};
    return at_hub_endpoint(link.substr(begin + 1, end - begin - 1));
}

/// A conversation with the Hub about one model.
class Inquiry {
  public:
    Inquiry(const HubAddress& address, const Progress& progress, const CancelToken& cancel)
        : address_(address),
          progress_(progress),
          cancel_(cancel),
          api_(hub_endpoint() + "/api/models/" + address.id) {}

    /// Which commit a revision is now, and what the model's card says.
    struct Commit {
        std::string sha;
        std::string licence;
    };
    Result<Commit> commit(const std::string& revision);
    Result<std::vector<CatalogueFile>> files(const std::string& sha);
    /// "refs/pr/5", where the Hub's own conversion of a pickle waits; "" where there is none.
    std::string conversion();

  private:
    struct Answer {
        std::string json;
        std::string next;
    };
    Result<Answer> ask(const std::string& url);
    Result<CatalogueFile> read_file(element json) const;

    const HubAddress& address_;
    const Progress& progress_;
    const CancelToken& cancel_;
    std::string api_;
    simdjson::dom::parser parser_;
};

Result<Inquiry::Answer> Inquiry::ask(const std::string& url) {
    if (!url.starts_with(hub_endpoint() + "/"))
        return fail("{}: the Hub's list goes on elsewhere, at {}", address_.id, host_of(url));
    Answer answer;
    HttpRequest request;
    request.url = url;
    request.what = fmt::format("the list of {} from {}", address_.id, host_of(url));
    request.token = token_for(url);
    request.on_bytes = [&](std::span<const std::byte> bytes) -> Status {
        if (bytes.size() > largest_answer - answer.json.size())
            return fail("{}: is too long", request.what);
        answer.json.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return {};
    };
    request.on_wait = [&](std::string_view what) {
        if (progress_) progress_(what, 0);
    };
    if (progress_) progress_(request.what, 0);
    const HttpOutcome outcome = http_get_patiently(request, cancel_);
    if (outcome.end == HttpEnd::refused) {
        const HttpAnswer& said = outcome.answer;
        if (const auto why = hub_refusal(said.status, said.error_code, address_.id); !why.empty())
            return fail("{}", why);
        if (said.status == 404 && said.error_code == "RevisionNotFound")
            return fail("{} has no revision {}", address_.id, address_.revision);
        if (said.status == 404) return fail("the Hub has no model {}", address_.id);
    }
    if (!outcome.status) return outcome.status.error();
    answer.next = next_page(outcome.answer.link);
    return answer;
}

Result<Inquiry::Commit> Inquiry::commit(const std::string& revision) {
    FOVEA_TRY(const Answer answer, ask(api_ + "/revision/" + percent_encoded(revision)));
    element root;
    std::string_view sha, licence;
    if (parser_.parse(answer.json).get(root) || root["sha"].get(sha) || !is_hex(sha, 40))
        return fail("{}: the Hub does not say which commit {} is", address_.id, revision);
    if (root["cardData"]["license"].get(licence)) licence = "";
    return Commit{std::string(sha), std::string(licence)};
}

Result<CatalogueFile> Inquiry::read_file(element json) const {
    CatalogueFile file;
    std::string_view path, sum;
    if (json["path"].get(path) || !is_inner_path(path))
        return fail("{}: the Hub lists a file without a proper name", address_.id);
    file.path = path;
    if (json["size"].get(file.size))
        return fail("{}: the Hub lists {} without its size", address_.id, path);
    // Large files are kept apart, and then "oid" is the checksum of what points at them.
    element large;
    if (!json["lfs"].get(large) && large.is_object()) {
        if (large["oid"].get(sum) || !is_sha256(sum))
            return fail("{}: the Hub lists {} without its checksum", address_.id, path);
        if (large["size"].get(file.size))
            return fail("{}: the Hub lists {} without its size", address_.id, path);
        file.sha256 = sum;
        return file;
    }
    if (json["oid"].get(sum) || !is_hex(sum, 40))
        return fail("{}: the Hub lists {} without its checksum", address_.id, path);
    file.git_sha1 = sum;
    return file;
}

Result<std::vector<CatalogueFile>> Inquiry::files(const std::string& sha) {
    std::vector<CatalogueFile> files;
    std::string url = api_ + "/tree/" + sha;
    for (int page = 0; !url.empty(); ++page) {
        if (page == most_pages) return fail("{} holds too many files", address_.id);
        FOVEA_TRY(const Answer answer, ask(url));
        simdjson::dom::array list;
        if (parser_.parse(answer.json).get(list))
            return fail("{}: what the Hub lists is no list", address_.id);
        for (const element each : list) {
            std::string_view type;
            if (each["type"].get(type) || type != "file") continue;
            FOVEA_TRY(CatalogueFile file, read_file(each));
            files.push_back(std::move(file));
        }
        url = answer.next;
    }
    return files;
}

std::string Inquiry::conversion() {
    const auto answer = ask(api_ + "/discussions?type=pull_request&status=open");
    simdjson::dom::array list;
    if (!answer || parser_.parse(answer->json)["discussions"].get(list)) return {};
    for (const element each : list) {
        std::string_view author, status;
        bool is_pull_request = false;
        std::int64_t number = 0;
        if (each["author"]["name"].get(author) || author != converter) continue;
        if (each["status"].get(status) || status != "open") continue;
        if (each["isPullRequest"].get(is_pull_request) || !is_pull_request) continue;
        if (!each["num"].get(number) && number > 0) return fmt::format("refs/pr/{}", number);
    }
    return {};
}

}  // namespace

Result<CatalogueEntry> ask_the_hub(const CatalogueEntry& entry, const Progress& progress,
                                   const CancelToken& cancel) {
    const auto address = parse_hub_address(entry.sources.empty() ? "" : entry.sources[0].base);
    if (!address) return fail("{}: is no model of the Hub", entry.name);
    Inquiry inquiry(*address, progress, cancel);
    FOVEA_TRY(Inquiry::Commit commit, inquiry.commit(address->revision));
    FOVEA_TRY(std::vector<CatalogueFile> listed, inquiry.files(commit.sha));
    if (has_only_pickles(listed) && address->file.empty()) {
        if (const std::string revision = inquiry.conversion(); !revision.empty()) {
            FOVEA_TRY(commit, inquiry.commit(revision));
            FOVEA_TRY(listed, inquiry.files(commit.sha));
        }
    }
    CatalogueEntry known = entry;
    FOVEA_TRY(known.files, choose_files(listed, *address));
    if (known.licence.empty()) known.licence = commit.licence;
    known.commit = commit.sha;
    CatalogueSource source;
    source.base = fmt::format("https://huggingface.co/{}/resolve/{}", address->id, commit.sha);
    known.sources = {std::move(source)};
    return known;
}

Status write_manifest(const std::filesystem::path& folder, const CatalogueEntry& entry) {
    nlohmann::json files = nlohmann::json::array();
    for (const CatalogueFile& file : entry.files)
        files.push_back({{"path", file.path},
                         {"size", file.size},
                         {file.sha256.empty() ? "git_sha1" : "sha256",
                          file.sha256.empty() ? file.git_sha1 : file.sha256}});
    const nlohmann::json manifest = {
        {"from", entry.sources[0].base}, {"licence", entry.licence}, {"files", files}};
    using Handler = nlohmann::json::error_handler_t;
    return write_file_atomically(folder / manifest_name,
                                 manifest.dump(1, ' ', false, Handler::replace) + "\n");
}

std::vector<CatalogueFile> files_of_manifest(const std::filesystem::path& folder) {
    std::vector<CatalogueFile> files;
    const auto text = read_small_file(folder / manifest_name, largest_answer);
    simdjson::dom::parser parser;
    simdjson::dom::array list;
    if (!text || parser.parse(*text)["files"].get(list)) return {};
    for (const element each : list) {
        CatalogueFile file;
        std::string_view path;
        if (each["path"].get(path) || !is_inner_path(path) || each["size"].get(file.size))
            return {};
        file.path = path;
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace fovea
