#include "app/gl/scene_textures.h"

#include <epoxy/gl.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "app/ui/drawing_digest.h"

namespace fovea::app {
namespace {

gpu::Texture upload(const SceneImage& image) {
    gpu::Texture texture = gpu::Texture::make();
    glBindTexture(GL_TEXTURE_2D, texture.name());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    GLint alignment = 0;
    glGetIntegerv(GL_UNPACK_ALIGNMENT, &alignment);
    glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGB8, static_cast<GLsizei>(image.columns),
                 static_cast<GLsizei>(image.rows), 0, GL_RGB, GL_UNSIGNED_BYTE,
                 image.pixels.data());
    glPixelStorei(GL_UNPACK_ALIGNMENT, alignment);
    return texture;
}

// Eight bytes at a time: it is asked for in every frame.
std::uint64_t digest_of(const SceneImage& image) {
    Digest digest;
    digest.add(static_cast<std::uint64_t>(image.rows));
    digest.add(static_cast<std::uint64_t>(image.columns));
    const auto bytes = std::as_bytes(std::span(image.pixels));
    for (size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
        digest.add(word);
    }
    return digest.value();
}

}  // namespace

void SceneTextures::draw(ImDrawList* list, size_t n, const SceneImage& image, ImVec2 min,
                         ImVec2 max) {
    if (image.pixels.empty()) return;
    if (n >= textures_.size()) textures_.resize(n + 1);
    Uploaded& uploaded = textures_[n];
    const std::uint64_t content = digest_of(image);
    if (!uploaded.texture || uploaded.digest != content) uploaded = {upload(image), content};
    Digest digest;
    digest.add(content);
    announce_drawing(list, digest);
    list->AddImage((ImTextureID)(std::intptr_t)uploaded.texture.name(), min, max);
}

}  // namespace fovea::app
