#pragma once

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalogue/checksum.h"
#include "loopback_server.h"

namespace fovea {

inline std::string sum_of(Checksum sum, std::string_view text) {
    sum.add(std::as_bytes(std::span(text)));
    return sum.finish();
}

/// A stand-in for the Hugging Face Hub with one model, "owner/name". HF_ENDPOINT points at it while
/// it lives. A test may answer any request itself, first.
class FakeHub {
  public:
    struct File {
        std::string text;
        bool large = false;
    };
    using Intercept = std::function<std::optional<std::string>(const LoopbackServer::Request&)>;

    static inline const std::string commit = std::string(38, 'c') + "01";
    static inline const std::string converted = std::string(38, 'd') + "02";

    static std::map<std::string, File> usual_files() {
        return {{"config.json", {R"({"model_type": "gpt2"})"}},
                {"tokenizer.json", {R"({"version": "1.0"})"}},
                {"README.md", {"what it is"}},
                {"model.safetensors", {std::string(300'000, 'w'), true}}};
    }
    std::map<std::string, File> files = usual_files();
    std::map<std::string, File> pull_request = {};  ///< the files of refs/pr/3
    std::string pull_request_author = "SFconvertbot";

    explicit FakeHub(Intercept intercept = {})
        : intercept_(std::move(intercept)),
          server_([this](const LoopbackServer::Request& request) { return answer(request); }) {
        ::setenv("no_proxy", "127.0.0.1", 1);
        ::setenv("HF_ENDPOINT", server_.base().c_str(), 1);
        ::unsetenv("HF_TOKEN");
    }
    ~FakeHub() {
        ::unsetenv("HF_ENDPOINT");
        ::unsetenv("HF_TOKEN");
    }

    const LoopbackServer& server() const { return server_; }
    size_t count(std::string_view part) const {
        const auto requests = server_.requests();
        return static_cast<size_t>(std::count_if(
            requests.begin(), requests.end(),
            [&](const auto& request) { return request.path.find(part) != std::string::npos; }));
    }

    static nlohmann::json listed(const std::string& path, const File& file) {
        nlohmann::json entry = {{"type", "file"}, {"path", path}, {"size", file.text.size()}};
        const auto size = static_cast<std::uint64_t>(file.text.size());
        // Of a large file it is the pointer's name that stands in "oid".
        entry["oid"] =
            file.large ? std::string(40, 'a') : sum_of(Checksum::git_blob(size), file.text);
        if (file.large)
            entry["lfs"] = {{"oid", sum_of(Checksum::sha256(), file.text)},
                            {"size", size},
                            {"pointerSize", 134}};
        return entry;
    }
    static std::string json(const nlohmann::json& body) {
        return LoopbackServer::answer("200 OK", body.dump());
    }
    static std::string missing(std::string_view code) {
        return LoopbackServer::answer("404 Not Found", "no",
                                      fmt::format("X-Error-Code: {}\r\n", code));
    }
    /// As a good server answers, ranges included.
    static std::string bytes(const LoopbackServer::Request& request, const std::string& body) {
        if (request.range.empty()) return LoopbackServer::answer("200 OK", body);
        const size_t begin = std::stoul(request.range);
        return LoopbackServer::answer(
            "206 Partial Content", std::string_view(body).substr(begin),
            fmt::format("Content-Range: bytes {}-{}/{}\r\n", begin, body.size() - 1, body.size()));
    }

  private:
    std::string answer(const LoopbackServer::Request& request) {
        if (intercept_)
            if (auto own = intercept_(request)) return *std::move(own);
        const std::string api = "/api/models/owner/name/";
        if (request.path == api + "revision/main")
            return json({{"sha", commit}, {"cardData", {{"license", "mit"}}}});
        if (request.path == api + "revision/refs%2Fpr%2F3") return json({{"sha", converted}});
        if (request.path.starts_with(api + "revision/")) return missing("RevisionNotFound");
        if (request.path == api + "tree/" + commit) return tree(files);
        if (request.path == api + "tree/" + converted) return tree(pull_request);
        if (request.path.starts_with(api + "discussions")) return discussions();
        for (const auto& [sha, tree] :
             {std::pair(commit, &files), std::pair(converted, &pull_request)})
            for (const auto& [path, file] : *tree)
                if (request.path == "/owner/name/resolve/" + sha + "/" + path)
                    return bytes(request, file.text);
        return missing("RepoNotFound");
    }
    static std::string tree(const std::map<std::string, File>& files) {
        nlohmann::json list = nlohmann::json::array();
        list.push_back({{"type", "directory"}, {"path", "onnx"}, {"oid", std::string(40, 'b')}});
        for (const auto& [path, file] : files)
            list.push_back(listed(path, file));
        return json(list);
    }
    std::string discussions() const {
        nlohmann::json list = nlohmann::json::array();
        if (!pull_request.empty())
            list.push_back({{"num", 3},
                            {"author", {{"name", pull_request_author}}},
                            {"status", "open"},
                            {"isPullRequest", true},
                            {"title", "Adding `safetensors` variant of this model"}});
        return json({{"discussions", list}, {"count", list.size()}});
    }

    Intercept intercept_;
    LoopbackServer server_;
};

}  // namespace fovea
