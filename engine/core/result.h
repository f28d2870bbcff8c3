#pragma once

#include <fmt/core.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace fovea {

/// One sentence for a person: which file or argument, and what is wrong with it.
struct Error {
    std::string message;
};

/// Builds an Error from a format string: `return fail("{}: no such file", path)`.
template <class... Args>
Error fail(fmt::format_string<Args...> format, Args&&... args) {
    return Error{fmt::format(format, std::forward<Args>(args)...)};
}

/// A value or an Error. The engine never throws past its edge; whatever can go wrong returns this.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& operator*() & { return std::get<0>(state_); }
    const T& operator*() const& { return std::get<0>(state_); }
    T&& operator*() && { return std::get<0>(std::move(state_)); }
    T* operator->() { return &std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }

    const Error& error() const { return std::get<1>(state_); }
    const std::string& message() const { return error().message; }

  private:
    std::variant<T, Error> state_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return *error_; }
    const std::string& message() const { return error_->message; }

  private:
    std::optional<Error> error_;
};

using Status = Result<void>;

}  // namespace fovea

#define FOVEA_CONCAT_INNER(a, b) a##b
#define FOVEA_CONCAT(a, b) FOVEA_CONCAT_INNER(a, b)

/// `FOVEA_TRY(auto file, open(path));` declares `file`, or returns the error to the caller.
#define FOVEA_TRY(declaration, expression) \
    FOVEA_TRY_INNER(FOVEA_CONCAT(fovea_result_, __LINE__), declaration, expression)
#define FOVEA_TRY_INNER(result, declaration, expression) \
    auto result = (expression);                          \
    if (!result.ok()) return result.error();             \
    declaration = *std::move(result)

/// Returns the error to the caller when a Status has one.
#define FOVEA_CHECK(expression)                                                           \
    do {                                                                                  \
        if (auto fovea_status = (expression); !fovea_status) return fovea_status.error(); \
    } while (false)
