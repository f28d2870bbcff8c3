#include "app/gl/gl_program.h"

#include <epoxy/gl.h>

#include <utility>
#include <vector>

namespace fovea::app {
namespace {

Result<GLuint> compile(GLenum kind, std::string_view name,
                       std::span<const std::string_view> sources) {
    std::string text = "#version 330 core\n";
    for (const auto source : sources)
        text += source;
    const GLuint shader = glCreateShader(kind);
    const char* begin = text.c_str();
    glShaderSource(shader, 1, &begin, nullptr);
    glCompileShader(shader);
    GLint ok = GL_FALSE;
    glGetShaderiv(shader, GL_COMPILE_STATUS, &ok);
    if (ok == GL_TRUE) return shader;
    char log[2048] = "";
    glGetShaderInfoLog(shader, sizeof log, nullptr, log);
    glDeleteShader(shader);
    return fail("the shader {} does not compile: {}", name, log);
}

}  // namespace

GlProgram::~GlProgram() {
    if (program_ != 0) glDeleteProgram(program_);
}

GlProgram::GlProgram(GlProgram&& other) noexcept
    : program_(std::exchange(other.program_, 0)), locations_(std::move(other.locations_)) {}

GlProgram& GlProgram::operator=(GlProgram&& other) noexcept {
    std::swap(program_, other.program_);
    std::swap(locations_, other.locations_);
    return *this;
}

Result<GlProgram> GlProgram::build(std::string_view name,
                                   std::span<const std::string_view> vertex_sources,
                                   std::span<const std::string_view> fragment_sources) {
    FOVEA_TRY(const GLuint vertex, compile(GL_VERTEX_SHADER, name, vertex_sources));
    auto fragment = compile(GL_FRAGMENT_SHADER, name, fragment_sources);
    if (!fragment) {
        glDeleteShader(vertex);
        return fragment.error();
    }
    GlProgram program;
    program.program_ = glCreateProgram();
    glAttachShader(program.program_, vertex);
    glAttachShader(program.program_, *fragment);
    glLinkProgram(program.program_);
    glDeleteShader(vertex);
    glDeleteShader(*fragment);
    GLint ok = GL_FALSE;
    glGetProgramiv(program.program_, GL_LINK_STATUS, &ok);
    if (ok != GL_TRUE) {
        char log[2048] = "";
        glGetProgramInfoLog(program.program_, sizeof log, nullptr, log);
        return fail("the shader {} does not link: {}", name, log);
    }
    return program;
}

void GlProgram::use() const {
    glUseProgram(program_);
}

int GlProgram::location(const char* name) {
    const auto found = locations_.find(name);
    if (found != locations_.end()) return found->second;
    const int location = glGetUniformLocation(program_, name);
    locations_.emplace(name, location);
    return location;
}

void GlProgram::set(const char* name, int value) {
    glUniform1i(location(name), value);
}
void GlProgram::set(const char* name, float value) {
    glUniform1f(location(name), value);
}
void GlProgram::set(const char* name, int x, int y) {
    glUniform2i(location(name), x, y);
}
void GlProgram::set(const char* name, float x, float y) {
    glUniform2f(location(name), x, y);
}
void GlProgram::set(const char* name, float x, float y, float z, float w) {
    glUniform4f(location(name), x, y, z, w);
}

void GlProgram::set_colour(const char* name, ImU32 colour) {
    const ImVec4 c = ImGui::ColorConvertU32ToFloat4(colour);
    set(name, c.x, c.y, c.z, c.w);
}

}  // namespace fovea::app
