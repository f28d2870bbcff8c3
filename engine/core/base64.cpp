#include "engine/core/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <limits>

namespace fovea {
namespace {

// OpenSSL counts in ints; whole groups, so that parts of a text may be put together.
constexpr size_t bytes_of_group = 3, digits_of_group = 4;
constexpr size_t most_base64_groups = std::numeric_limits<int>::max() / digits_of_group;

const unsigned char* for_openssl(const void* bytes) {
    return static_cast<const unsigned char*>(bytes);
}

}  // namespace

std::string base64(std::span<const std::byte> bytes) {
    std::string text((bytes.size() + bytes_of_group - 1) / bytes_of_group * digits_of_group + 1,
                     '\0');  // and OpenSSL's '\0'
    auto* to = reinterpret_cast<unsigned char*>(text.data());
    while (!bytes.empty()) {
        const auto part = bytes.first(std::min(bytes.size(), most_base64_groups * bytes_of_group));
        to += EVP_EncodeBlock(to, for_openssl(part.data()), static_cast<int>(part.size()));
        bytes = bytes.subspan(part.size());
    }
    text.pop_back();
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    while (text.ends_with('='))
        text.remove_suffix(1);
    std::string bytes;
    while (!text.empty()) {
        std::string part(text.substr(0, most_base64_groups * digits_of_group));
        text.remove_prefix(part.size());
        const size_t whole = part.size() * bytes_of_group / digits_of_group;
        part.resize((part.size() + digits_of_group - 1) / digits_of_group * digits_of_group,
                    'A');  // zeros, cut off below
        const size_t begin = bytes.size(), room = part.size() / digits_of_group * bytes_of_group;
        bytes.resize(begin + room);
        const int decoded =
            EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data() + begin),
                            for_openssl(part.data()), static_cast<int>(part.size()));
        // Blanks at the ends are passed over, '=' is taken for a digit.
        if (decoded < 0 || static_cast<size_t>(decoded) != room || part.find('=') != part.npos)
            return std::nullopt;
        bytes.resize(begin + whole);
    }
    return bytes;
}

}  // namespace fovea
