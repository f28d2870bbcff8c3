#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "engine/core/result.h"

struct evp_md_ctx_st;

namespace fovea {

/// SHA-256 of bytes that come a piece at a time.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void add(std::span<const std::byte> bytes);
    /// Lower-case hex of all bytes so far; starts anew.
    std::string finish();

  private:
    struct Deleter {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, Deleter> context_;
};

Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace fovea
