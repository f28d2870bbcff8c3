#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace fovea {

/// A web server on 127.0.0.1 that answers with whatever bytes the test likes, right or wrong.
class LoopbackServer {
  public:
    struct Request {
        std::string path;
        std::string range;  ///< "" or "5-"
        std::string head;   ///< the whole request
    };
    /// The raw answer, headers included; the line is cut after it.
    using Handler = std::function<std::string(const Request&)>;

    explicit LoopbackServer(Handler handler) : handler_(std::move(handler)) {
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        (void)::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
        (void)::listen(listener_, 8);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        base_ = fmt::format("http://127.0.0.1:{}", ntohs(address.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~LoopbackServer() {
        ::shutdown(listener_, SHUT_RDWR);  // wakes accept()
        thread_.join();
        ::close(listener_);
    }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    const std::string& base() const { return base_; }
    std::vector<Request> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

    static std::string answer(std::string_view status, std::string_view body,
                              std::string_view headers = "") {
        return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n{}\r\n{}",
                           status, body.size(), headers, body);
    }

  private:
    void serve() {
        for (;;) {
            const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            if (connection < 0) return;
            std::string text;
            char buffer[4096];
            while (text.find("\r\n\r\n") == std::string::npos) {
                const ssize_t count = ::read(connection, buffer, sizeof buffer);
                if (count <= 0) break;
                text.append(buffer, static_cast<size_t>(count));
            }
            Request request;
            request.head = text;
            request.path = text.substr(4, text.find(' ', 4) - 4);
            const std::string key = "Range: bytes=";
            if (const size_t at = text.find(key); at != std::string::npos) {
                const size_t begin = at + key.size();
                request.range = text.substr(begin, text.find('\r', begin) - begin);
            }
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(request);
            }
            const std::string out = handler_(request);
            for (size_t sent = 0; sent < out.size();) {
                const ssize_t count =
                    ::send(connection, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
                if (count <= 0) break;
                sent += static_cast<size_t>(count);
            }
            ::shutdown(connection, SHUT_RDWR);
            ::close(connection);
        }
    }

    Handler handler_;
    int listener_ = -1;
    std::string base_;
    mutable std::mutex mutex_;
    std::vector<Request> requests_;
    std::thread thread_;
};

}  // namespace fovea
