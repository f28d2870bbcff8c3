#include <array>
#include <cmath>

#include "engine/export/file_content.h"
#include "engine/export/output_file.h"
#include "engine/figure/scene_cairo.h"

namespace fovea {
namespace {

// The checksum of PNG's chunks (ISO 3309), bit by bit: they are short.
std::uint32_t checksum(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFF;
    for (char c : bytes) {
        crc ^= static_cast<std::uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) ? 0xEDB88320u : 0);
    }
    return ~crc;
}

std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string chunk(std::string_view type, std::string_view data) {
    const std::string body = std::string(type) + std::string(data);
    return big_endian(static_cast<std::uint32_t>(data.size())) + body + big_endian(checksum(body));
}

// UTF-8 text, uncompressed, of no particular language.
std::string text_chunk(std::string_view keyword, std::string_view text) {
    std::string data(keyword);
    data.append(5, '\0');
    data += text;
    return chunk("iTXt", data);
}

Status write_png(const FileContent& content, const std::filesystem::path& temporary,
                 const Progress&, const CancelToken& cancel) {
    const auto& [scene, scale, description] = content.picture();
    FOVEA_TRY(const CairoSurface surface, raster_scene(scene, scale));
    if (cancel.cancelled()) return Error{std::string(cancelled_message)};
    FOVEA_TRY(std::string png, png_bytes(surface.get()));

    // cairo writes the picture alone; what says where it comes from goes behind the header chunk.
    constexpr size_t after_header = 8 + 25;
    const auto per_metre = static_cast<std::uint32_t>(std::lround(scale * 72 / 0.0254));
    std::string chunks = chunk("pHYs", big_endian(per_metre) + big_endian(per_metre) + '\x01');
    chunks += text_chunk("Title", scene.title);
    for (const MetadataEntry& entry : content.metadata)
        chunks += text_chunk(entry.key == "version" ? "Software" : entry.key, entry.value);
    png.insert(after_header, chunks);
    FOVEA_TRY(OutputFile file, OutputFile::open(temporary));
    FOVEA_CHECK(file.write(png));
    return file.close();
}

}  // namespace

Exporter png_exporter() {
    return {".png", "Picture (PNG)", true, write_png};
}

}  // namespace fovea
