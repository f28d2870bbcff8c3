#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

struct evp_md_ctx_st;
struct evp_md_st;

namespace fovea {

/// A checksum of bytes that come a piece at a time.
class Checksum {
  public:
    static Checksum sha256();
    /// What git calls a file of `size` bytes: SHA-1 of "blob SIZE\0" and the bytes.
    static Checksum git_blob(std::uint64_t size);
    ~Checksum();
    Checksum(Checksum&&) noexcept;
    Checksum& operator=(Checksum&&) noexcept;

    void add(std::span<const std::byte> bytes);
    /// Lower-case hex of all bytes so far; nothing may be added behind it.
    std::string finish();

  private:
    explicit Checksum(const evp_md_st* algorithm);
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Deleter> context_;
};

/// 64 lower-case hex digits.
bool is_sha256(std::string_view text);

Result<std::string> checksum_of_file(Checksum sum, const std::filesystem::path& path);

}  // namespace fovea
