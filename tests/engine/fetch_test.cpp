#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "fetch_fixture.h"

namespace fovea {
namespace {

namespace fs = std::filesystem;
using test::expect_says;
using Request = LoopbackServer::Request;

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

}  // namespace
}  // namespace fovea
