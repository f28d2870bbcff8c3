#include "engine/catalogue/checksum.h"

#include <openssl/evp.h>

#include <array>

#include "engine/io/mapped_file.h"

namespace fovea {

void Checksum::Deleter::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Checksum::Checksum(const evp_md_st* algorithm) : context_(EVP_MD_CTX_new()) {
    EVP_DigestInit_ex(context_.get(), algorithm, nullptr);
}

Checksum Checksum::sha256() {
    return Checksum(EVP_sha256());
}

Checksum Checksum::git_blob(std::uint64_t size) {
    Checksum sum(EVP_sha1());
    std::string head = fmt::format("blob {}", size);
    head.push_back('\0');
    sum.add(std::as_bytes(std::span(head)));
    return sum;
}

Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;

void Checksum::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Checksum::finish() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest = {};
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &size);
    std::string hex;
    for (unsigned i = 0; i < size; ++i)
        hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

Result<std::string> checksum_of_file(Checksum sum, const std::filesystem::path& path) {
    FOVEA_TRY(const auto file, MappedFile::open(path));
    sum.add(file->bytes());
    return sum.finish();
}

}  // namespace fovea
