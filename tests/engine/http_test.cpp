#include "engine/catalogue/http.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "loopback_server.h"

namespace fovea {
namespace {

using Request = LoopbackServer::Request;
using Clock = std::chrono::steady_clock;

std::string busy(std::string_view status, std::string_view headers = "") {
    return LoopbackServer::answer(status, "busy", headers);
}

/// What one patient GET of a server that answers with `handler` came to.
struct Got {
    HttpOutcome outcome;
    std::string body;
    size_t requests = 0;
    double seconds = 0;
    std::vector<std::string> waits;
};

Got get(LoopbackServer::Handler handler, const CancelToken& cancel = {}) {
    ::setenv("no_proxy", "127.0.0.1", 1);
    const LoopbackServer server(std::move(handler));
    Got got;
    HttpRequest request;
    request.url = server.base() + "/file";
    request.what = "file from there";
    request.on_bytes = [&](std::span<const std::byte> bytes) -> Status {
        got.body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return {};
    };
    request.on_wait = [&](std::string_view what) { got.waits.emplace_back(what); };
    const auto begin = Clock::now();
    got.outcome = http_get_patiently(request, cancel);
    got.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    got.requests = server.requests().size();
    return got;
}

/// Busy for the first `times` requests.
LoopbackServer::Handler busy_at_first(int times, std::string answer) {
    return [times, answer = std::move(answer)](const Request&) mutable {
        return times-- > 0 ? answer : LoopbackServer::answer("200 OK", "here");
    };
}

TEST(Http, AsksABusyServerAgain) {
    for (const char* status : {"503 Service Unavailable", "429 Too Many Requests",
                               "502 Bad Gateway", "504 Gateway Timeout", "500 Oops"}) {
        const Got got = get(busy_at_first(1, busy(status)));
        EXPECT_EQ(got.outcome.end, HttpEnd::whole) << status;
        EXPECT_EQ(got.body, "here");  // and nothing of the page that says "busy"
        EXPECT_EQ(got.requests, 2u);
        ASSERT_EQ(got.waits.size(), 1u);
        EXPECT_NE(got.waits[0].find("127.0.0.1"), std::string::npos) << got.waits[0];
    }
}

TEST(Http, WaitsLongerEachTimeAndGivesUp) {
    const Got got = get(busy_at_first(100, busy("503 Service Unavailable")));
    EXPECT_EQ(got.outcome.end, HttpEnd::refused);
    EXPECT_EQ(got.outcome.status.message(), "file from there: the server answered 503");
    EXPECT_EQ(got.requests, 5u);
    EXPECT_GT(got.seconds, 3.5);  // 0.25 + 0.5 + 1 + 2
}

TEST(Http, WaitsAsLongAsTheServerWants) {
    const Got seconds = get(busy_at_first(1, busy("429 Too Many Requests", "Retry-After: 1\r\n")));
    EXPECT_EQ(seconds.outcome.end, HttpEnd::whole);
    EXPECT_GE(seconds.seconds, 1);

    const Got past =
        get(busy_at_first(4, busy("503 Busy", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n")));
    EXPECT_EQ(past.outcome.end, HttpEnd::whole);
    EXPECT_EQ(past.requests, 5u);
    for (const std::string& wait : past.waits)
        EXPECT_NE(wait.find("asking again in 1 s"), std::string::npos) << wait;

    const Got odd = get(busy_at_first(1, busy("503 Busy", "Retry-After: soon\r\n")));
    EXPECT_EQ(odd.outcome.end, HttpEnd::whole);
}

TEST(Http, DoesNotWaitForMinutes) {
    for (const char* when : {"3600", "Fri, 01 Jan 2100 00:00:00 GMT", "1e300"}) {
        const Got got = get(busy_at_first(
            1, busy("429 Too Many Requests", fmt::format("Retry-After: {}\r\n", when))));
        EXPECT_EQ(got.outcome.end, HttpEnd::refused);
        EXPECT_EQ(got.requests, 1u);
        EXPECT_NE(got.outcome.status.message().find("wants to be asked again in"),
                  std::string::npos);
    }
}

TEST(Http, CancellingEndsTheWait) {
    const CancelToken cancel;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        cancel.cancel();
    });
    const Got got = get(busy_at_first(9, busy("503 Busy", "Retry-After: 50\r\n")), cancel);
    later.join();
    EXPECT_EQ(got.outcome.end, HttpEnd::cancelled);
    EXPECT_EQ(got.outcome.status.message(), cancelled_message);
    EXPECT_LT(got.seconds, 40);  // of 50
}

TEST(Http, ARefusalIsFinal) {
    for (const char* status : {"404 Not Found", "403 Forbidden", "410 Gone", "501 What"}) {
        const Got got = get(busy_at_first(1, busy(status)));
        EXPECT_EQ(got.outcome.end, HttpEnd::refused) << status;
        EXPECT_EQ(got.requests, 1u) << status;
        EXPECT_EQ(got.body, "");
    }
}

TEST(Http, AnswersThatAreNoHttpAreErrors) {
    for (const char* raw : {"", "\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 xyz\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc",
                            "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc"}) {
        const Got got = get([&](const Request&) { return std::string(raw); });
        EXPECT_FALSE(got.outcome.status.ok()) << raw;
        EXPECT_EQ(got.requests, 1u) << raw;
    }
}

TEST(Http, HostIsWhatStandsBeforeThePath) {
    EXPECT_EQ(host_of("https://huggingface.co/a/b"), "huggingface.co");
    EXPECT_EQ(host_of("http://127.0.0.1:80"), "127.0.0.1:80");
    EXPECT_EQ(host_of("nonsense"), "nonsense");
}

}  // namespace
}  // namespace fovea
