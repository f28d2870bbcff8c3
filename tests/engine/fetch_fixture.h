#pragma once

#include <gtest/gtest.h>

#include <span>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/checksum.h"
#include "engine/io/files.h"
#include "expect_says.h"
#include "loopback_server.h"
#include "temporary_home.h"

namespace fovea {

inline std::string sum_of(std::string_view text) {
    Checksum sum = Checksum::sha256();
    sum.add(std::as_bytes(std::span(text)));
    return sum.finish();
}

inline const std::string config = R"({"model_type": "bert"})";

/// Large enough to come in many pieces.
inline const std::string& weights() {
    static const std::string text = [] {
        std::string bytes(3'000'000, '\0');
        unsigned state = 1;
        for (char& byte : bytes)
            byte = static_cast<char>((state = state * 1664525u + 1) >> 24);
        return bytes;
    }();
    return text;
}

inline const std::string& body_of(const LoopbackServer::Request& request) {
    return request.path.ends_with("config.json") ? config : weights();
}

/// As a good server answers, ranges included.
inline std::string good(const LoopbackServer::Request& request) {
    const std::string& body = body_of(request);
    if (request.range.empty()) return LoopbackServer::answer("200 OK", body);
    const size_t begin = std::stoul(request.range);
    return LoopbackServer::answer(
        "206 Partial Content", std::string_view(body).substr(begin),
        fmt::format("Content-Range: bytes {}-{}/{}\r\n", begin, body.size() - 1, body.size()));
}

/// The first bytes of an answer whose line breaks then.
inline std::string cut(const std::string& answer, size_t body_bytes) {
    return answer.substr(0, answer.find("\r\n\r\n") + 4 + body_bytes);
}

/// Fetches a made model of two files into a home of its own.
class Fetch : public testing::Test {
  protected:
    Fetch() { ::setenv("no_proxy", "127.0.0.1", 1); }
    CatalogueEntry entry(std::vector<std::string> urls) const {
        CatalogueEntry entry;
        entry.name = "tiny";
        entry.files = {{"config.json", config.size(), sum_of(config)},
                       {"sub/model.safetensors", weights().size(), sum_of(weights())}};
        for (const std::string& url : urls) {
            entry.sources.push_back({CatalogueSource::Kind::url, url, "", ""});
        }
        return entry;
    }
    Result<std::filesystem::path> run(const CatalogueEntry& entry) {
        return fetch(entry, {}, cancel_);
    }

    void expect_whole() const {
        EXPECT_EQ(*read_text_file(home_.models() / "tiny/config.json"), config);
        EXPECT_EQ(*read_text_file(home_.models() / "tiny/sub/model.safetensors"), weights());
        // Nothing else: no partial folder, no lock, no temporary file.
        EXPECT_EQ(std::distance(std::filesystem::directory_iterator(home_.models()), {}), 1);
        EXPECT_EQ(std::distance(
                      std::filesystem::recursive_directory_iterator(home_.models() / "tiny"), {}),
                  3);
    }
    void expect_nothing_installed(const CatalogueEntry& entry) const {
        EXPECT_FALSE(installed(entry));
        EXPECT_TRUE(installed_folders().empty());
        EXPECT_FALSE(std::filesystem::exists(home_.models() / "tiny"));
    }
    std::filesystem::path part() const {
        return home_.models() / "tiny.partial/sub/model.safetensors.part";
    }

    TemporaryHome home_;
    CancelToken cancel_;
};

}  // namespace fovea
