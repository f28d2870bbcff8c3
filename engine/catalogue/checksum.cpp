#include "engine/catalogue/checksum.h"

#include <openssl/evp.h>

#include <array>

#include "engine/io/mapped_file.h"

namespace fovea {

void Sha256::Deleter::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
        hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
    FOVEA_TRY(const auto file, MappedFile::open(path));
    Sha256 sum;
    sum.add(file->bytes());
    return sum.finish();
}

}  // namespace fovea
