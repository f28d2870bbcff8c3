#include "engine/text/readers/sentence_piece_file.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

#include "engine/text/unicode.h"
#include "engine/text/vocabulary.h"

namespace fovea::text {
namespace {

/// The fields of one message, one after the other.
class Fields {
  public:
    explicit Fields(std::string_view bytes) : bytes_(bytes) {}

    struct Field {
        std::uint64_t number = 0;
        std::uint64_t value = 0;  // of numbers
        std::string_view bytes;   // of strings and messages
        float real() const { return std::bit_cast<float>(static_cast<std::uint32_t>(value)); }
    };

    /// Nothing at the end, and where the bytes are no message: `broken` tells which.
    std::optional<Field> next() {
        if (bytes_.empty()) return {};
        broken = true;
        std::uint64_t tag = 0;
        Field field;
        if (!read_varint(tag)) return {};
        field.number = tag >> 3;
        bool whole = false;
        switch (tag & 7) {
            case 0:
                whole = read_varint(field.value);
                break;
            case 1:
                whole = read_fixed(8, field.value);
                break;
            case 2: {
                std::uint64_t length = 0;
                whole = read_varint(length) && length <= bytes_.size();
                if (!whole) break;
                field.bytes = bytes_.substr(0, static_cast<size_t>(length));
                bytes_.remove_prefix(static_cast<size_t>(length));
                break;
            }
            case 5:
                whole = read_fixed(4, field.value);
                break;
            default:
                break;
        }
        if (!whole) return {};
        broken = false;
        return field;
    }

    bool broken = false;

  private:
    bool read_varint(std::uint64_t& value) {
        value = 0;
        for (int shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            value |= std::uint64_t{byte & 0x7Fu} << shift;
            if (byte < 0x80) return true;
        }
        return false;
    }

    bool read_fixed(size_t size, std::uint64_t& value) {
        if (bytes_.size() < size) return false;
        value = 0;
        std::memcpy(&value, bytes_.data(), size);
        bytes_.remove_prefix(size);
        return true;
    }

    std::string_view bytes_;
};

Status broken() {
    return fail("is no SentencePiece model, or a broken one");
}

Status read_piece(std::string_view bytes, SentencePieceFile& file) {
    SentencePieceFile::Piece piece;
    Fields fields(bytes);
    while (const auto field = fields.next()) {
        if (field->number == 1) piece.spelling = field->bytes;
        if (field->number == 2) piece.score = field->real();
        if (field->number == 3) {
            if (field->value < 1 || field->value > 6) {
                return fail("the type {} of token {} is not known", field->value,
                            file.pieces.size());
            }
            piece.type = static_cast<SentencePieceFile::PieceType>(field->value);
        }
    }
    if (fields.broken) return broken();
    if (first_invalid_byte(piece.spelling)) {
        return fail("the spelling of token {} is not valid UTF-8", file.pieces.size());
    }
    if (!std::isfinite(piece.score)) {
        return fail("the score of token {} is not a number", file.pieces.size());
    }
    if (piece.type == SentencePieceFile::PieceType::unknown) {
        file.unknown = static_cast<std::int32_t>(file.pieces.size());
    }
    file.pieces.push_back(piece);
    return {};
}

Status read_training(std::string_view bytes, SentencePieceFile& file) {
    Fields fields(bytes);
    while (const auto field = fields.next()) {
        if (field->number == 3) {
            if (field->value < 1 || field->value > 4) {
                return fail("the kind of model {} is not known", field->value);
            }
            file.model = static_cast<SentencePieceFile::Model>(field->value);
        }
        if (field->number == 24) file.spaces_end_words = field->value != 0;
        if (field->number == 35) file.byte_fallback = field->value != 0;
    }
    return fields.broken ? broken() : Status();
}

Status read_normalization(std::string_view bytes, SentencePieceFile& file) {
    Fields fields(bytes);
    while (const auto field = fields.next()) {
        if (field->number == 2) file.character_map = field->bytes;
        if (field->number == 3) file.add_space_in_front = field->value != 0;
        if (field->number == 4) file.remove_extra_spaces = field->value != 0;
        if (field->number == 5) file.escape_spaces = field->value != 0;
    }
    return fields.broken ? broken() : Status();
}

}  // namespace

Result<SentencePieceFile> SentencePieceFile::read(std::string_view bytes) {
    SentencePieceFile file;
    file.unknown = Vocabulary::none;
    Fields fields(bytes);
    while (const auto field = fields.next()) {
        if (field->number == 1) FOVEA_CHECK(read_piece(field->bytes, file));
        if (field->number == 2) FOVEA_CHECK(read_training(field->bytes, file));
        if (field->number == 3) FOVEA_CHECK(read_normalization(field->bytes, file));
    }
    if (fields.broken || file.pieces.empty()) return broken().error();
    return file;
}

}  // namespace fovea::text
